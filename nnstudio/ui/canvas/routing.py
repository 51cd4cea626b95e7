"""The way of a wire: a smooth curve, a loop back to the next row, or a lane around the cards that are in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnstudio.ui.canvas.metrics import CARD_WIDTH

_LANE_ABOVE = 29.0
"""A loop's lane runs so far above the card it goes to."""
_CLEAR = 12.0
"""Between a lane and the cards beside it."""
_TURN = 44.0
_LONG = 1.6 * CARD_WIDTH
"""Wires no longer than this go straight ahead: nothing can be in between."""
_T = np.linspace(0, 1, 25)[1:-1, None]
_BERNSTEIN = np.hstack([(1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3])
"""Weights of a curve's four points at places along it."""


class Obstacles:
    """All cards as one array, so that asking about a thousand of them is one operation."""

    def __init__(self, cards: Iterable[QRectF] = ()) -> None:
        rows = [(card.left(), card.top(), card.right(), card.bottom()) for card in cards]
        self._rects: NDArray[np.float64] = np.array(rows, dtype=np.float64).reshape(-1, 4)

    def hit_by(self, points: NDArray[np.float64]) -> bool:
        """Whether one of the points lies in a card."""
        x, y = points[:, 0], points[:, 1]
        rects = self._rects
        rects = rects[(rects[:, 2] > x.min()) & (rects[:, 0] < x.max())]
        left, top, right, bottom = (rects[:, i, None] for i in range(4))
        return bool(((x > left) & (x < right) & (y > top) & (y < bottom)).any())

    def free_lane(self, left: float, right: float, y: float, down: bool) -> float:
        """The nearest height, going down or up from `y`, at which nothing is between `left` and `right`."""
        rects = self._rects
        near = rects[(rects[:, 2] > left) & (rects[:, 0] < right)]
        near = near[near[:, 3] + _CLEAR > y] if down else near[near[:, 1] - _CLEAR < y]
        for _, top, _, bottom in near[np.argsort(near[:, 1] if down else -near[:, 3])].tolist():
            if (top - _CLEAR >= y) if down else (bottom + _CLEAR <= y):
                break  # in this order all others are farther away
            y = max(y, bottom + _CLEAR) if down else min(y, top - _CLEAR)
        return y


@dataclass(frozen=True)
class Route:
    """A path, and the middle of it, where the chip goes. `room` is how much of it is free for the chip; `dots` are the
    points that a person leads it through.
    """

    path: QPainterPath
    middle: QPointF
    room: float
    dots: tuple[QPointF, ...] = ()


def direct(start: QPointF, end: QPointF) -> Route:
    """One curve from port to port."""
    path = QPainterPath(start)
    reach = _reach(start, end)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return Route(path, (start + end) / 2, end.x() - start.x())


def route(start: QPointF, end: QPointF, source: QRectF, target: QRectF, obstacles: Obstacles) -> Route:
    """The way from an output at `start` to an input at `end`; `source` and `target` are the cards."""
    if end.x() < start.x() + 8:
        return _loop(start, end, source, target, obstacles)
    ahead = direct(start, end)
    if end.x() - start.x() <= _LONG or not obstacles.hit_by(_samples(start, end)):
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
    left, right = end.x() - 8, start.x() + 8
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
