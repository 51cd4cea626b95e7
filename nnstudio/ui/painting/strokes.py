"""A stroke on the board, without a board: where the hand was becomes points, or takes some away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, hypot, pi, sin, sqrt
from random import Random

from nnstudio.params import MOST_POINTS, PLACES, REACH, Point

SIZES = (0.05, 0.08, 0.12, 0.18, 0.27, 0.4)
"""Radii of the brush."""
DENSITY = 2
"""Points that are sprayed at each step of a drag; a step is half a radius."""


@dataclass(frozen=True)
class Brush:
    """What the hand holds: a class to paint, or the eraser."""

    label: int = 0
    size: int = 2
    """Which of SIZES."""
    erasing: bool = False

    @property
    def radius(self) -> float:
        return SIZES[self.size]

    def resized(self, by: int) -> Brush:
        """A size larger or smaller, as far as there is one."""
        return replace(self, size=max(0, min(self.size + by, len(SIZES) - 1)))


class Stroke:
    """From pressing to letting go. `points` are those before it, and all along what has come of them."""

    def __init__(self, points: tuple[Point, ...], brush: Brush, random: Random) -> None:
        self._points = dict.fromkeys(points)
        self._brush = brush
        self._random = random
        self._before = len(points)
        self._last: tuple[float, float] | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(self._points)

    @property
    def change(self) -> int:
        """How many more points there are than before."""
        return len(self._points) - self._before

    def touch(self, x: float, y: float) -> None:
        """The hand is here: at first a point where it touches, then spray along its way."""
        if self._brush.erasing:
            for place in self._way(x, y) if self._last else [(x, y)]:
                self._erase(*place)
        elif self._last is None:
            self._add(x, y)
        else:
            self._spray(x, y)
        if self._last is None:
            self._last = (x, y)

    # Inside

    def _spray(self, x: float, y: float) -> None:
        for across, up in self._way(x, y):
            for _ in range(DENSITY):
                angle, far = self._random.uniform(0, 2 * pi), self._brush.radius * sqrt(self._random.random())
                self._add(across + far * cos(angle), up + far * sin(angle))

    def _way(self, x: float, y: float) -> Iterator[tuple[float, float]]:
        """Places half a radius apart, from the last one on; the rest of the way counts for the next time."""
        assert self._last is not None, "the first touch has no way"
        step, (x0, y0) = self._brush.radius / 2, self._last
        far = hypot(x - x0, y - y0)
        for number in range(1, int(far / step) + 1):
            self._last = (x0 + (x - x0) * number * step / far, y0 + (y - y0) * number * step / far)
            yield self._last

    def _add(self, x: float, y: float) -> None:
        if len(self._points) < MOST_POINTS and abs(x) <= REACH and abs(y) <= REACH:
            self._points[round(x, PLACES) + 0.0, round(y, PLACES) + 0.0, self._brush.label] = None

    def _erase(self, x: float, y: float) -> None:
        near = [point for point in self._points if hypot(point[0] - x, point[1] - y) <= self._brush.radius]
        for point in near:
            del self._points[point]


def nearest(points: tuple[Point, ...], x: float, y: float, within: float) -> Point | None:
    """The point nearest to a place, if there is one so near."""
    found = min(points, key=lambda point: hypot(point[0] - x, point[1] - y), default=None)
    return found if found is not None and hypot(found[0] - x, found[1] - y) <= within else None
