"""Paints a network of units: maps as pictures that are coloured anew in place, and wires by their weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from nnstudio.ui import colormaps, theme
from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts.unit_layout import UnitLayout
from nnstudio.ui.panels.parts.units import Layer, Place, Unit, Units

LEVELS = 8
"""Strengths of a wire that are told apart."""
WIDEST = 5.0
MOST_WIDE = 32
"""Wires that are drawn wider than a hair, the strongest: wide ones take ten times as long."""
DASH, GAP = 5.0, 3.0
"""Pixels of a negative wire's dashes, longer where it is wide, and between them."""
LINE = 15.0
"""Height of a line of text."""
FAINT = 0.18
"""Strength of what does not belong to the unit that is looked at."""


class Pictures:
    """One picture for each unit that is shown. Their pixels stay where they are while the shape is the same."""

    def __init__(self) -> None:
        self.images: list[list[QImage]] = []
        self._pixels: list[NDArray[np.uint8]] = []

    def show(self, layers: Iterable[Layer]) -> None:
        """Other values: of one layer they share their colours, white is zero."""
        maps = [layer.maps[:, ::-1] for layer in layers]
        if [each.shape for each in maps] != [each.shape[:3] for each in self._pixels]:
            self._pixels = [np.zeros((*each.shape, 4), np.uint8) for each in maps]
            self.images = [[_image(pixels) for pixels in layer] for layer in self._pixels]
        for pixels, values, layer in zip(self._pixels, maps, layers, strict=True):
            pixels[:] = colormaps.rgba(values, -layer.reach, layer.reach, colormaps.diverging())


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """A view of them, row by row."""
    rows, columns = pixels.shape[:2]
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)


@dataclass(frozen=True)
class Marks:
    """What stands out: the chosen unit, and the unit or the number that the mouse or the keyboard points at."""

    choice: Unit | None = None
    unit: Unit | None = None
    place: Place | None = None


def paint(painter: QPainter, layout: UnitLayout, units: Units, pictures: Pictures, marks: Marks) -> None:
    """All of it: wires under maps, maps under the marks of biases."""
    _paint_links(painter, layout, units)
    _paint_wires(painter, layout, units, marks)
    if marks.place is not None and not marks.place.is_bias:
        _paint_pointed(painter, layout, units, marks.place)
    for layer, images in enumerate(pictures.images):
        for number, image in enumerate(images):
            place = layout.map(layer, number)
            painter.drawImage(place, image)
            _paint_frame(painter, place, (layer, number), marks)
        _paint_head(painter, layout, units, layer)
    _paint_biases(painter, layout, units, marks.place)


def _paint_links(painter: QPainter, layout: UnitLayout, units: Units) -> None:
    """A dashed line where a layer is made of another without weights."""
    pen = QPen(theme.color("muted"), 1.4)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number in range(len(units.links)):
        painter.drawPath(layout.link(number))


def _paint_wires(painter: QPainter, layout: UnitLayout, units: Units, marks: Marks) -> None:
    """The strong ones over the weak. While a unit is pointed at, those of others are faint."""
    only = marks.unit is not None and marks.place is None
    lit = units.touching(marks.unit) if only and marks.unit else np.ones(len(units.weights), bool)
    sizes = np.abs(np.nan_to_num(units.weights)) / units.reach
    strong = np.zeros(len(sizes), bool)
    strong[np.argsort(sizes, kind="stable")[max(0, len(sizes) - MOST_WIDE) :]] = True
    levels = np.ceil(sizes.clip(0, 1) * LEVELS).astype(int)
    looks = np.stack([lit, strong, levels, units.weights < 0], axis=1).astype(int)
    kinds, which = np.unique(looks, axis=0, return_inverse=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number, (bright, wide, level, negative) in enumerate(kinds.tolist()):
        painter.setPen(_pen(level / LEVELS, negative=bool(negative), hair=not wide, lit=bool(bright)))
        for path in _joined(layout, np.flatnonzero(which.ravel() == number).tolist(), apart=bool(wide)):
            painter.drawPath(path)


def _joined(layout: UnitLayout, wires: list[int], *, apart: bool) -> list[QPainterPath]:
    """Hairs are drawn quickest in one path, wide ones each in its own."""
    if apart:
        return [layout.paths[wire] for wire in wires]
    path = QPainterPath()
    for wire in wires:
        path.addPath(layout.paths[wire])
    return [path]


def _pen(strength: float, *, negative: bool, hair: bool, lit: bool) -> QPen:
    color = wire_color(-strength if negative else strength)
    color.setAlphaF((0.25 + 0.7 * strength) * (1.0 if lit else FAINT))
    return _wire_pen(color, 1.0 if hair else 1.0 + (WIDEST - 1.0) * strength**1.5, negative)


def _wire_pen(color: QColor, width: float, negative: bool) -> QPen:
    """Negative ones are dashed: their colour is not all that tells them."""
    pen = QPen(color, width)
    pen.setCosmetic(width <= 1.0)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if negative:
        pen.setDashPattern([DASH / width + 1.0, GAP / width])
    return pen


def wire_color(share: float) -> QColor:
    """Of a weight as a share of the largest: blue or orange, and never as white as nothing."""
    place = 0.5 + np.sign(share) * (0.14 + 0.24 * abs(share))
    return QColor(*(int(part) for part in colormaps.diverging()[round(float(place) * 255)][:3]))


def _paint_pointed(painter: QPainter, layout: UnitLayout, units: Units, place: Place) -> None:
    """One wire that stands out."""
    share = units.value(place) / units.reach
    width = 2 + (WIDEST - 1) * min(1.0, abs(share))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = layout.paths[layout.places.index(place)]
    painter.setPen(QPen(theme.color("text"), width + 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawPath(path)
    painter.setPen(_wire_pen(wire_color(share), width, share < 0))
    painter.drawPath(path)


def _paint_frame(painter: QPainter, place: QRectF, unit: Unit, marks: Marks) -> None:
    shade = "accent" if unit == marks.choice else "text" if unit == marks.unit else "line"
    painter.setPen(QPen(theme.color(shade), 1.0 if shade == "line" else 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))


def _paint_biases(painter: QPainter, layout: UnitLayout, units: Units, pointed: Place | None) -> None:
    """A small square each in the colours of the weights, with a minus on a negative one."""
    for number, joint in enumerate(units.joints):
        if joint.biases is None:
            continue
        shades = colormaps.rgba(joint.biases, -units.reach, units.reach, colormaps.diverging())
        for unit, shade in enumerate(shades):
            place = Place(number, unit)
            painter.setPen(QPen(theme.color("accent" if place == pointed else "line"), 1.2))
            painter.setBrush(QColor(*map(int, shade[:3])))
            square = layout.bias(place)
            painter.drawRect(square)
            if joint.biases[unit] < 0:
                bright = painter.brush().color().lightness() > 128
                painter.setPen(QPen(Qt.GlobalColor.black if bright else Qt.GlobalColor.white, 1.2))
                half = QPointF(square.width() / 2 - 1.8, 0)
                painter.drawLine(square.center() - half, square.center() + half)


def _paint_head(painter: QPainter, layout: UnitLayout, units: Units, number: int) -> None:
    """The layer's name, and under it how many units there are and what its colours reach to. Names of layers differ
    at the end, so that is what stays where there is no room.
    """
    layer, place = units.layers[number], layout.head(number)
    side = _alignment(number, len(units.layers))
    metrics = painter.fontMetrics()
    fitting = [words for words in _figures(layer) if metrics.horizontalAdvance(words) <= place.width()]
    for row, (text, shade) in enumerate(((layer.name, "text"), (fitting[0] if fitting else "", "muted"))):
        painter.setPen(theme.color(shade))
        line = QRectF(place.left(), row * LINE, place.width(), LINE)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideLeft, int(place.width()))
        painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, elided)


def _alignment(number: int, count: int) -> Qt.AlignmentFlag:
    """The first and the last name begin and end with their column."""
    if number == 0:
        return Qt.AlignmentFlag.AlignLeft
    return Qt.AlignmentFlag.AlignRight if number == count - 1 else Qt.AlignmentFlag.AlignHCenter


def _figures(layer: Layer) -> list[str]:
    """How many of its units are shown, and the range of their colours: in full, and shorter."""
    shown, reach = len(layer.maps), f"±{digits(layer.reach, '.2g')}"
    if shown == layer.units:
        return [reach]
    words = QCoreApplication.translate("panels", "first {0} of {1}").format(shown, layer.units)
    return [f"{words} · {reach}", f"{shown}/{layer.units} · {reach}", reach]
