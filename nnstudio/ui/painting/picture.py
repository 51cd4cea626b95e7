"""How the board looks: a field with lines at whole numbers, the points, and where the hand is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from nnstudio.params import REACH, Point, classes_in
from nnstudio.ui import theme
from nnstudio.ui.painting.strokes import Brush
from nnstudio.ui.panels.parts.legend import paint_symbol
from nnstudio.ui.panels.parts.shades import shade, symbol

RADIUS = 3.6
EDGE = 8
"""Pixels around the plane, so that points at its edge are whole."""
CROSS = 7


class Plane:
    """Where points of the plane are on a board of some size. One unit may be wider than high."""

    def __init__(self, size: QSize) -> None:
        self._left, self._bottom = float(EDGE), float(size.height() - EDGE)
        self.across = max(size.width() - 2 * EDGE, 1) / (2 * REACH)
        self.up = max(size.height() - 2 * EDGE, 1) / (2 * REACH)

    @property
    def unit(self) -> float:
        """Pixels of the shorter of both units."""
        return min(self.across, self.up)

    def place(self, x: float, y: float) -> QPointF:
        return QPointF(self._left + (x + REACH) * self.across, self._bottom - (y + REACH) * self.up)

    def point(self, at: QPointF) -> tuple[float, float]:
        """The point at a place; one at the edge for places beyond it."""
        x, y = (at.x() - self._left) / self.across - REACH, (self._bottom - at.y()) / self.up - REACH
        return within(x), within(y)


class Picture:
    """Paints the board. Points that stand are painted once: thousands of them take longer than a frame has."""

    def __init__(self, board: QWidget, plane: Plane) -> None:
        self._board = board
        self.plane = plane
        self._kept: tuple[object, QPixmap] | None = None

    def forget(self) -> None:
        """The colours are others now."""
        self._kept = None

    def paint(self, painter: QPainter, before: tuple[Point, ...], now: tuple[Point, ...], *, focus: bool) -> None:
        """The field and the points: `before` a stroke, and as they are now."""
        self._many = classes_in(now) > 2
        self._paint_field(painter, focus)
        if now[: len(before)] == before:
            painter.drawPixmap(0, 0, self._standing(before))
            self._paint_points(painter, now[len(before) :])
        else:
            self._paint_points(painter, now)

    def paint_ring(self, painter: QPainter, at: QPointF, brush: Brush) -> None:
        """As large as the brush; dashed for the eraser."""
        line = Qt.PenStyle.DashLine if brush.erasing else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self._tint(brush), 1.4, line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipRect(self._board.rect().adjusted(1, 1, -1, -1))
        painter.drawEllipse(at, brush.radius * self.plane.across, brush.radius * self.plane.up)

    def paint_cross(self, painter: QPainter, at: QPointF, brush: Brush) -> None:
        """Where the keys would paint."""
        painter.setPen(QPen(self._tint(brush), 1.6))
        painter.drawLine(at - QPointF(CROSS, 0), at + QPointF(CROSS, 0))
        painter.drawLine(at - QPointF(0, CROSS), at + QPointF(0, CROSS))

    # Inside

    _many = False

    def _tint(self, brush: Brush) -> QColor:
        return theme.color("text") if brush.erasing else shade(brush.label, self._many or brush.label > 1)

    def _standing(self, points: tuple[Point, ...]) -> QPixmap:
        scale = self._board.devicePixelRatioF()
        key = (points, self._many, self._board.size(), scale)
        if self._kept is None or self._kept[0] != key:
            picture = QPixmap(self._board.size() * scale)
            picture.setDevicePixelRatio(scale)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_points(painter, points)
            painter.end()
            self._kept = (key, picture)
        return self._kept[1]

    def _paint_points(self, painter: QPainter, points: tuple[Point, ...]) -> None:
        painter.setPen(QPen(theme.color("surface"), 0.8))
        for x, y, label in points:
            painter.setBrush(shade(label, self._many))
            paint_symbol(painter, symbol(label), self.plane.place(x, y), RADIUS)

    def _paint_field(self, painter: QPainter, focus: bool) -> None:
        size = self._board.size()
        painter.setPen(QPen(theme.color("accent" if focus else "line"), 1.0))
        painter.setBrush(theme.color("canvas"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 6, 6)
        painter.setFont(_small(painter.font()))
        for number in (-1, 0, 1):
            at = self.plane.place(number, number)
            painter.setPen(QPen(theme.color("line"), 1.0 if number else 1.6))
            painter.drawLine(QPointF(at.x(), 2), QPointF(at.x(), size.height() - 2))
            painter.drawLine(QPointF(2, at.y()), QPointF(size.width() - 2, at.y()))
            painter.setPen(theme.color("muted"))
            painter.drawText(QPointF(at.x() + 3, size.height() - 5), _digit(number))
            if number:
                painter.drawText(QPointF(5, at.y() - 3), _digit(number))


def within(number: float) -> float:
    """The number, or the edge of the plane that it is beyond."""
    return max(-REACH, min(number, REACH))


def _digit(number: int) -> str:
    return str(number).replace("-", "−")


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(10)
    return small
