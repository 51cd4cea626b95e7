"""Weights between two sequences as a heat map, with the tokens at its sides."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.looks import Looks

LARGEST, SMALLEST = 12, 7
"""Of the letters, in pixels; where there is not even room for the smallest, only those under the mouse are named."""
GAP = 4.0
WIDEST_CELL = 2.0
"""Width by height of a cell at most."""
_LARGEST_CELL = 48.0
_MOST_OF_SIDE = 0.3
"""So much of the widget, at most, for the names of rows and for those of columns."""
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class TokenMap(QWidget):
    """Rows are the places that look, columns those that are looked at. The mouse or the arrows read out a cell."""

    row_chosen = Signal(int)
    """The person clicked on a row."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = Looks()
        self.cell: tuple[int, int] | None = None
        """Row and column that are pointed at."""
        self._image = QImage()
        self._place: QRectF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(80, 60)
        self.setAccessibleName(self.tr("Weights of the attention"))
        theme.current().changed.connect(self.update)

    def show_looks(self, looks: Looks) -> None:
        """Other weights; what is pointed at stays."""
        if (looks.rows, looks.columns, looks.weights.shape) != (
            self.looks.rows,
            self.looks.columns,
            self.looks.weights.shape,
        ):
            self._place = None
        self.looks = looks
        self._image = looks.image()
        if self.cell is not None and not (
            self.cell[0] < looks.weights.shape[0] and self.cell[1] < looks.weights.shape[1]
        ):
            self.cell = None
        self.update()

    @property
    def place(self) -> QRectF:
        """Where the map is, beside the names."""
        if self._place is None:
            self._place = self._find_place()
        return self._place

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column at a point, or None beside the map."""
        place, (rows, columns) = self.place, self.looks.weights.shape
        if not self.looks.some or not place.contains(point):
            return None
        row = int((point.y() - place.top()) / place.height() * rows)
        column = int((point.x() - place.left()) / place.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        size = self._cell_size()
        corner = self.place.topLeft() + QPointF(column * size.width(), row * size.height())
        return QRectF(corner, size)

    def describe(self, cell: tuple[int, int] | None) -> str:
        return self.looks.describe(*cell) if cell is not None else ""

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.cell_at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(self.cell))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.row_chosen.emit(cell[0])

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        tips.show(self, self.rect().center(), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self.looks.some:
            super().keyPressEvent(event)
            return
        row, column = self.cell or (0, 0)
        rows, columns = self.looks.weights.shape
        moved = (row + step[0], column + step[1]) if self.cell else (0, 0)
        self._point((min(max(moved[0], 0), rows - 1), min(max(moved[1], 0), columns - 1)))
        tips.show(self, self.cell_rect(*self.cell or (0, 0)).bottomRight().toPoint(), self.describe(self.cell))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.looks.some:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.fillRect(self.place, theme.color("field"))
        painter.drawImage(self.place, self._image)
        self._paint_rows(painter)
        self._paint_columns(painter)
        self._paint_pointed(painter)

    # Inside

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self.cell:
            self.cell = cell
            self.update()

    def _cell_size(self) -> QSizeF:
        rows, columns = self.looks.weights.shape
        return QSizeF(self.place.width() / max(columns, 1), self.place.height() / max(rows, 1))

    def _find_place(self) -> QRectF:
        """As large as there is room beside the names, cells no wider than twice as high."""
        rows, columns = self.looks.weights.shape
        metrics = QFontMetricsF(theme.base_font(LARGEST))
        left = min(longest(self.looks.rows, metrics) + GAP, _MOST_OF_SIDE * self.width())
        above = min(self._height_above(metrics), _MOST_OF_SIDE * self.height())
        high = min((self.height() - above - 1) / max(rows, 1), _LARGEST_CELL)
        wide = min((self.width() - left - 1) / max(columns, 1), WIDEST_CELL * high, _LARGEST_CELL)
        high = min(high, WIDEST_CELL * wide)
        size = QSizeF(max(wide * columns, 1.0), max(high * rows, 1.0))
        free = max(0.0, self.width() - left - size.width())
        return QRectF(QPointF(left + free / 2, above), size)

    def _height_above(self, metrics: QFontMetricsF) -> float:
        """Single characters stand upright, words on their sides."""
        upright = all(len(name) <= 1 for name in self.looks.columns)
        return metrics.height() if upright else longest(self.looks.columns, metrics) + 2 * GAP

    def _paint_rows(self, painter: QPainter) -> None:
        size, pointed = self._cell_size(), self.cell[0] if self.cell else -1
        px = letters(size.height())
        for row, name in enumerate(self.looks.rows):
            if not px and row != pointed:
                continue
            painter.setFont(theme.base_font(px or LARGEST))
            painter.setPen(theme.color("accent" if row == pointed else "muted"))
            middle = self.place.top() + (row + 0.5) * size.height()
            room = QRectF(0, middle - 10, self.place.left() - GAP, 20)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_columns(self, painter: QPainter) -> None:
        size, pointed = self._cell_size(), self.cell[1] if self.cell else -1
        upright = all(len(name) <= 1 for name in self.looks.columns)
        px = letters(size.width() * (1.4 if upright else 1.0))
        for column, name in enumerate(self.looks.columns):
            if not px and column != pointed:
                continue
            painter.setFont(theme.base_font(px or LARGEST))
            painter.setPen(theme.color("accent" if column == pointed else "muted"))
            foot = QPointF(self.place.left() + (column + 0.5) * size.width(), self.place.top() - 1)
            _paint_above(painter, foot, name, upright=upright)

    def _paint_pointed(self, painter: QPainter) -> None:
        """The row and the column of the cell, as lines that leave its colour to be seen."""
        if self.cell is None:
            return
        cell = self.cell_rect(*self.cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.drawRect(QRectF(self.place.left(), cell.top(), self.place.width(), cell.height()))
        painter.drawRect(QRectF(cell.left(), self.place.top(), cell.width(), self.place.height()))


def letters(room: float) -> int:
    """How large letters can be on so many pixels; 0 where nobody could read them."""
    px = int(room)
    return min(px, LARGEST) if px >= SMALLEST else 0


def longest(names: tuple[str, ...], metrics: QFontMetricsF) -> float:
    """Width of the longest name."""
    return max((metrics.horizontalAdvance(name) for name in set(names)), default=0.0)


def _paint_above(painter: QPainter, foot: QPointF, name: str, *, upright: bool) -> None:
    if upright:
        room = QRectF(foot.x() - 12, foot.y() - 20, 24, 20)
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, name)
        return
    painter.save()
    painter.translate(foot)
    painter.rotate(-90)
    long = max(0.0, foot.y() - GAP)
    text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(long))
    painter.drawText(QRectF(GAP, -10, long, 20), Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()
