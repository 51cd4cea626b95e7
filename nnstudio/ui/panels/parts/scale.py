"""From numbers to colours and lengths: which number is little, which is much, and how that is written."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from nnstudio.ui import colormaps
from nnstudio.ui.panels.parts.ticks import short

DECADES = 8.0
"""A logarithmic scale ends so many powers of ten below its largest number."""


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`: by powers of ten, evenly, or, for numbers with a sign, as far below zero as above.

    Of zeros alone there is none: both ends are zero.
    """

    low: float = 0.0
    high: float = 1.0
    log: bool = False
    signed: bool = False

    @property
    def lut(self) -> NDArray[np.uint8]:
        return colormaps.diverging() if self.signed else colormaps.viridis()

    @property
    def ends(self) -> tuple[str, str]:
        """What stands at the ends."""
        return tuple(short(end, 2).replace("-", "−") for end in (self.low, self.high))  # type: ignore[return-value]  # two

    def shares(self, values: NDArray) -> NDArray[np.float64]:
        """Where the numbers lie on the scale, 0 to 1; NaN stays NaN, what is infinite lies at an end."""
        numbers = np.asarray(values, np.float64)
        low, high = self.low, self.high
        if low == high:
            return np.where(np.isnan(numbers), np.nan, 0.5 if self.signed else 0.0)
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                numbers = np.log10(numbers)
            low, high = log10(low), log10(high)
        return ((numbers - low) / (high - low)).clip(0.0, 1.0)

    def colors(self, values: NDArray) -> NDArray[np.uint8]:
        """Each number's four bytes of colour; none for NaN."""
        return colormaps.rgba(self.shares(values), 0.0, 1.0, self.lut)


def log_scale(values: NDArray) -> Scale:
    """For sizes over many powers of ten. Half a power is the least that it spans."""
    found = values[np.isfinite(values) & (values > 0)]
    if not found.size:
        return Scale(0.0, 0.0)
    high = float(found.max())
    low = max(float(found.min()), high / 10**DECADES)
    return Scale(min(low, high / 10**0.5), high, log=True)


def signed_scale(values: NDArray) -> Scale:
    """For numbers around zero."""
    found = values[np.isfinite(values)]
    low, high = colormaps.symmetric_range(found) if found.any() else (0.0, 0.0)
    return Scale(low, high, signed=True)
