"""A column of numbers that grows with every step, and is still drawn at once when it has a million."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOST = 1e-9
"""A sum over a stretch that is less than this share of the running sum is summed up by itself: as after a loss of 1e20,
beside which the running sum has lost all digits."""


@dataclass(frozen=True)
class Line:
    """Points to draw: places (0 for the first number) and values."""

    at: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.at)


class Series:
    """Numbers in the order they came. Running sums make the mean over any stretch cheap; NaN counts for nothing."""

    def __init__(self) -> None:
        self._count = 0
        self.lowest = np.inf
        """Of those that are numbers."""
        self._values = np.empty(1024, np.float32)
        self._sums = np.zeros(1025)
        self._known = np.zeros(1025, np.int64)

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> NDArray[np.float32]:
        return self._values[: self._count]

    def extend(self, values: Sequence[float] | NDArray[np.float32]) -> None:
        """Append numbers."""
        fresh = np.asarray(values, np.float32)
        start, end = self._count, self._count + len(fresh)
        self._reserve(end)
        known = np.isfinite(fresh)
        self.lowest = min(self.lowest, float(fresh[known].min(initial=np.inf)))
        self._values[start:end] = fresh
        self._sums[start + 1 : end + 1] = self._sums[start] + np.cumsum(np.where(known, fresh, 0.0), dtype=np.float64)
        self._known[start + 1 : end + 1] = self._known[start] + np.cumsum(known)
        self._count = end

    def envelope(self, start: int, stop: int, columns: int) -> Line:
        """The numbers from `start` to `stop`; of many, least and largest of each of about `columns` stretches.

        Stretches are powers of two and begin at the same places always, so a growing curve does not shimmer.
        """
        start, stop = max(0, start), min(self._count, stop)
        stride = _stride(stop - start, columns)
        if stride <= 2:
            return Line(np.arange(start, stop, dtype=np.float64), self._values[start:stop].astype(np.float64))
        starts = np.arange(start // stride * stride, stop, stride)
        part = self._values[starts[0] : stop]
        low = np.fmin.reduceat(part, starts - starts[0])
        high = np.fmax.reduceat(part, starts - starts[0])
        places = np.stack([starts + stride * 0.25, starts + stride * 0.75], axis=1)
        return Line(places.ravel(), np.stack([low, high], axis=1).ravel().astype(np.float64))

    def smooth(self, start: int, stop: int, columns: int, window: int) -> Line:
        """Means over `window` numbers around about `columns` places from `start` to `stop`."""
        start, stop = max(0, start), min(self._count, stop)
        if stop <= start:
            return Line()
        stride = _stride(stop - start, columns)
        places = np.arange(start // stride * stride, stop, stride)
        if places[-1] != stop - 1:
            places = np.append(places, stop - 1)
        return Line(places.astype(np.float64), self.means(places, window))

    def means(self, places: NDArray[np.int64], window: int) -> Floats:
        """The mean around each place, over as much of the window as there is."""
        reach = window // 2
        low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, self._count)
        known = self._known[high] - self._known[low]
        sums = self._sums[high] - self._sums[low]
        for place in np.flatnonzero(np.abs(sums) < LOST * np.abs(self._sums[high])):
            part = self._values[low[place] : high[place]].astype(np.float64)
            sums[place] = part[np.isfinite(part)].sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            return sums / np.where(known > 0, known, np.nan)

    def _reserve(self, count: int) -> None:
        if count > len(self._values):
            room = max(count, 2 * len(self._values))
            self._values = _grown(self._values, room)
            self._sums, self._known = _grown(self._sums, room + 1), _grown(self._known, room + 1)


def _grown(values: NDArray[Any], room: int) -> NDArray[Any]:
    larger = np.empty(room, values.dtype)
    larger[: len(values)] = values
    return larger


def _stride(count: int, columns: int) -> int:
    """The power of two that cuts `count` into at most `columns` stretches."""
    stride = 1
    while stride * max(columns, 1) < count:
        stride *= 2
    return stride
