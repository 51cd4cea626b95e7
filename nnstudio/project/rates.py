"""The learning rate over a run, as the engine tells it now and then."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nnstudio.series import Floats

MOST = 2**12
"""Places that are kept; of more of them every other one is."""


class Rates:
    """Rates after so many steps. Where it stays the same, only the two ends are kept; between places it is straight."""

    def __init__(self) -> None:
        self._steps: list[int] = []
        self._values: list[float] = []

    def __len__(self) -> int:
        return len(self._steps)

    def take(self, step: int, rate: float) -> None:
        """The rate of a step, the last one up to now."""
        if self._steps and step <= self._steps[-1]:
            self.cut(step - 1)
        if self._values[-2:] == [rate, rate]:
            self._steps[-1] = step
            return
        self._steps.append(step)
        self._values.append(rate)
        if len(self._steps) > MOST:
            self.keep(MOST // 2)

    def cut(self, step: int) -> None:
        """Forget what came after so many steps."""
        while self._steps and self._steps[-1] > step:
            self._steps.pop()
            self._values.pop()

    def keep(self, most: int) -> None:
        """Take no more room than for so many places; the last one stays."""
        while len(self._steps) > max(most, 2):
            self._steps = [*self._steps[:-1:2], self._steps[-1]]
            self._values = [*self._values[:-1:2], self._values[-1]]

    def places(self) -> tuple[Floats, Floats]:
        """Steps and rates."""
        return np.array(self._steps, np.float64), np.array(self._values, np.float64)

    def at(self, step: ArrayLike) -> Floats:
        """The rate at a step; NaN where nobody has told one."""
        steps, values = self.places()
        if not len(steps):
            return np.full(np.shape(step), np.nan)
        return np.asarray(np.interp(np.asarray(step, np.float64), steps, values))
