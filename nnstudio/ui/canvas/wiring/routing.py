"""The way of a wire: a smooth curve, a loop back to the next row, or a lane around the cards that are in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

_LANE_ABOVE = 29.0
"""A loop's lane runs so far above the card it goes to."""
_CLEAR = 12.0
"""Between a lane and the cards beside it."""
_TURN = 44.0
_BACK = 8.0
"""Where less than this is between the ports, the wire goes back in a loop."""
_SHORT = 2 * _TURN + 12.0
"""Wires no longer than this go straight ahead: there is no room to go round anything."""
_T = np.linspace(0, 1, 25)[1:-1, None]
_BERNSTEIN = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3])
"""Weights of a curve's four points at places along it."""


Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Numbers = NDArray[np.float64]


def box_of(card: QRectF) -> Box:
    """A card as an obstacle."""
    return card.left(), card.top(), card.right(), card.bottom()


class Obstacles:
    """All cards as arrays, so that asking about thousands of them is a few operations."""

    def __init__(self, cards: Iterable[QRectF | Box] = (), titles: Iterable[Box] = ()) -> None:
        """`titles`: strips with words, along which no lane goes; a wire may cross them."""
        self._sides = _table(cards)
        self._lined = np.hstack([self._sides, _table(titles)])
        self._below: _Lanes | None = None
        self._above: _Lanes | None = None

    def hit_by(self, points: Numbers) -> bool:
        """Whether one of the points lies in a card."""
        x, y = points[:, 0], points[:, 1]
        (low_x, low_y), (high_x, high_y) = points.min(axis=0), points.max(axis=0)
        left, top, right, bottom = self._sides
        near = (right > low_x) & (left < high_x) & (bottom > low_y) & (top < high_y)
        if not near.any():
            return False
        left, top, right, bottom = (side[near][:, None] for side in self._sides)
        return bool(((x > left) & (x < right) & (y > top) & (y < bottom)).any())

    def free_lane(self, left: float, right: float, y: float, down: bool) -> float:
        """The nearest height, going down or up from `y`, at which nothing is between `left` and `right`."""
        lefts, tops, rights, bottoms = self._lined
        if down:
            self._below = self._below or _Lanes(lefts, rights, tops, bottoms)
            return self._below.free(left, right, y)
        self._above = self._above or _Lanes(lefts, rights, -bottoms, -tops)
        return -self._above.free(left, right, -y)


def _table(boxes: Iterable[QRectF | Box]) -> Numbers:
    """All lefts, all tops, all rights and all bottoms."""
    rows = [box_of(box) if isinstance(box, QRectF) else box for box in boxes]
    return np.ascontiguousarray(np.array(rows, dtype=np.float64).reshape(-1, 4).T)


class _Lanes:
    """Cards in the order in which one meets them on the way down. Up is down with all heights turned round."""

    def __init__(self, left: Numbers, right: Numbers, begin: Numbers, end: Numbers) -> None:
        order = np.argsort(begin, kind="stable")
        self._left, self._right = left[order], right[order]
        self._begin, self._end = begin[order] - _CLEAR, end[order] + _CLEAR

    def free(self, left: float, right: float, y: float) -> float:
        """The first height from `y` on at which no card is in the way."""
        among = (self._right > left) & (self._left < right) & (self._end > y)
        passed = np.maximum.accumulate(np.concatenate(([y], self._end[among])))
        free = self._begin[among] >= passed[:-1]
        return float(passed[free.argmax() if free.any() else -1])


@dataclass(frozen=True)
class Route:
    """A path, and the middle of it, where the chip goes. `room` is how much of it is free for the chip; `dots` are the
    points that a person leads it through.
    """

    path: QPainterPath
    middle: QPointF
    room: float
    dots: tuple[QPointF, ...] = ()

    def shifted(self, by: QPointF) -> Route:
        """The same way, elsewhere."""
        return Route(self.path.translated(by), self.middle + by, self.room, tuple(dot + by for dot in self.dots))


def heeds_others(start: QPointF, end: QPointF) -> bool:
    """Whether the way depends on other cards than those it joins."""
    return not _BACK <= end.x() - start.x() <= _SHORT


def direct(start: QPointF, end: QPointF) -> Route:
    """One curve from port to port."""
    path = QPainterPath(start)
    reach = _reach(start, end)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return Route(path, (start + end) / 2, end.x() - start.x())


def route(start: QPointF, end: QPointF, source: QRectF, target: QRectF, obstacles: Obstacles) -> Route:
    """The way from an output at `start` to an input at `end`; `source` and `target` are the cards."""
    if end.x() - start.x() < _BACK:
        return _loop(start, end, source, target, obstacles)
    ahead = direct(start, end)
    if end.x() - start.x() <= _SHORT or not obstacles.hit_by(_samples(start, end)):
        return ahead
    return _around(start, end, obstacles)


def _reach(start: QPointF, end: QPointF) -> float:
    """How far a curve goes on level before it turns."""
    return max(abs(end.x() - start.x()) / 2, min(32.0, 12.0 + abs(end.y() - start.y()) / 4))


def _samples(start: QPointF, end: QPointF) -> NDArray[np.float64]:
    """Points along the direct curve."""
    (x0, y0), (x3, y3), reach = start.toTuple(), end.toTuple(), _reach(start, end)
    points: NDArray[np.float64] = _BERNSTEIN @ np.array([(x0, y0), (x0 + reach, y0), (x3 - reach, y3), (x3, y3)])
    return points


def _loop(start: QPointF, end: QPointF, source: QRectF, target: QRectF, obstacles: Obstacles) -> Route:
    """Out to the right, back along a lane between the rows, and in from the left."""
    lane = _loop_lane(end, start, source, target, obstacles)
    out, back = _bulge(lane - start.y()), _bulge(lane - end.y())
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(out, 0), QPointF(start.x() + out, lane), QPointF(start.x() - 8, lane))
    path.lineTo(end.x() + 8, lane)
    path.cubicTo(QPointF(end.x() - back, lane), end - QPointF(back, 0), end)
    return Route(path, QPointF((start.x() + end.x()) / 2, lane), start.x() - end.x())


def _loop_lane(end: QPointF, start: QPointF, source: QRectF, target: QRectF, obstacles: Obstacles) -> float:
    left, right = end.x() - _BACK, start.x() + _BACK
    if target.top() - source.bottom() >= 2 * _CLEAR:
        wish = max((source.bottom() + target.top()) / 2, target.top() - _LANE_ABOVE)
    elif source.top() - target.bottom() >= 2 * _CLEAR:
        wish = (source.top() + target.bottom()) / 2
    else:
        return obstacles.free_lane(left, right, max(source.bottom(), target.bottom()) + _CLEAR, True)
    lanes = [obstacles.free_lane(left, right, wish, down) for down in (True, False)]
    best = min(lanes, key=lambda lane: abs(lane - wish))
    low, high = sorted((start.y(), end.y()))
    return best if low <= best <= high else wish


def _bulge(rise: float) -> float:
    return min(58.0, max(24.0, abs(rise) * 0.55))


def _around(start: QPointF, end: QPointF, obstacles: Obstacles) -> Route:
    """Down or up beside the source, along a free lane, and up or down beside the target."""
    left, right = start.x() + 4, end.x() - 4
    below = obstacles.free_lane(left, right, max(start.y(), end.y()), True)
    above = obstacles.free_lane(left, right, min(start.y(), end.y()), False)
    lane = min((below, above), key=lambda y: abs(y - start.y()) + abs(y - end.y()))
    path = QPainterPath(start)
    lane_start = _turn_in(path, start, lane)
    lane_end = end.x() - _TURN
    path.lineTo(lane_end, lane)
    middle = (lane_end + end.x()) / 2 + 4
    path.cubicTo(QPointF(middle, lane), QPointF(middle - 8, end.y()), end)
    return Route(path, QPointF((lane_start + lane_end) / 2, lane), lane_end - lane_start)


def _turn_in(path: QPainterPath, start: QPointF, lane: float) -> float:
    """From the port to the lane, upright in the gap beside the card; gives where the lane begins."""
    rise = lane - start.y()
    upright = start.x() + 16
    bend = min(28.0, abs(rise) / 2) * (1 if rise > 0 else -1)
    path.quadTo(QPointF(upright, start.y()), QPointF(upright, start.y() + bend))
    path.lineTo(upright, lane - bend)
    path.quadTo(QPointF(upright, lane), QPointF(upright + abs(bend), lane))
    return upright + abs(bend)
