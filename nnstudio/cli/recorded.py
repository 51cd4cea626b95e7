"""The command that lists the runs that were recorded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from nnstudio import reports
from nnstudio.cli.shared import JSON, Argument, Command
from nnstudio.reports.tables import table
from nnstudio.runs.reading import KeptRun, list_runs
from nnstudio.runs.wishes import Wishes
from nnstudio.settings import Settings

RUNS: Argument = (("--runs",), {"metavar": "DIR", "help": "the folder of runs, if not that of the settings"})


def runs(options: argparse.Namespace) -> int:
    """List the runs that were recorded, newest first."""
    base = wishes(options.runs).base
    found = list_runs(base)
    if options.json:
        for kept in found:
            print(
                reports.json_line(
                    {"event": "run", **_facts(kept), "plan": to_builtins(kept.record.plan), "folder": str(kept.folder)}
                )
            )
        print(reports.json_line({"event": "finished", "runs": len(found), "folder": str(base)}))
    elif found:
        print(table(map(_row, found)))
        print(f"\nin {base}")
    else:
        print(f"There are no runs in {base}.")
    return 0


def wishes(folder: str | None) -> Wishes:
    """How runs are kept: as the settings say, or in that folder."""
    settings = Settings.load()
    if folder:
        return Wishes(True, str(Path(folder).absolute()), settings.tensorboard)
    return Wishes(settings.keep_runs, settings.runs_folder, settings.tensorboard)


def _facts(kept: KeptRun) -> dict[str, Any]:
    record = kept.record
    last = record.last
    return {
        "title": record.title,
        "label": record.label,
        "state": kept.state,
        "began": record.began.replace("T", " "),
        "seconds": round(record.seconds, 1),
        "epoch": last.epoch if last else 0,
        "step": record.step,
        "train_loss": last.train_loss if last else None,
        "test_loss": last.test_loss if last else None,
        "test_accuracy": last.test_accuracy if last else None,
        "metrics": dict(last.metrics) if last else {},
    }


def _row(kept: KeptRun) -> dict[str, Any]:
    """What there is room for: the folder tells when it was and of what."""
    shown = ("state", "epoch", "step", "test_loss", "test_accuracy")
    return {"run": kept.folder.name, **{name: _facts(kept)[name] for name in shown}, "plan": _short(kept)}


def _short(kept: KeptRun) -> str:
    plan = kept.record.plan
    return f"{plan.optimizer} {plan.lr:g}, batch {plan.batch_size}, {plan.epochs} epochs, seed {plan.seed}"


COMMANDS = (Command("runs", runs, (RUNS, JSON)),)
