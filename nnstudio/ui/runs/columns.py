"""What the table of runs tells of each, and by what it is sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite, isnan

from PySide6.QtCore import QCoreApplication

from nnstudio.graph.race import PLAN, words
from nnstudio.graph.training import EpochRow
from nnstudio.params import Value
from nnstudio.project.run import Run
from nnstudio.ui.inspector.texts import float_text
from nnstudio.ui.run.runbar_parts import time_words
from nnstudio.ui.runs import looks

NAME = "run"
"""The column with the colour, the tick and the name."""

_HERE = frozenset(f"{PLAN}.{name}" for name in ("lr", "optimizer", "batch_size", "seed"))
"""What varies in a race and has a column anyway."""


@dataclass(frozen=True)
class Column:
    """`value` is what is sorted by, None where there is none; `text` how it is written."""

    key: str
    title: str
    value: Callable[[Run], float | str | None]
    text: Callable[[Run], str]
    shown: bool = True
    """Whether it is there before anybody has chosen."""
    number: bool = True


def columns(runs: Iterable[Run]) -> tuple[Column, ...]:
    """All that these runs have something for."""
    runs = list(runs)
    metrics = dict.fromkeys(name for run in runs for row in run.epochs[-1:] for name in row.metrics)
    varied = dict.fromkeys(path for run in runs for path in _values(run) if path not in _HERE)
    return (*_fixed(), *map(_varied, varied), *(_metric(name) for name in sorted(metrics)))


def state_words(run: Run) -> str:
    """What becomes of it, in a word."""
    words = {
        "idle": _tr("trained"),
        "starting": _tr("starting"),
        "training": _tr("training"),
        "paused": _tr("paused"),
        "finished": _tr("finished"),
        "stopped": _tr("stopped"),
        "failed": _tr("failed"),
        "interrupted": _tr("interrupted"),
    }
    return words.get(run.state, run.state)


def _fixed() -> tuple[Column, ...]:
    return (
        Column(NAME, _tr("Run"), lambda run: run.began or "", looks.name, number=False),
        Column("state", _tr("State"), state_words, state_words, number=False),
        _figure("test_loss", _tr("Test loss"), _last(lambda row: row.test_loss), _short),
        _figure("test_accuracy", _tr("Test acc."), _last(lambda row: row.test_accuracy), _share),
        _figure("best_loss", _tr("Best test loss"), _best_loss, _short, shown=False),
        _figure("epochs", _tr("Epochs"), _epochs, _whole),
        _figure("lr", _tr("lr"), lambda run: run.plan.lr if run.plan else None, float_text),
        Column("optimizer", _tr("Optimizer"), _optimizer, lambda run: _optimizer(run) or "", number=False),
        _figure("batch", _tr("Batch"), lambda run: run.plan.batch_size if run.plan else None, _whole),
        _figure("seconds", _tr("Duration"), lambda run: run.seconds or None, time_words),
        _figure("seed", _tr("Seed"), lambda run: run.plan.seed if run.plan else None, _plain),
        _figure("train_loss", _tr("Train loss"), _last(lambda row: row.train_loss), _short, shown=False),
        _figure("train_accuracy", _tr("Train acc."), _last(lambda row: row.train_accuracy), _share, shown=False),
        _figure("steps", _tr("Steps"), lambda run: run.step or None, _whole, shown=False),
    )


def _figure(
    key: str, title: str, value: Callable[[Run], float | None], words: Callable[[float], str], *, shown: bool = True
) -> Column:
    def known(run: Run) -> float | None:
        found = value(run)
        return None if found is None or isnan(found) else found

    def text(run: Run) -> str:
        found = known(run)
        return "" if found is None else words(found)

    return Column(key, title, known, text, shown)


def _metric(name: str) -> Column:
    return _figure(f"metric:{name}", name, _last(lambda row: row.metrics.get(name)), _short, shown=False)


def _values(run: Run) -> dict[str, Value]:
    """What it has of a race instead of the project's own, by path."""
    if run.entry is None:
        return {}
    nodes = {f"{node}.{name}": value for node, name, value in run.entry.nodes}
    return {**{f"{PLAN}.{name}": value for name, value in run.entry.plan.items()}, **nodes}


def _varied(path: str) -> Column:
    def value(run: Run) -> float | str | None:
        found = _values(run).get(path)
        return found if found is None or isinstance(found, int | float | str) else str(found)

    def text(run: Run) -> str:
        return words(_values(run)[path]) if path in _values(run) else ""

    return Column(f"race:{path}", path.removeprefix(f"{PLAN}."), value, text)


def _last(value: Callable[[EpochRow], float | None]) -> Callable[[Run], float | None]:
    return lambda run: value(run.epochs[-1]) if run.epochs else None


def _best_loss(run: Run) -> float | None:
    return min((row.test_loss for row in run.epochs if isfinite(row.test_loss)), default=None)


def _epochs(run: Run) -> float | None:
    return run.epochs[-1].epoch if run.epochs else None


def _optimizer(run: Run) -> str | None:
    return run.plan.optimizer if run.plan else None


def _share(value: float) -> str:
    return f"{100 * value:.2f} %"


def _short(value: float) -> str:
    return f"{value:.4g}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _plain(value: float) -> str:
    return f"{value:.0f}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)
