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
NARROWEST = 46.0
"""From one column to the next, so that most of a name can be read."""
GAP = 5.0
"""Between the maps of a column."""
SPREAD = 2.2
"""A column takes so many sides of a map, wires and all."""
LANE, LANES = 2.5, 3
"""Links along the bottom lie beside each other."""
NEAR = 5.0
"""Pixels from the middle of a wire where the mouse still has it."""
BIAS = 6.0
"""Side of the mark that stands for a bias."""
_DOTS = 17
"""Along a wire, to find it under the mouse."""


def room_for(height: float) -> int:
    """How many units of a column can be shown in such a height."""
    return max(1, int((height - HEAD - BIAS + GAP) / (SMALLEST + GAP)))


def columns_for(width: float) -> int:
    """How many columns can be told apart in such a width."""
    return max(2, int((width - SMALLEST) / NARROWEST) + 1)


class UnitLayout:
    """Of one network in one size."""

    def __init__(self, size: QSizeF, units: Units) -> None:
        self.size = size
        self.places = units.places
        self._counts = [len(layer.maps) for layer in units.layers]
        self.side = self._fitting_side()
        self.pitch = (size.width() - self.side) / max(1, len(self._counts) - 1)
        self._links = units.links
        self._ends = [(joint.source, joint.target) for joint in units.joints]
        self._biases = [place for number in range(len(units.joints)) for place in _biases(units, number)]
        ends = [self._ends_of(place) for place in units.places]
        self.paths = [_path(*each) for each in ends]
        self._dots = _dots(np.array(ends).reshape(-1, 4))

    def map(self, layer: int, unit: int) -> QRectF:
        """Where a unit's map is."""
        count, room = self._counts[layer], self._room
        step = self.side + min(GAP + self.side / 2, (room - count * self.side) / max(1, count - 1))
        top = HEAD + (room - (count - 1) * step - self.side) / 2
        return QRectF(round(self._left(layer)), round(top + unit * step), self.side, self.side)  # on whole dots

    def head(self, layer: int) -> QRectF:
        """Where a column's name is; the first and the last have less room."""
        middle, half = self._left(layer) + self.side / 2, max(self.pitch / 2 - 4, self.side / 2)
        place = QRectF(middle - half, 0, 2 * half, HEAD)
        place.setLeft(max(place.left(), 0))
        place.setRight(min(place.right(), self.size.width()))
        return place

    def link(self, number: int) -> QPainterPath:
        """The way of a link: straight to the next column, or along the bottom below those between."""
        source, target = self._links[number]
        begin, end = self._left(source) + self.side, self._left(target)
        if target == source + 1:
            middle = HEAD + self._room / 2
            path = QPainterPath(QPointF(begin, middle))
            path.lineTo(end, middle)
            return path
        first, last = (self.map(layer, self._counts[layer] - 1).center().y() for layer in (source, target))
        bottom, bend = self.size.height() - 1 - LANE * (number % LANES), min(self.pitch - self.side, self.side) / 2
        path = QPainterPath(QPointF(begin, first))
        path.cubicTo(begin + bend, first, begin, bottom, begin + 2 * bend, bottom)
        path.lineTo(end - 2 * bend, bottom)
        path.cubicTo(end, bottom, end - bend, last, end, last)
        return path

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

    @property
    def _room(self) -> float:
        """The height for maps; below them the last bias sticks out."""
        return self.size.height() - HEAD - BIAS

    def _left(self, layer: int) -> float:
        return layer * self.pitch if len(self._counts) > 1 else (self.size.width() - self.side) / 2

    def _fitting_side(self) -> float:
        most = max(self._counts, default=1)
        high = (self._room - (most - 1) * GAP) / most
        wide = self.size.width() / max(1.0, SPREAD * len(self._counts) - SPREAD + 1)
        return float(max(4.0, min(high, wide, LARGEST) // 1))

    def _ends_of(self, place: Place) -> tuple[float, float, float, float]:
        """Where a wire begins and ends: x and y of both."""
        source, target = self._ends[place.joint]
        begin, end = self.map(source, place.source), self.map(target, place.unit)
        return begin.x() + self.side, begin.y() + self.side / 2, end.x(), end.y() + self.side / 2


def _path(x0: float, y0: float, x1: float, y1: float) -> QPainterPath:
    """A curve that begins and ends level."""
    path, middle = QPainterPath(QPointF(x0, y0)), (x0 + x1) / 2
    path.cubicTo(middle, y0, middle, y1, x1, y1)
    return path


def _biases(units: Units, joint: int) -> Sequence[Place]:
    biases = units.joints[joint].biases
    return [] if biases is None else [Place(joint, unit) for unit in range(len(biases))]


def _dots(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places along the curves of `_path`."""
    share = np.linspace(0, 1, _DOTS)
    x0, y0, x1, y1 = (ends[:, column, None] for column in range(4))
    across = 1.5 * share * (1 - share) + share**3
    bend = 3 * share**2 * (1 - share) + share**3
    return np.stack([x0 + (x1 - x0) * across, y0 + (y1 - y0) * bend], axis=-1)


def _distances(dots: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """From a point to each chain of dots."""
    begin, along = dots[:, :-1], np.diff(dots, axis=1)
    length = (along**2).sum(-1) + 1e-12
    share = (((point - begin) * along).sum(-1) / length).clip(0, 1)
    return np.sqrt(((begin + share[..., None] * along - point) ** 2).sum(-1).min(axis=1))
