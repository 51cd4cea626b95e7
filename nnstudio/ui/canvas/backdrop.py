"""What the canvas shows behind and over the drawing: dots, the hint on an empty canvas, the focus ring."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from nnstudio.ui import theme
from nnstudio.ui.canvas.metrics import font, measure

_PITCH = 24.0
_CLOSEST = 14.0
"""Dots are never closer than that on the screen; with fewer of them the grid stays calm."""
_DOT = 2
"""Half the height of the picture of a row of dots."""


class Grid:
    """The ground, with dots at every third line of the grid; farther out at every sixth, and so on.

    A row of dots is painted once for a zoom; each frame copies it down the view.
    """

    def __init__(self) -> None:
        self._row = QPixmap()
        self._made_for: tuple[object, ...] = ()

    def paint(self, painter: QPainter, room: QRect, exposed: QRectF) -> None:
        """Under the drawing: `room` is the whole view and `exposed` the part of it to paint, in pixels."""
        world = painter.worldTransform()
        painter.resetTransform()
        painter.fillRect(exposed, theme.color("canvas"))
        pitch = _PITCH * world.m11()
        while pitch < _CLOSEST:
            pitch *= 2
        row = self._row_of(pitch, room.width(), painter.device().devicePixelRatioF())
        left = round(world.dx() % pitch - pitch) - _DOT
        first = floor((exposed.top() - world.dy()) / pitch)
        for number in range(first, floor((exposed.bottom() - world.dy()) / pitch) + 2):
            painter.drawPixmap(QPoint(left, round(number * pitch + world.dy()) - _DOT), row)
        painter.setWorldTransform(world)

    def _row_of(self, pitch: float, width: int, ratio: float) -> QPixmap:
        wanted = (pitch, width, ratio, theme.color("grid_dot").name())
        if wanted != self._made_for:
            self._made_for = wanted
            self._row = _row_of_dots(pitch, width, ratio)
        return self._row


def _row_of_dots(pitch: float, width: int, ratio: float) -> QPixmap:
    count = ceil(width / pitch) + 2
    row = QPixmap(ceil((count * pitch + 2 * _DOT) * ratio), ceil(2 * _DOT * ratio))
    row.setDevicePixelRatio(ratio)
    row.fill(Qt.GlobalColor.transparent)
    painter = QPainter(row)
    for number in range(count):
        painter.fillRect(round(number * pitch) + _DOT - 1, _DOT - 1, 2, 2, theme.color("grid_dot"))
    painter.end()
    return row


def paint_hint(painter: QPainter, room: QRect, first: str, second: str) -> None:
    """What to do with an empty canvas, in its middle."""
    painter.setFont(font(15))
    middle = room.center()
    painter.setPen(theme.color("muted"))
    height = measure(15).height()
    for index, line in enumerate((first, second)):
        left = middle.x() - measure(15).horizontalAdvance(line) / 2
        painter.drawText(QPointF(left, middle.y() + (index - 0.5) * height * 1.4), line)


def paint_focus_ring(painter: QPainter, room: QRect) -> None:
    """Says quietly that keys go to the canvas."""
    shade = QColor(theme.color("accent"))
    shade.setAlphaF(0.6)
    width, height = room.width(), room.height()
    for side in ((0, 0, width, 1), (0, height - 1, width, 1), (0, 1, 1, height - 2), (width - 1, 1, 1, height - 2)):
        painter.fillRect(QRect(*side), shade)
