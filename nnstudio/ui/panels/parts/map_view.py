"""One map, cell by cell, with its scale: a window is marked on it, and a click tells the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats, sheet

LINE = 16.0
"""Of the words above and of the scale below."""
FLATTEST = 4.0
"""A cell is so many times as wide as high at most, or as high as wide."""
THIN = 10.0
"""The same of a map that has but one row."""
SMALLEST = 5.0
"""Pixels of a cell from which each cell of a window is outlined, not the window alone."""


@dataclass(frozen=True)
class Window:
    """The rows and columns of a map that are looked at; beyond its edges, in the padding, too."""

    rows: Sequence[int]
    columns: Sequence[int]

    @property
    def dense(self) -> bool:
        """Whether there are no gaps in it."""
        return all(np.all(np.diff(places) == 1) for places in (self.rows, self.columns))


@dataclass(frozen=True)
class Map:
    """`values` are H×W in colours from `low` to `high`; `edge` is how many rows and columns of padding are around."""

    values: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    low: float = 0.0
    high: float = 1.0
    title: str = ""
    edge: tuple[int, int] = (0, 0)
    window: Window | None = None


class MapView(QWidget):
    """Shows a `Map`."""

    clicked = Signal(int, int)
    """Row and column, also while the mouse is dragged."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.map = Map()
        self._words = words
        """What the tip says: with places for row, column and value."""
        self._image = QImage()
        self.setMouseTracking(True)
        self.setMinimumSize(48, 48)
        theme.current().changed.connect(self.update)

    def show_map(self, shown: Map) -> None:
        """Another map, or another window on it."""
        if not (shown.values is self.map.values and (shown.low, shown.high) == (self.map.low, self.map.high)):
            self._image = QImage()
        self.map = shown
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(140, 140)

    @property
    def cell(self) -> QSizeF:
        """The size of a cell: square where all fits so, flatter or higher where the map is long."""
        rows, columns = (
            max(1, size + 2 * edge) for size, edge in zip(self.map.values.shape, self.map.edge, strict=True)
        )
        wide, high = self.width() / columns, (self.height() - 2 * LINE) / rows
        even = min(rows, columns) > max(rows, columns) / FLATTEST
        limit = 1.0 if even else FLATTEST if rows > 1 else THIN
        return QSizeF(min(wide, high * limit), min(high, wide * limit))

    @property
    def place(self) -> QRectF:
        """Where the map itself is, without its edge."""
        cell, (down, across) = self.cell, self.map.edge
        rows, columns = self.map.values.shape
        size = QSizeF(cell.width() * columns, cell.height() * rows)
        whole = QSizeF(size.width() + 2 * across * cell.width(), size.height() + 2 * down * cell.height())
        left, top = (self.width() - whole.width()) / 2, LINE + (self.height() - 2 * LINE - whole.height()) / 2
        return QRectF(QPointF(left + across * cell.width(), top + down * cell.height()), size)

    def cell_at(self, point: QPointF, nearest: bool = False) -> tuple[int, int] | None:
        """Row and column under a point; beside the map None, or the nearest."""
        place, cell, (rows, columns) = self.place, self.cell, self.map.values.shape
        if not rows or not columns or not (nearest or place.contains(point)):
            return None
        row, column = (point.y() - place.top()) // cell.height(), (point.x() - place.left()) // cell.width()
        return min(max(int(row), 0), rows - 1), min(max(int(column), 0), columns - 1)

    def rect_of(self, rows: Sequence[int], columns: Sequence[int]) -> QRectF:
        """Where these rows and columns are, from the first to the last."""
        place, cell = self.place, self.cell
        left, top = place.left() + columns[0] * cell.width(), place.top() + rows[0] * cell.height()
        size = (columns[-1] - columns[0] + 1) * cell.width(), (rows[-1] - rows[0] + 1) * cell.height()
        return QRectF(left, top, *size)

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.clicked.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        dragged = bool(event.buttons() & Qt.MouseButton.LeftButton)
        cell = self.cell_at(event.position(), nearest=dragged)
        if cell is not None and dragged:
            self.clicked.emit(*cell)
        text = "" if cell is None else self._words.format(*cell, number_text(float(self.map.values[cell])))
        tips.show(self, event.position().toPoint(), "" if dragged else text)

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.map.values.size:
            return
        painter = QPainter(self)
        self._paint_values(painter)
        if any(self.map.edge):
            self._paint_edge(painter)
        if self.map.window is not None and len(self.map.window.rows) and len(self.map.window.columns):
            self._paint_window(painter, self.map.window)
        self._paint_words(painter)

    def _paint_values(self, painter: QPainter) -> None:
        place = self.place
        if self._image.isNull():
            side = round(max(place.width(), place.height()) * self.devicePixelRatioF())
            self._image = sheet(self.map.values[None], colormaps.viridis(), self.map.low, self.map.high, side)[0]
        painter.drawImage(place, self._image)

    def _paint_edge(self, painter: QPainter) -> None:
        """The padding: an empty frame around the map."""
        down, across = self.map.edge
        rows, columns = self.map.values.shape
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect_of([-down, rows - 1 + down], [-across, columns - 1 + across]).adjusted(0, 0, -1, -1))

    def _paint_window(self, painter: QPainter, window: Window) -> None:
        rows, columns = window.rows, window.columns
        outline = self.rect_of(rows, columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((theme.color("surface"), 4.0), (theme.color("warning"), 2.0)):
            painter.setPen(QPen(shade, width))
            painter.drawRoundedRect(outline, 1.5, 1.5)
        if not window.dense and min(self.cell.width(), self.cell.height()) >= SMALLEST:
            painter.setPen(QPen(theme.color("warning"), 1))
            painter.drawRects([self.rect_of([row], [column]) for row in rows for column in columns])

    def _paint_words(self, painter: QPainter) -> None:
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        place = QRectF(0, 0, self.width(), LINE - 2)
        title = painter.fontMetrics().elidedText(self.map.title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, title)
        low, high = number_text(self.map.low), number_text(self.map.high)
        paint_scale(painter, QRectF(0, self.height() - LINE + 2, self.width(), LINE - 2), low, high, signed=False)


def paint_scale(painter: QPainter, place: QRectF, low: str, high: str, *, signed: bool) -> None:
    """A map's colours between what their ends mean, in one line; where that is too narrow the ends alone."""
    measure = painter.fontMetrics().horizontalAdvance
    ends = measure(low) + measure(high) + 12
    bar = min(56.0, place.width() - ends)
    if bar < 8:
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"±{high}" if signed else f"{low} … {high}")
        return
    left = place.left() + (place.width() - ends - bar) / 2
    painter.setPen(theme.color("muted"))
    painter.drawText(QRectF(left, place.top(), ends, place.height()), Qt.AlignmentFlag.AlignVCenter, low)
    left += measure(low) + 6
    lut = colormaps.diverging() if signed else colormaps.viridis()
    painter.drawImage(QRectF(left, place.center().y() - 2.5, bar, 5), colormaps.scale_bar(lut))
    painter.drawText(QRectF(left + bar + 6, place.top(), ends, place.height()), Qt.AlignmentFlag.AlignVCenter, high)
