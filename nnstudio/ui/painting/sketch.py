"""A picture drawn by hand: strokes over a ground or another picture, and what a network gets to see of them.

Places are in pixels of the network's picture, from the upper left corner; colours are levels of its channels.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

Floats: TypeAlias = NDArray[np.float32]

FINER = 4
"""Each pixel is drawn as so many by so many dots, whose mean it becomes."""
FAINT = 0.2
"""Of the range: what differs less from the ground is no ink."""
MOST_GROWN = 6.0
"""A small drawing is made larger by so much at most."""


@dataclass(frozen=True)
class Manner:
    """How the pictures of a data set look, as far as a drawing can follow. Sizes are in pixels."""

    shape: tuple[int, int, int] = (1, 28, 28)
    low: float = 0.0
    high: float = 1.0
    ground: tuple[float, ...] = (0.0,)
    """The level around, by channel."""
    plain: bool = False
    """Whether they stand on that ground, as drawings do."""
    centred: bool = False
    extent: float = 0.0
    """Of the longer side."""
    stroke: float = 0.0
    middle: tuple[float, float] = (0.0, 0.0)
    by_mass: bool = False
    """Whether the middle is the centre of mass, and not that of the box around."""

    @property
    def width(self) -> float:
        """Of a line: as the data's, or what is well seen."""
        return self.stroke if self.plain and self.stroke else max(1.0, max(self.shape[1:]) / 16)

    @property
    def fits(self) -> bool:
        """Whether there are a size and a place that drawings can be brought to."""
        return self.plain and self.centred

    def level(self, share: float) -> float:
        """A level by its share of the range."""
        return self.low + share * (self.high - self.low)

    @property
    def ink(self) -> tuple[float, ...]:
        """The level that stands out most from the ground, by channel."""
        middle = (self.low + self.high) / 2
        return tuple(self.high if level < middle else self.low for level in self.ground)


@dataclass(frozen=True)
class Line:
    """What the hand has drawn from pressing to letting go."""

    points: tuple[tuple[float, float], ...]
    width: float
    color: tuple[float, ...]


@dataclass(frozen=True)
class Sketch:
    """Lines over a picture, or over the plain ground."""

    manner: Manner = field(default_factory=Manner)
    lines: tuple[Line, ...] = ()
    base: Floats | None = None

    @property
    def blank(self) -> bool:
        return self.base is None and not self.lines

    def with_line(self, line: Line) -> Sketch:
        return replace(self, lines=(*self.lines, line))

    def pixels(self, *, fitted: bool = True) -> Floats:
        """What the network gets; `fitted` as large and where the data's own drawings are, unless over a picture."""
        if self.lines and fitted and self.manner.fits and self.base is None:
            box = self._box()
            if box is not None:
                return self._fitted(self._to_extent(box))
        return self._painted(QTransform())

    def paint(self, painter: QPainter, dot: float) -> None:
        """Paint the lines, `dot` of the painter's units a pixel."""
        for line in self.lines:
            color = _color(line.color, self.manner)
            _paint_line(painter, line, QTransform.fromScale(dot, dot), line.width * dot, color)

    # Inside

    def _fitted(self, place: QTransform) -> Floats:
        found = self._painted(place)
        if self.manner.by_mass:
            across, up = self._mass(found)
            shift = QTransform.fromTranslate(self.manner.middle[0] - across, self.manner.middle[1] - up)
            found = self._painted(place * shift)
        return found

    def _painted(self, place: QTransform) -> Floats:
        """The base with the lines over it."""
        _, height, width = self.manner.shape
        if not self.lines:
            return np.array(self._levels(np.zeros((height, width, 4), np.float32)), np.float32)
        dots = self._dots(place).reshape(height, FINER, width, FINER, 4)
        return self._levels((dots.mean(axis=(1, 3)) / 255).astype(np.float32))

    def _dots(self, place: QTransform) -> NDArray[np.uint8]:
        """The lines alone, FINER than the picture: red, green, blue by how much they cover, and how much that is.

        Lines are as thick as ever, however much the drawing is made larger.
        """
        _, height, width = self.manner.shape
        image = QImage(width * FINER, height * FINER, QImage.Format.Format_RGBA8888_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        finer = place * QTransform.fromScale(FINER, FINER)
        for line in self.lines:
            _paint_line(painter, line, finer, line.width * FINER, _color(line.color, self.manner))
        painter.end()
        dots = np.frombuffer(image.constBits(), np.uint8)
        return dots.reshape(height * FINER, width * FINER, 4).copy()

    def _levels(self, colors: Floats) -> Floats:
        """The lines H×W×4 over the base, or over the ground."""
        channels, manner = self.manner.shape[0], self.manner
        ground = np.array(manner.ground, np.float32)[:, None, None]
        base = ground if self.base is None else self.base
        moved = np.moveaxis(colors, -1, 0)
        cover = moved[3:]
        inked = moved[:3] if channels == 3 else np.repeat(moved[:1], channels, axis=0)
        return (base * (1 - cover) + manner.low * cover + (manner.high - manner.low) * inked).astype(np.float32)

    def _ink(self, pixels: Floats) -> Floats:
        ground = np.array(self.manner.ground, np.float32)[:, None, None]
        return np.abs(pixels - ground).max(axis=0) / ((self.manner.high - self.manner.low) or 1.0)

    def _box(self) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of what is drawn on the plain ground."""
        levels = self._levels((self._dots(QTransform()) / np.float32(255)).astype(np.float32))
        marked = self._ink(levels) >= FAINT
        if not marked.any():
            return None
        rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
        return columns[0] / FINER, rows[0] / FINER, (columns[-1] + 1) / FINER, (rows[-1] + 1) / FINER

    def _to_extent(self, box: tuple[float, float, float, float]) -> QTransform:
        """The way that makes the longer side of the box as long as the data's, with its middle in theirs."""
        left, top, right, bottom = box
        thick = max(line.width for line in self.lines)
        bones, wanted = max(right - left, bottom - top) - thick, self.manner.extent - thick
        scale = 1.0 if bones < 0.5 or wanted <= 0 else min(wanted / bones, MOST_GROWN)
        place = QTransform.fromTranslate(-(left + right) / 2, -(top + bottom) / 2)
        place *= QTransform.fromScale(scale, scale)
        return place * QTransform.fromTranslate(*self.manner.middle)

    def _mass(self, pixels: Floats) -> tuple[float, float]:
        ink = self._ink(pixels)
        total = float(ink.sum()) or 1.0
        rows, columns = (np.arange(size) + 0.5 for size in ink.shape)
        return float(ink.sum(axis=0) @ columns) / total, float(ink.sum(axis=1) @ rows) / total


def _paint_line(painter: QPainter, line: Line, place: QTransform, width: float, color: QColor) -> None:
    points = [place.map(QPointF(*point)) for point in line.points]
    if len(points) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(points[0], width / 2, width / 2)
        return
    path = QPainterPath(points[0])
    for before, after in itertools.pairwise(points):
        path.quadTo(before, (before + after) / 2)
    path.lineTo(points[-1])
    pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)


def _color(levels: tuple[float, ...], manner: Manner) -> QColor:
    span = (manner.high - manner.low) or 1.0
    shares = [min(max((level - manner.low) / span, 0.0), 1.0) for level in levels]
    return QColor.fromRgbF(*(shares if len(shares) == 3 else shares[:1] * 3))
