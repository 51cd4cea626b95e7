"""Live pictures on the cards: what each node makes of the sample that is looked at.

The frames come from one subscription, and only while the canvas is on show. An array becomes a picture when its
card is painted, so what is scrolled away costs nothing.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.ui import colormaps, theme
from nnstudio.ui.canvas.metrics import CARD_WIDTH, PAD, fitting_px, font, measure

CHANNELS = 8
LONGEST_VECTOR = 64
LARGEST_PICTURE = 512
_WIDTH = CARD_WIDTH - 2 * PAD
_COLUMNS = 4
_GAP = 1.5
_INPUT = 56.0
_BARS = 34.0
_GIVEN_BARS = 46.0
_CELLS = 32
"""Of a long vector in one row."""
_MAP = 56.0
_REACHES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""How far the axes of a point's plane go; few steps, so that points of one data set are on one scale."""


class Thumbnail:
    """One array as a small picture. `told` stands beside the picture of a sample; `signed` ones show where zero is.

    `shape` is that of what it is a picture of, where that is larger than what came.
    """

    def __init__(
        self,
        array: NDArray[Any],
        *,
        given: bool = False,
        told: tuple[str, ...] = (),
        signed: bool = False,
        shape: tuple[int, ...] = (),
    ) -> None:
        self.array = array
        self.shape = shape or array.shape
        self.given = given
        self.told = told
        self.signed = signed
        self._images: list[QImage] | None = None

    @property
    def height(self) -> float:
        """How much room it takes on the card."""
        if self.given and (self.array.ndim > 1 or self._is_point):
            return _INPUT
        if self.array.ndim == 1:
            return _GIVEN_BARS if self.given and self.told else _BARS
        return self._rows * (self._tile_height + _GAP) - _GAP if self.array.ndim == 3 else _MAP

    def paint(self, painter: QPainter, into: QRectF) -> None:
        """Paint it, making its images on the first call."""
        if self._is_point:
            square = QRectF(into.topLeft(), QSizeF(into.height(), into.height()))
            self._paint_point(painter, square)
            self._paint_words(painter, square, into.right())
        elif self._is_long:
            self._paint_images(painter, into, columns=1)
        elif self.array.ndim == 1 and self.given and self.told:
            bars = QRectF(into.left(), into.top(), 0.45 * into.width(), into.height())
            self._paint_bars(painter, bars)
            self._paint_words(painter, bars, into.right())
        elif self.array.ndim == 1:
            self._paint_bars(painter, into)
        elif self.given:
            square = QRectF(into)
            square.setWidth(min(into.width(), into.height() * self.array.shape[-1] / self.array.shape[-2]))
            self._paint_images(painter, square, columns=1)
            self._paint_words(painter, square, into.right())
        else:
            columns = min(_COLUMNS, len(self.array)) if self.array.ndim == 3 else 1
            if self.array.ndim == 3:  # a tile is as wide as with all columns
                into = QRectF(into.topLeft(), QSizeF((into.width() + _GAP) * columns / _COLUMNS - _GAP, into.height()))
            self._paint_images(painter, into, columns=columns)

    def shows_the_same(self, other: Thumbnail) -> bool:
        """Whether nobody could tell the two apart."""
        same_words = (self.given, self.told) == (other.given, other.told)
        return same_words and np.array_equal(self.array, other.array)

    @property
    def _is_point(self) -> bool:
        """Whether it is a sample from a plane."""
        return self.given and self.shape == (2,)

    @property
    def _is_long(self) -> bool:
        """Whether it is a vector of more numbers than there is room for bars."""
        return self.array.ndim == 1 and len(self.array) > LONGEST_VECTOR

    @property
    def _rows(self) -> int:
        return -(-len(self.array) // _COLUMNS)

    @property
    def _tile_height(self) -> float:
        """Square pixels, within reason."""
        width = (_WIDTH - (_COLUMNS - 1) * _GAP) / _COLUMNS
        return float(min(max(width * self.array.shape[1] / self.array.shape[2], 12.0), width * 1.25))

    def images(self) -> list[QImage]:
        """A picture for each channel; all channels share one range."""
        if self._images is None:
            self._images = self._make_images()
        return self._images

    def _make_images(self) -> list[QImage]:
        if self._is_long:
            cells = np.full(-(-len(self.array) // _CELLS) * _CELLS, np.nan, np.float32)
            cells[: len(self.array)] = self.array
            return [colormaps.colorize(cells.reshape(-1, _CELLS))]
        if self.signed:
            low, high = colormaps.symmetric_range(self.array)
            colors = colormaps.rgba(self.array, low, high, colormaps.diverging())
            return [colormaps.to_image(channel) for channel in (colors if self.array.ndim == 3 else [colors])]
        if self.array.ndim == 2:
            return [colormaps.colorize(self.array)]
        if self.given and len(self.array) == 3:
            low, high = float(self.array.min()), float(self.array.max())
            levels = (self.array - low) * (255 / ((high - low) or 1.0))
            solid = np.concatenate([levels, np.full_like(levels[:1], 255)]).transpose(1, 2, 0)
            return [colormaps.to_image(solid.astype(np.uint8))]
        if self.given:
            return [colormaps.colorize(self.array[0], lut=colormaps.greys())]
        colors = colormaps.rgba(self.array)
        return [colormaps.to_image(channel) for channel in colors]

    def _paint_images(self, painter: QPainter, into: QRectF, columns: int) -> None:
        """Hard-edged pixels on a dark ground with round corners."""
        painter.save()
        outline = QPainterPath()
        outline.addRoundedRect(into, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.fillPath(outline, Qt.GlobalColor.black)
        painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
        images = self.images()
        rows = -(-len(images) // columns)
        width = (into.width() - (columns - 1) * _GAP) / columns
        height = (into.height() - (rows - 1) * _GAP) / rows
        for number, image in enumerate(images):
            left = into.left() + number % columns * (width + _GAP)
            top = into.top() + number // columns * (height + _GAP)
            painter.drawImage(QRectF(left, top, width, height), image)
        painter.restore()

    def _paint_words(self, painter: QPainter, beside: QRectF, end: float) -> None:
        """The first is the telling one. What is too long for the card is written smaller, then cut."""
        left = beside.right() + 10
        for index, text in enumerate(self.told):
            px = fitting_px(text, end - left, bold=index == 0, largest=13 if index == 0 else 11)
            shown = measure(px, index == 0).elidedText(text, Qt.TextElideMode.ElideRight, end - left)
            painter.setFont(font(px, index == 0))
            painter.setPen(theme.color("text" if index == 0 else "muted"))
            painter.drawText(QPointF(left, beside.top() + 22 + 18 * index), shown)

    def _paint_point(self, painter: QPainter, square: QRectF) -> None:
        """The sample's place in the plane, with the axes through zero."""
        x, y = np.nan_to_num(self.array.astype(np.float64)).tolist()
        reach = next((size for size in _REACHES if size >= max(abs(x), abs(y))), max(abs(x), abs(y))) * 1.1
        middle, unit = square.center(), square.width() / 2 / reach
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("field"))
        painter.drawRoundedRect(square, 3, 3)
        painter.setPen(QPen(theme.color("muted"), 0.8))
        painter.drawLine(QPointF(square.left(), middle.y()), QPointF(square.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), square.top()), QPointF(middle.x(), square.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.family_color("data"))
        painter.drawEllipse(middle + QPointF(x * unit, -y * unit), 3.2, 3.2)

    def _paint_bars(self, painter: QPainter, into: QRectF) -> None:
        """A bar for each number from the line of zero; the largest stands out."""
        values = np.nan_to_num(self.array.astype(np.float64))
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        unit = (into.height() - 2) / ((high - low) or 1.0)
        zero = into.bottom() - 1 + low * unit
        pitch = into.width() / len(values)
        painter.setPen(Qt.PenStyle.NoPen)
        best = int(values.argmax())
        for index, value in enumerate(values):
            tall = max(abs(value) * unit, 1.5)
            top = zero - tall if value >= 0 else zero
            painter.setBrush(theme.color("good") if index == best else theme.family_color("linear"))
            bar = QRectF(into.left() + index * pitch + pitch * 0.12, top, pitch * 0.76, tall)
            painter.drawRoundedRect(bar, min(1.5, tall / 2), min(1.5, tall / 2))


def thumbnail_of(
    array: NDArray[Any],
    *,
    given: bool = False,
    told: tuple[str, ...] = (),
    signed: bool = False,
    shape: tuple[int, ...] = (),
) -> Thumbnail | None:
    """The picture of an array, or None where a small picture would show nothing."""
    if not array.size or max(array.shape, default=0) > LARGEST_PICTURE:
        return None
    if array.ndim == 3:
        array = array[: 3 if given else CHANNELS]
    elif array.ndim not in (1, 2) or array.shape == (1,):
        return None
    return Thumbnail(array, given=given, told=told, signed=signed, shape=shape)


def still_fits(picture: Thumbnail, spec: TensorSpec | None) -> bool:
    """Whether the picture can be of what a port puts out now."""
    if spec is None:
        return False
    now = spec.per_sample
    shown = picture.shape
    if prod(shown) == 1:
        return prod(now) == 1
    if len(now) == 3:
        return shown[1:] == now[1:] and shown[0] <= now[0]
    return shown == now
