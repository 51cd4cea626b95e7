"""How a training is told to a person: one bar, lines above it, and the results."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from tqdm import tqdm

from nnstudio.data.loading import bytes_text
from nnstudio.project.run import Run
from nnstudio.reports.lines import words
from nnstudio.reports.tables import table
from nnstudio.reports.voices import Record

_STEPS, _PARTS = " steps", " parts"
USUAL_WIDTH, USUAL_HEIGHT = 80, 24
_QUIET = ("event", "state", "message", "metrics", "trouble", "resume", "command")
"""What of the end is told otherwise, or by the way."""


class Terminal:
    """The bar and what happens go to standard error, results to standard output."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._bar: tqdm[Any] | None = None
        self._loss = self._figures = ""
        self._tables: dict[str, list[Record]] = {}
        self._best: float | None = None

    def say(self, record: Record) -> None:
        match record["event"]:
            case "started":
                self._started(record)
            case "epoch":
                self._take_epoch(record)
            case "changed":
                self._line(f"step {record['step']}: {record['what']} {record['before']} → {record['after']}")
            case "trouble" | "notice" | "engine":
                self._line(f"nnstudio: {record['message']} {record.get('fix', '')}".rstrip())
            case "values":
                self._values(record)
            case "result":
                self._tables.setdefault("result", []).append({**record, "train_accuracy": None, "metrics": {}})
            case "mean":
                self._tables.setdefault("mean", []).append(record)
            case "finished":
                self._finished(record)

    def progress(self, runs: Sequence[Run]) -> None:
        run, several = runs[0], len(runs) > 1
        total = sum(each.total_steps if each.active else each.step for each in runs)
        bar = self._shown(total, sum(each.first_step for each in runs), _STEPS)
        bar.set_description_str(f"{len(runs)} runs" if several else _epoch(run), refresh=False)
        self._loss = "" if several or not len(run.losses) else f"loss {run.losses[-1]:.4g}"
        self._show_figures()
        bar.update(sum(each.step for each in runs) - bar.n)  # less than nothing where a run has gone back

    def loading(self, done: int, total: int, what: str) -> None:
        bar = self._shown(total, 0, _PARTS)
        bar.set_description_str(what or "data", refresh=False)
        bar.update(done - bar.n)

    def _take_epoch(self, record: Record) -> None:
        """Of several runs, the best is told."""
        loss = record["test_loss"]
        if "run" not in record:
            self._figures = _figures(record)
        elif self._best is None or loss < self._best:
            self._best, self._figures = loss, f"best test {words(loss)} ({record['run']})"
        self._show_figures()

    def _show_figures(self) -> None:
        """As soon as the bar moves, or is closed."""
        if self._bar is not None:
            self._bar.set_postfix_str(", ".join(filter(None, [self._loss, self._figures])), refresh=False)

    def _shown(self, total: int, first: int, unit: str) -> tqdm[Any]:
        if self._bar is not None and self._bar.unit != unit:
            self._bar.leave = False
            self._close()
        if self._bar is None:
            more = {"file": self._stream, "smoothing": 0.1, **_width(self._stream)}
            self._bar = tqdm(total=total or None, initial=first, unit=unit, **more)
        self._bar.total = total or None
        return self._bar

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.refresh()
            self._bar.close()
            self._bar = None

    def _line(self, text: str) -> None:
        tqdm.write(text, file=self._stream)

    def _started(self, record: Record) -> None:
        runs, estimate = record["runs"], record["estimate"]
        facts = [
            f"{len(runs)} runs" if len(runs) > 1 else "",
            f"{record['parameters']:,} parameters",
            record["device"],
            f"about {bytes_text(sum(estimate['memory'].values()))} of memory" if estimate else "",
        ]
        self._line(f"{record['title']}: {', '.join(filter(None, facts))}")
        fresh = [name for run in runs for name in run["fresh"]]
        if fresh:
            self._line(f"begin anew, as their weights do not fit: {', '.join(dict.fromkeys(fresh))}")
        for run in runs[:1] if len(runs) == 1 else []:
            if run["folder"]:
                self._line(f"recorded in {run['folder']}")

    def _values(self, record: Record) -> None:
        self._close()
        print(f"step {record['step']}: loss {words(record['loss'])}")
        for name, found in record["nodes"].items():
            told = "".join(f"  {kind} {words(value)}" for kind, value in found.items())
            print(f"  {name:<16}{told}", flush=True)

    def _finished(self, record: Record) -> None:
        self._close()
        if record["message"] and not record["trouble"]:  # trouble was told as it was met
            self._line(f"nnstudio: {record['message']}")
        for records in self._tables.values():
            print(f"{table(records)}\n")
        if record.get("command"):
            self._line(f"{record['state']} at step {record['steps']}; go on with: {record['command']}")
        flat = {**record, **(record.get("metrics") or {})}
        told = {key: value for key, value in flat.items() if key not in _QUIET and value not in (None, "")}
        print(f"{record['state']}: {', '.join(f'{key} {words(value)}' for key, value in told.items())}", flush=True)


def _width(stream: TextIO) -> dict[str, Any]:
    """As wide as the terminal is by then; some do not know how large they are, and say 0."""
    try:
        unknown = os.get_terminal_size(stream.fileno()).columns == 0
    except (OSError, ValueError):
        unknown = False
    return {"ncols": USUAL_WIDTH, "nrows": USUAL_HEIGHT} if unknown else {"dynamic_ncols": True}


def _epoch(run: Run) -> str:
    """The one that goes, of how many."""
    whole = round(float(run.course.epochs(run.total_steps)))
    return f"epoch {run.epoch}/{max(run.epoch, whole)}"


def _figures(record: Record) -> str:
    """Of the test set, as many as there is room for."""
    told = [f"test {words(record['test_loss'])}"]
    if record["test_accuracy"] is not None:
        told.append(f"{100 * record['test_accuracy']:.1f} %")
    else:
        told += [f"{name} {words(value)}" for name, value in record["metrics"].items()][:1]
    return ", ".join(told)
