"""A plane of numbers as a heat map, with its axes; the mouse reads it out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.tensor_slice import Slice
from nnstudio.ui.panels.parts.ticks import linear_ticks

LARGEST = 28.0
"""Pixels of one cell at most."""
LINE = 16.0
"""Room for a line of small text."""
_SIDE, _TICK = 36.0, 44.0
WORD = 76.0
"""Room for the word of an axis."""


class SliceMap(QWidget):
    """Shows a Slice, or the picture of one that is too large to be told. `pointed` tells which cell was clicked."""

    pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.slice = Slice()
        self._image = QImage()
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)
        self.setAccessibleName(self.tr("Heat map"))
        theme.current().changed.connect(self.update)

    def show_slice(self, slice_: Slice) -> None:
        """Other numbers to show."""
        self.slice = slice_
        self._image = colormaps.to_image(slice_.colors(slice_.drawn))
        self.update()

    @property
    def place(self) -> QRectF:
        """Where the picture lies: as large as there is room, a pixel of an image square."""
        rows, columns = self.slice.rows, self.slice.columns
        room = QRectF(self.rect()).adjusted(_SIDE + LINE, 2, -WORD, -LINE)
        flattest = 1 if self.slice.square else 4
        high = min(room.height() / rows, LARGEST)
        wide = min(room.width() / columns, flattest * high, 2 * LARGEST)
        high = min(high, flattest * wide)
        return QRectF(room.left(), room.top(), columns * wide, rows * high)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column under a point, or None beside the picture."""
        place = self.place
        if not place.contains(point) or not place.width() or not place.height():
            return None
        row = int((point.y() - place.top()) / place.height() * self.slice.rows)
        column = int((point.x() - place.left()) / place.width() * self.slice.columns)
        return min(row, self.slice.rows - 1), min(column, self.slice.columns - 1)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        cell = self.cell_at(point)
        return self.slice.describe(*cell) if cell is not None else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None:
            self.pointed.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        place = self.place
        painter.drawImage(place, self._image)
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        self._paint_columns(painter, place)
        if len(self.slice.shape) > 1:
            self._paint_rows(painter, place)

    def _paint_columns(self, painter: QPainter, place: QRectF) -> None:
        """Their numbers under the picture, and behind those what they are."""
        count = self.slice.columns
        for column in ticks(count, place.width() / _TICK):
            middle = place.left() + (column + 0.5) * place.width() / count
            text = QRectF(middle - _TICK / 2, place.bottom() + 1, _TICK, LINE)
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, str(column))
        words = QRectF(place.right() + 8, place.bottom() + 1, WORD, LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{self.slice.axes[1]} →")

    def _paint_rows(self, painter: QPainter, place: QRectF) -> None:
        count = self.slice.rows
        for row in ticks(count, place.height() / (1.5 * LINE)):
            middle = place.top() + (row + 0.5) * place.height() / count
            text = QRectF(LINE, middle - LINE / 2, _SIDE - 6, LINE)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(row))
        painter.save()
        painter.translate(0, place.top() + max(place.height(), 80.0))
        painter.rotate(-90)
        words = QRectF(0, 0, max(place.height(), 80.0), LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"← {self.slice.axes[0]}")
        painter.restore()


def ticks(count: int, room: float) -> list[int]:
    """Places on an axis that get a number: round ones, as many as there is room for."""
    if count <= room:
        return list(range(count))
    return [int(tick) for tick in linear_ticks(0.0, count - 1.0, max(int(room), 1), whole=True)[1]]
