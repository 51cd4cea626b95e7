"""One unit over the plane, large, under the points that the network learns from."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts import shades, tips
from nnstudio.ui.panels.parts.legend import paint_symbol
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.units import Floats, Units

HEAD, FOOT = 20.0, 22.0
DOT = 2.6
BAR = 6.0


class UnitMap(QWidget):
    """`show_unit` gives it the cells of one unit, from the lowest y; the mouse reads out a place and its value."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.cells: Floats = np.zeros((0, 0), np.float32)
        self.reach = 1.0
        self.edges = (0.0, 1.0, 0.0, 1.0)
        self._points: Floats = np.zeros((0, 2), np.float32)
        self._labels = np.zeros(0, np.int64)
        self._dots = QPixmap()
        self._fine = False
        self.setMouseTracking(True)
        theme.current().changed.connect(self._forget_dots)

    def show_unit(self, title: str, cells: Floats, reach: float, units: Units) -> None:
        """Another unit, or another state of it."""
        self.title, self.cells, self.reach, self.edges = title, cells, reach, units.edges
        if not (np.array_equal(units.points, self._points) and np.array_equal(units.labels, self._labels)):
            self._points, self._labels = units.points, units.labels
            self._dots = QPixmap()
        self.update()

    def set_fine(self, fine: bool) -> None:
        """Draw the points one by one, for a file, and not from a picture of them, which is quick."""
        self._fine = fine

    @property
    def place(self) -> QRectF:
        """Where the picture is."""
        side = max(1, int(min(self.width() - 2, self.height() - HEAD - FOOT)))
        return QRectF((self.width() - side) // 2, HEAD, side, side)

    def describe(self, point: QPointF) -> str:
        """The value at a place."""
        place, cells = self.place, self.cells
        if not place.contains(point) or not cells.size:
            return ""
        right, up = (point.x() - place.left()) / place.width(), (place.bottom() - point.y()) / place.height()
        row, column = (min(int(share * len(cells)), len(cells) - 1) for share in (up, right))
        x0, x1, y0, y1 = self.edges
        at = f"{digits(x0 + right * (x1 - x0), '.3g')}, {digits(y0 + up * (y1 - y0), '.3g')}"
        return f"{self.title}\n{at}\n{number_text(float(cells[row, column]))}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._dots = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.cells.size:
            return
        painter, place = QPainter(self), self.place
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        image = colormaps.colorize(self.cells[::-1], -self.reach, self.reach, colormaps.diverging())
        painter.drawImage(place, image)
        self._paint_points(painter, place)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_words(painter, place)

    def _paint_points(self, painter: QPainter, place: QRectF) -> None:
        if self._fine:
            self._draw_points(painter, place)
            return
        if self._dots.isNull():
            self._dots = QPixmap(self.size() * self.devicePixelRatioF())
            self._dots.setDevicePixelRatio(self.devicePixelRatioF())
            self._dots.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._dots)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_points(inner, place)
            inner.end()
        painter.drawPixmap(0, 0, self._dots)

    def _draw_points(self, painter: QPainter, place: QRectF) -> None:
        x0, x1, y0, y1 = self.edges
        many = int(self._labels.max(initial=0)) > 1
        painter.setPen(QPen(Qt.GlobalColor.white, 0.8))
        for (x, y), label in zip(self._points.tolist(), self._labels.tolist(), strict=True):
            right, up = (x - x0) / (x1 - x0), (y - y0) / (y1 - y0)
            at = QPointF(place.left() + right * place.width(), place.bottom() - up * place.height())
            painter.setBrush(shades.shade(label, many))
            paint_symbol(painter, shades.symbol(label), at, DOT)

    def _paint_words(self, painter: QPainter, place: QRectF) -> None:
        """Which unit it is, and the scale of its colours."""
        painter.setFont(theme.base_font(12))
        painter.setPen(theme.color("text"))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideMiddle, self.width())
        head = QRectF(place.left(), 0, place.width(), HEAD - 4)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        foot = QRectF(place.left(), place.bottom() + 4, place.width(), FOOT - 4)
        ends = [digits(value, ".2g") for value in (-self.reach, self.reach)]
        room = max(painter.fontMetrics().horizontalAdvance(end) for end in ends) + 6
        for end, side in zip(ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            painter.drawText(foot, side | Qt.AlignmentFlag.AlignVCenter, end)
        bar = QRectF(foot.left() + room, foot.center().y() - BAR / 2, foot.width() - 2 * room, BAR)
        painter.drawImage(bar, colormaps.scale_bar(colormaps.diverging()))

    def _forget_dots(self) -> None:
        self._dots = QPixmap()
        self.update()
