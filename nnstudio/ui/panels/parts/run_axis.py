"""Where the numbers of a run lie along an axis of epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.project.run import Run
from nnstudio.series import Floats

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.beside import Beside

LONGEST_KEY = 12
"""Letters of a name in a legend."""


def short_name(name: str) -> str:
    """A name that a legend has room for."""
    return name if len(name) <= LONGEST_KEY else f"{name[: LONGEST_KEY - 1]}…"


def last_epoch(beside: Beside) -> float:
    """The epoch at which a curve ends."""
    if len(beside.series):
        return float(beside.course.epochs(beside.first + len(beside.series)))
    return float(beside.epochs[-1]) if len(beside.epochs) else 0.0


def column(values: Sequence[float | None]) -> Floats:
    """Numbers for a curve; a gap where there is none."""
    return np.array([np.nan if value is None else value for value in values], np.float64)


def steps_per_epoch(run: Run, planned: int) -> float:
    """As told by the run, or as follows from what it has done."""
    if run.steps_per_epoch:
        return float(run.steps_per_epoch)
    if run.total_steps:
        return max(1.0, run.total_steps / max(planned, 1))
    if run.epochs and run.losses:
        return max(1.0, len(run.losses) / run.epochs[-1].epoch)
    return 1.0


def axis_end(done: float, planned: float) -> float:
    """Where the axis ends: the planned end, or the half, the quarter ... of it that still holds what is done.

    So the curve fills at least half of the picture, and the axis moves only a few times in a run.
    """
    end = max(planned, 1e-9)
    while end / 2 >= max(done, 0.5):
        end /= 2
    return end
