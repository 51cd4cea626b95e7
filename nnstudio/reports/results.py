"""How the runs of a race came out: the best first, and what seeds alone make of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean, stdev

from nnstudio.graph.training import EpochRow
from nnstudio.metrics.registry import figure, higher_is_better
from nnstudio.project.run import Run
from nnstudio.reports.voices import Record


def ranked(runs: Sequence[Run], by: str) -> list[Run]:
    """The best first by that figure, of equals the one with the least test loss; those without one at the end."""
    sign = -1 if higher_is_better(by) else 1

    def place(run: Run) -> tuple[float, float]:
        value, loss = reached(run, by), reached(run, "test_loss")
        return math.inf if value is None else sign * value, math.inf if loss is None else loss

    return sorted(runs, key=place)


def reached(run: Run, by: str) -> float | None:
    """The figure in the last epoch that has it."""
    found = (figure(row, by) for row in reversed(run.epochs))
    return next((value for value in found if value is not None and math.isfinite(value)), None)


def results(runs: Sequence[Run], by: str) -> Iterator[Record]:
    """One record for each run, the best first."""
    for place, run in enumerate(ranked(runs, by), 1):
        yield {"event": "result", "rank": place, "run": run.label, "state": run.state, **_figures(run, by)}


def means(runs: Sequence[Run], by: str) -> Iterator[Record]:
    """One record for runs that differ in the seed alone, where there are such, the best first."""
    groups = dict.fromkeys(run.group for run in ranked(runs, by))
    for group in groups:
        values = [value for run in runs if run.group == group and (value := reached(run, by)) is not None]
        if len(values) > 1:
            spread = {"mean": fmean(values), "deviation": stdev(values), "low": min(values), "high": max(values)}
            yield {"event": "mean", "group": group, "figure": by, "runs": len(values), **spread}


def _figures(run: Run, by: str) -> Record:
    last = run.epochs[-1] if run.epochs else EpochRow(0, math.nan, math.nan)
    always = ("test_loss", "test_accuracy", "train_loss", "train_accuracy")
    return {
        by: reached(run, by),
        **{name: getattr(last, name) for name in always if name != by},
        "metrics": {name: value for name, value in last.metrics.items() if name != by},
        "epochs": last.epoch,
        "steps": run.step,
        "seconds": round(run.seconds, 3),
        "folder": run.folder or None,
        "message": run.message,
    }
