"""What lines, points and colours stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import shades

CORNERS = {"s": (4, 45), "t": (3, 90), "d": (4, 0), "p": (5, -90), "t1": (3, -90), "h": (6, 0), "t2": (3, 0),
           "star": (10, -90), "+": (12, -15)}  # fmt: skip
"""Corners of a point's shape, by pyqtgraph's names, and the angle of the first; any other is a circle."""
INWARD = {"star": (0.0, 0.5), "+": (0.0, 0.0, 0.6)}
"""How far its corners are drawn in, one after the other, as shares of the radius."""
RADIUS = 4.0


@dataclass(frozen=True)
class Key:
    """One entry: a colour, as a token of the theme or of `shades`, and a line or a point of some shape."""

    text: str
    token: str
    dashed: bool = False
    symbol: str = ""
    ring: bool = False

    @property
    def shade(self) -> QColor:
        kind, _, name = self.token.partition(":")
        if kind == "pole":
            return shades.shade(int(name), many=False)
        return theme.family_color(name) if kind == "family" else theme.color(self.token)


class Legend(QWidget):
    """Which line or point is which. Where there is no room for all, the last ones are counted, and named in the tip."""

    LINE = 16
    POINT = 10
    NARROW = 104
    """It takes so much room, if it needs as much."""

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        super().__init__()
        self.keys = tuple(keys)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)

    def set_keys(self, keys: Sequence[Key]) -> None:
        if tuple(keys) != self.keys:
            self.keys = tuple(keys)
            self.updateGeometry()
            self._show_tip()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(key) for key in self.keys), self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), self.NARROW), wanted.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, shown = 0, self.shown
        for key in shown:
            self._paint_key(painter, key, left)
            left += self._width(key)
        if len(shown) < len(self.keys):
            painter.setPen(theme.color("muted"))
            place = self.rect().adjusted(left, 0, 0, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._rest(len(self.keys) - len(shown)))

    @property
    def shown(self) -> tuple[Key, ...]:
        """The first ones, as many as there is room for."""
        room = self.width()
        if sum(map(self._width, self.keys)) <= room:
            return self.keys
        for count in range(len(self.keys) - 1, 0, -1):
            rest = self.fontMetrics().horizontalAdvance(self._rest(len(self.keys) - count))
            if sum(map(self._width, self.keys[:count])) + rest <= room:
                return self.keys[:count]
        return ()

    def _rest(self, count: int) -> str:
        return f"+{count}"

    def _show_tip(self) -> None:
        self.setToolTip("" if len(self.shown) == len(self.keys) else "\n".join(key.text for key in self.keys))

    def _mark(self, key: Key) -> int:
        return self.POINT if key.symbol else self.LINE

    def _width(self, key: Key) -> int:
        return self._mark(key) + 4 + self.fontMetrics().horizontalAdvance(key.text) + 10

    def _paint_key(self, painter: QPainter, key: Key, left: int) -> None:
        mark, middle, shade = self._mark(key), self.height() / 2 + 0.5, key.shade
        pen = QPen(shade, 1.6 if key.symbol else 2)
        if key.dashed:
            pen.setDashPattern([2, 1.5])
        painter.setPen(pen)
        if key.symbol:
            painter.setBrush(Qt.BrushStyle.NoBrush if key.ring else shade)
            paint_symbol(painter, key.symbol, QPointF(left + mark / 2, middle), RADIUS - 0.8)
        else:
            painter.drawLine(QPointF(left + 1, middle), QPointF(left + mark - 1, middle))
        painter.setPen(theme.color("muted") if key.symbol else shade)
        painter.drawText(QPoint(left + mark + 4, round(middle + self.fontMetrics().capHeight() / 2)), key.text)


class ScaleBar(QWidget):
    """The colours of a map, with what its ends mean. Where there is little room the words end in …, and are in the
    tip.
    """

    LONG, THICK = 56, 6
    SHORT, LEAST = 32, 24
    """The bar, and a word at its end, where there is no room."""
    GAP = 6

    def __init__(self) -> None:
        super().__init__()
        self.ends = ("", "")
        self._long = self.LONG
        self._lut = colormaps.viridis()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)

    def set_scale(self, low: str, high: str, lut: NDArray[np.uint8]) -> None:
        if (low, high) != self.ends or lut is not self._lut:
            self.ends, self._lut = (low, high), lut
            self.updateGeometry()
            self._show_tip()
            self.update()

    def set_short(self, short: bool) -> None:
        """Leave room for other things, although all words are whole."""
        self._long = self.SHORT if short else self.LONG
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._long + sum(self._wide()) + 3 * self.GAP + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        texts = sum(min(wide, self.LEAST) for wide in self._wide())
        return QSize(self.SHORT + texts + 3 * self.GAP + 2, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.color("muted"))
        bar, rooms = self._shared()
        texts = [self._cut(text, room) for text, room in zip(self.ends, rooms, strict=True)]
        left = self.fontMetrics().horizontalAdvance(texts[0]) + self.GAP
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, texts[0])
        painter.drawText(self.rect().adjusted(left + bar + self.GAP, 0, 0, 0), middle, texts[1])
        place = QRectF(left, (self.height() - self.THICK) / 2, bar, self.THICK)
        painter.drawImage(place, colormaps.scale_bar(self._lut))

    def _wide(self) -> tuple[int, int]:
        low, high = (self.fontMetrics().horizontalAdvance(end) for end in self.ends)
        return low, high

    def _shared(self) -> tuple[int, tuple[int, int]]:
        """How long the bar is, and how long the words may be."""
        low, high = self._wide()
        lacking = self.sizeHint().width() - self.width()
        if lacking <= 0:
            return self._long, (low, high)
        bar = max(self.SHORT, self._long - lacking)
        room = self.width() - bar - 3 * self.GAP - 2
        first = min(low, max(room // 2, room - high))
        return bar, (first, room - first)

    def _cut(self, text: str, room: int) -> str:
        if room >= self.fontMetrics().horizontalAdvance(text):  # with just so much, Qt would cut it
            return text
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))

    def _show_tip(self) -> None:
        whole = self._shared()[1] == self._wide()
        self.setToolTip("" if whole else " – ".join(self.ends))


def paint_symbol(painter: QPainter, symbol: str, at: QPointF, radius: float) -> None:
    """A point's shape, as pyqtgraph calls it."""
    painter.drawPath(symbol_path(symbol, at, radius))


def symbol_path(symbol: str, at: QPointF, radius: float) -> QPainterPath:
    """The outline of a point's shape."""
    corners, start = CORNERS.get(symbol, (0, 0))
    path = QPainterPath()
    if not corners:
        path.addEllipse(at, radius, radius)
        return path
    angles = [start * pi / 180 + 2 * pi * number / corners for number in range(corners)]
    wide, inward = radius * (1.25 if corners < 5 or symbol in INWARD else 1.1), INWARD.get(symbol, (0.0,))
    lengths = [wide * (1 - inward[number % len(inward)]) for number in range(corners)]
    spokes = zip(angles, lengths, strict=True)
    path.addPolygon(QPolygonF([at + QPointF(cos(angle), sin(angle)) * length for angle, length in spokes]))
    path.closeSubpath()
    return path
