"""Where the maps of units lie, and the wires between them: columns from the left to the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainterPath

from nnstudio.ui.panels.parts.units import Place, Units

HEAD = 36.0
"""Room for two lines over each column."""
SMALLEST, LARGEST = 16.0, 56.0
"""Sides of a map."""
GAP = 5.0
"""Between the maps of a column."""
SPREAD = 2.2
"""A column takes so many sides of a map, wires and all."""
NEAR = 5.0
"""Pixels from the middle of a wire where the mouse still has it."""
BIAS = 6.0
"""Side of the mark that stands for a bias."""
_DOTS = 17
"""Along a wire, to find it under the mouse."""


def room_for(height: float) -> int:
    """How many units of a column can be shown in such a height."""
    return max(1, int((height - HEAD + GAP) / (SMALLEST + GAP)))


class UnitLayout:
    """Of one network in one size."""

    def __init__(self, size: QSizeF, units: Units) -> None:
        self.size = size
        self.places = units.places
        self._counts = [len(layer.maps) for layer in units.layers]
        self.side = self._fitting_side()
        self.pitch = (size.width() - self.side) / max(1, len(self._counts) - 1)
        self._ends = [(joint.source, joint.target) for joint in units.joints]
        self._biases = [place for number in range(len(units.joints)) for place in _biases(units, number)]
        self.paths = [self._path(place) for place in units.places]
        self._dots = np.array([_dots(path) for path in self.paths]).reshape(-1, _DOTS, 2)

    def map(self, layer: int, unit: int) -> QRectF:
        """Where a unit's map is."""
        count, room = self._counts[layer], self.size.height() - HEAD
        step = self.side + min(GAP + self.side / 2, (room - count * self.side) / max(1, count - 1))
        top = HEAD + (room - (count - 1) * step - self.side) / 2
        return QRectF(self._left(layer), top + unit * step, self.side, self.side)

    def head(self, layer: int) -> QRectF:
        """Where a column's name is; the first and the last have less room."""
        middle, half = self._left(layer) + self.side / 2, max(self.pitch / 2 - 4, self.side / 2)
        place = QRectF(middle - half, 0, 2 * half, HEAD)
        place.setLeft(max(place.left(), 0))
        place.setRight(min(place.right(), self.size.width()))
        return place

    def bias(self, place: Place) -> QRectF:
        """Where the mark of a bias is: at the lower left corner of its unit."""
        corner = self.map(self._ends[place.joint][1], place.unit).bottomLeft()
        return QRectF(corner.x() - BIAS / 2, corner.y() - BIAS / 2, BIAS, BIAS)

    def unit_at(self, point: QPointF) -> tuple[int, int] | None:
        """The layer and the unit whose map is there."""
        for layer, count in enumerate(self._counts):
            if self._left(layer) <= point.x() <= self._left(layer) + self.side:
                return next(((layer, unit) for unit in range(count) if self.map(layer, unit).contains(point)), None)
        return None

    def head_at(self, point: QPointF) -> int | None:
        """The layer whose name is there."""
        return next((layer for layer in range(len(self._counts)) if self.head(layer).contains(point)), None)

    def place_at(self, point: QPointF) -> Place | None:
        """The bias or the weight that is there; of several wires the nearest."""
        for place in self._biases:
            if self.bias(place).adjusted(-2, -2, 2, 2).contains(point):
                return place
        if self.unit_at(point) or not len(self._dots):
            return None
        far = _distances(self._dots, np.array([point.x(), point.y()]))
        nearest = int(far.argmin())
        return self.places[nearest] if far[nearest] <= NEAR else None

    def middle(self, place: Place) -> QPointF:
        """Where to write a number."""
        if place.is_bias:
            return self.bias(place).center()
        return self.paths[self.places.index(place)].pointAtPercent(0.5)

    def _left(self, layer: int) -> float:
        return layer * self.pitch if len(self._counts) > 1 else (self.size.width() - self.side) / 2

    def _fitting_side(self) -> float:
        most = max(self._counts, default=1)
        high = (self.size.height() - HEAD - (most - 1) * GAP - 1) / most
        wide = self.size.width() / max(1.0, SPREAD * len(self._counts) - SPREAD + 1)
        return float(max(4.0, min(high, wide, LARGEST) // 1))

    def _path(self, place: Place) -> QPainterPath:
        source, target = self._ends[place.joint]
        begin, end = self.map(source, place.source), self.map(target, place.unit)
        first, last = QPointF(begin.right(), begin.center().y()), QPointF(end.left(), end.center().y())
        half = (last.x() - first.x()) / 2
        path = QPainterPath(first)
        path.cubicTo(first + QPointF(half, 0), last - QPointF(half, 0), last)
        return path


def _biases(units: Units, joint: int) -> Sequence[Place]:
    biases = units.joints[joint].biases
    return [] if biases is None else [Place(joint, unit) for unit in range(len(biases))]


def _dots(path: QPainterPath) -> list[tuple[float, float]]:
    dots = (path.pointAtPercent(number / (_DOTS - 1)) for number in range(_DOTS))
    return [(dot.x(), dot.y()) for dot in dots]


def _distances(dots: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """From a point to each chain of dots."""
    begin, along = dots[:, :-1], np.diff(dots, axis=1)
    length = (along**2).sum(-1) + 1e-12
    share = (((point - begin) * along).sum(-1) / length).clip(0, 1)
    return np.sqrt(((begin + share[..., None] * along - point) ** 2).sum(-1).min(axis=1))
