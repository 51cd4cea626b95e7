"""The numbers of a run, one a step: drawn at once however many there are, and kept in little room.

A run may take three thousand steps a second for an hour. Of more steps than `most`, neighbours are put together, two
and two, as often as it takes: their mean is kept, their least and their largest. The run's own record has each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOST = 1e-9
"""A sum over a stretch that is less than this share of the running sum is summed up by itself: as after a loss of 1e20,
beside which the running sum has lost all digits."""
MOST = 2**17
"""Numbers that are kept each by itself."""
FIRST_ROOM = 1024


@dataclass(frozen=True)
class Line:
    """Points to draw: places (0 for the first number) and values."""

    at: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.at)


class Series(Sequence[float]):
    """Numbers in the order they came. Running sums make the mean over any stretch cheap; NaN counts for nothing.

    Its length is that of all that came, and places are those of the single numbers; `stride` of them, a power of two,
    are kept as one.
    """

    def __init__(self, values: Sequence[float] | NDArray[np.float32] = (), most: int = MOST) -> None:
        self.stride = 1
        self.lowest = np.inf
        """Of those that are numbers."""
        self._most = most
        self._count = self._kept = 0
        self._means, self._lows, self._highs = (np.empty(0, np.float32) for _ in range(3))
        self._sums = np.zeros(1)
        self._known = np.zeros(1, np.int32)
        self.extend(values)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> list[float]: ...
    def __getitem__(self, place: int | slice) -> float | list[float]:
        if isinstance(place, slice):
            found: list[float] = self._means[np.arange(self._count)[place] // self.stride].tolist()
            return found
        return float(self._means[range(self._count)[place] // self.stride])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self[:] == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def extend(self, values: Sequence[float] | NDArray[np.float32]) -> None:
        """Append numbers."""
        fresh = np.asarray(values, np.float32)
        self.lowest = min(self.lowest, float(fresh[np.isfinite(fresh)].min(initial=np.inf)))
        rest = -self._count % self.stride
        if rest and len(fresh):
            self._go_into_last(fresh[:rest])
        self._append(fresh[rest:])
        self._thin()

    def cut(self, count: int) -> None:
        """Forget what came after so many. What is left of a stretch is taken to be like the one before."""
        if count >= self._count:
            return
        rest, self._count, self._kept = count % self.stride, count, -(-count // self.stride)
        if rest:
            value = self._means[max(self._kept - 2, 0)]
            self._kept -= 1
            self._put(np.full(rest, value, np.float32))

    def keep(self, most: int) -> None:
        """Put neighbours together where there are more than so many, now and from now on; and take no room beyond."""
        self._most = most
        self._thin()
        self._means, self._lows, self._highs = (each[: self._kept].copy() for each in self._columns)
        self._sums, self._known = self._sums[: self._kept + 1].copy(), self._known[: self._kept + 1].copy()

    def _thin(self) -> None:
        while self._kept > self._most:
            starts = np.arange(0, self._kept, 2)
            ends = np.minimum(starts + 2, self._kept)
            first, last = self._means[starts], self._means[ends - 1]
            both = np.isfinite(first) & np.isfinite(last)
            self._means = np.where(both, first / 2 + last / 2, np.fmin(first, last))
            self._lows = np.fmin.reduceat(self._lows[: self._kept], starts)
            self._highs = np.fmax.reduceat(self._highs[: self._kept], starts)
            self._sums = np.concatenate([self._sums[:1], self._sums[ends]])
            self._known = np.concatenate([self._known[:1], self._known[ends]])
            self.stride, self._kept = 2 * self.stride, len(starts)

    def envelope(self, start: int, stop: int, columns: int) -> Line:
        """The numbers from `start` to `stop`; of many, least and largest of each of about `columns` stretches.

        Stretches are powers of two and begin at the same places always, so a growing curve does not shimmer.
        """
        start, stop = max(0, start), min(self._count, stop)
        stride = max(_stride(stop - start, columns), self.stride)
        if stop <= start or (stride <= 2 and self.stride == 1):
            return Line(
                np.arange(start, stop, dtype=np.float64), self._means[start : max(start, stop)].astype(np.float64)
            )
        starts = np.arange(start // stride * stride, stop, stride)
        first, last = starts[0] // self.stride, -(-stop // self.stride)
        edges = starts // self.stride - first
        low = np.fmin.reduceat(self._lows[first:last], edges)
        high = np.fmax.reduceat(self._highs[first:last], edges)
        places = np.stack([starts + stride * 0.25, starts + stride * 0.75], axis=1)
        return Line(places.ravel(), np.stack([low, high], axis=1).ravel().astype(np.float64))

    def smooth(self, start: int, stop: int, columns: int, window: int) -> Line:
        """Means over `window` numbers around about `columns` places from `start` to `stop`."""
        start, stop = max(0, start), min(self._count, stop)
        if stop <= start:
            return Line()
        stride = max(_stride(stop - start, columns), self.stride)
        places = np.arange(start // stride * stride, stop, stride)
        if places[-1] != stop - 1:
            places = np.append(places, stop - 1)
        return Line(places.astype(np.float64), self.means(places, window))

    def means(self, places: NDArray[np.int64], window: int) -> Floats:
        """The mean around each place, over as much of the window as there is."""
        at, reach = places // self.stride, window // self.stride // 2
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, self._kept)
        known = self._known[high] - self._known[low]
        sums = self._sums[high] - self._sums[low]
        for place in np.flatnonzero(np.abs(sums) < LOST * np.abs(self._sums[high])):
            part = self._means[low[place] : high[place]].astype(np.float64)
            good = part[np.isfinite(part)]
            sums[place] = good.mean() * known[place] if len(good) else 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            return sums / np.where(known > 0, known, np.nan)

    def _append(self, fresh: NDArray[np.float32]) -> None:
        """A stretch begins with the first of them."""
        whole = len(fresh) // self.stride * self.stride
        self._put(fresh[:whole])
        self._put(fresh[whole:])
        self._count += len(fresh)

    def _put(self, fresh: NDArray[np.float32]) -> None:
        """Stretches that are new: whole ones, or a piece of one."""
        if not len(fresh):
            return
        rows = fresh.reshape(-1, min(self.stride, len(fresh)))
        start, end = self._kept, self._kept + len(rows)
        self._reserve(end)
        known = np.isfinite(rows)
        numbers, sums = known.sum(1), np.where(known, rows, 0.0).sum(1, dtype=np.float64)
        if rows.shape[1] == 1:
            self._means[start:end] = self._lows[start:end] = self._highs[start:end] = fresh
        else:
            self._means[start:end] = np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)
            self._lows[start:end], self._highs[start:end] = np.fmin.reduce(rows, 1), np.fmax.reduce(rows, 1)
        self._sums[start + 1 : end + 1] = self._sums[start] + np.cumsum(sums)
        self._known[start + 1 : end + 1] = self._known[start] + np.cumsum(numbers)
        self._kept = end

    def _go_into_last(self, fresh: NDArray[np.float32]) -> None:
        """They belong to the last stretch, which is not whole yet."""
        last = self._kept - 1
        known = fresh[np.isfinite(fresh)].astype(np.float64)
        before = self._known[last + 1] - self._known[last]
        number = before + len(known)
        if len(known):
            mean = float(self._means[last]) if before else 0.0
            self._means[last] = mean * (before / number) + known.sum() / number
        self._lows[last] = np.fmin(self._lows[last], np.fmin.reduce(fresh))
        self._highs[last] = np.fmax(self._highs[last], np.fmax.reduce(fresh))
        self._sums[last + 1] += known.sum()
        self._known[last + 1] += len(known)
        self._count += len(fresh)

    @property
    def _columns(self) -> tuple[NDArray[np.float32], ...]:
        return self._means, self._lows, self._highs

    def _reserve(self, count: int) -> None:
        if count > len(self._means):
            room = max(count, 2 * len(self._means), FIRST_ROOM)
            self._means, self._lows, self._highs = (_grown(each, room) for each in self._columns)
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
