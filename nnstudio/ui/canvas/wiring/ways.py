"""The way of a wire that a person leads through points: one smooth curve through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath

from nnstudio.graph.nodes import Position
from nnstudio.ui.canvas.wiring.routing import Route

_TENSION = 0.4
"""How far towards the next point a curve keeps its direction."""
_SAMPLES = [step / 12 for step in range(13)]


def led(start: QPointF, way: Sequence[Position], end: QPointF) -> Route:
    """From port to port through the points; the chip is in the longest stretch."""
    stops = [start, *(QPointF(*point) for point in way), end]
    path, curves = QPainterPath(start), _curves(stops)
    for curve in curves:
        path.cubicTo(*curve[1:])
    one, out, into, other = max(curves, key=lambda curve: QLineF(curve[0], curve[3]).length())
    middle = (one + out * 3 + into * 3 + other) / 8
    return Route(path, middle, abs(other.x() - one.x()), tuple(stops[1:-1]))


def slot_at(start: QPointF, way: Sequence[Position], end: QPointF, at: QPointF) -> int:
    """Between which points of the way a new one goes that is put there, on the wire."""
    stops = [start, *(QPointF(*point) for point in way), end]
    return min(enumerate(_curves(stops)), key=lambda each: _distance(each[1], at))[0]


def _curves(stops: Sequence[QPointF]) -> list[tuple[QPointF, QPointF, QPointF, QPointF]]:
    """One for each stretch, with its four points. At ports wires are level; at a point they go the way of its sides."""
    level = QPointF(1, 0)
    between = [_unit(after - before) for before, after in zip(stops, stops[2:], strict=False)]
    headings = [level, *between, level]
    found = []
    for (one, other), (out, into) in zip(pairwise(stops), pairwise(headings), strict=True):
        reach = _TENSION * QLineF(one, other).length()
        found.append((one, one + out * reach, other - into * reach, other))
    return found


def _unit(vector: QPointF) -> QPointF:
    length = QLineF(QPointF(), vector).length()
    return vector / length if length else QPointF(1, 0)


def _distance(curve: tuple[QPointF, QPointF, QPointF, QPointF], at: QPointF) -> float:
    path = QPainterPath(curve[0])
    path.cubicTo(*curve[1:])
    return min(QLineF(path.pointAtPercent(share), at).length() for share in _SAMPLES)
