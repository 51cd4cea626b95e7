"""Races that are wanted often, one click each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.graph.race import PLAN, Axis, Race


@dataclass(frozen=True)
class Preset:
    """`title` is English; `change` makes of a race another one."""

    title: str
    tip: str
    change: Callable[[Race], Race]


def _vary(*axes: Axis) -> Callable[[Race], Race]:
    return lambda race: replace(race, axes=axes, mode="grid")


PRESETS = (
    Preset(
        str(QT_TRANSLATE_NOOP("RaceDialog", "Optimizers")),
        str(
            QT_TRANSLATE_NOOP("RaceDialog", "SGD, SGD with momentum and Adam; all at the plan's rate if you chose one")
        ),
        _vary(Axis(f"{PLAN}.optimizer", ("SGD", "SGD momentum=0.9", "Adam"))),
    ),
    Preset(
        str(QT_TRANSLATE_NOOP("RaceDialog", "Learning rates")),
        str(QT_TRANSLATE_NOOP("RaceDialog", "From 0.1 down to 0.0001, each a tenth of the one before")),
        _vary(Axis(f"{PLAN}.lr", (0.1, 0.01, 0.001, 0.0001))),
    ),
    Preset(
        str(QT_TRANSLATE_NOOP("RaceDialog", "Seeds ×5")),
        str(QT_TRANSLATE_NOOP("RaceDialog", "Five seeds of each run: what is chance, and what is not")),
        lambda race: replace(race, repeats=5),
    ),
)
