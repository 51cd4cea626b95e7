"""Numbers in a grid that may be larger than what is known of it: what is scrolled to is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.tensor_slice import Slice

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()
CELL, WIDE_CELL, ROW = 66, 84, 24
WRAPS = (10, 20, 5, 8, 16, 4, 2, 1)
"""Numbers of a vector in one row, the ones to be read off best first."""


class NumberModel(QAbstractTableModel):
    """A Slice. A row of numbers is laid in as many lines as `wrap` makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.slice = Slice()
        self.wrap = 10
        self._colors = np.zeros((0, 0, 4), np.uint8)

    @property
    def flat(self) -> bool:
        """Whether it is a row of numbers."""
        return len(self.slice.shape) < 2

    def show_slice(self, slice_: Slice, wrap: int) -> None:
        """Other numbers; where there are as many, what is chosen and scrolled to stays."""
        resized = (slice_.shape, wrap) != (self.slice.shape, self.wrap)
        if resized:
            self.beginResetModel()
        self.slice, self.wrap = slice_, wrap
        self._colors = slice_.colors(slice_.known)
        if resized:
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return -(-self.slice.columns // self.wrap) if self.flat else self.slice.rows

    def columnCount(self, parent: _Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return min(self.wrap, self.slice.columns) if self.flat else self.slice.columns

    def place(self, index: _Index) -> tuple[int, int]:
        """Row and column in the slice."""
        if self.flat:
            return 0, index.row() * self.wrap + index.column()
        return index.row(), index.column()

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = self.place(index)
        value = self.slice.number(row, column)
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return "" if value is None else self.slice.text(value)
        if role == _Role.BackgroundRole and value is not None:
            return QColor(*map(int, self._colors[row - self.slice.top, column - self.slice.left]))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if role != _Role.DisplayRole:
            return None
        return section * self.wrap if self.flat and orientation == Qt.Orientation.Vertical else section


class _Delegate(QStyledItemDelegate):
    """Paints a number on its colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]  # its stubs lack it
        shade = index.data(_Role.BackgroundRole)
        if shade is not None and shade.alpha():
            painter.fillRect(rect, shade)
            painter.setPen(QColor("#101216" if shade.lightnessF() > 0.5 else "#FFFFFF"))
        else:
            painter.setPen(theme.color("warning"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data(_Role.DisplayRole)))
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # its stubs lack it
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


class NumberTable(QTableView):
    """`wanted` tells from which row and column on numbers are needed that are not known. Ctrl+C copies them."""

    wanted = Signal(int, int)
    pointed = Signal(int, int)
    """A number was clicked, or come to with the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = NumberModel()
        self.setModel(self.numbers)
        self.setItemDelegate(_Delegate(self))
        self.setMouseTracking(True)
        self._dress()
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._look)

    def show_slice(self, slice_: Slice) -> None:
        """Other numbers to show."""
        size = WIDE_CELL if slice_.names else CELL
        if self.horizontalHeader().defaultSectionSize() != size:
            self.horizontalHeader().setDefaultSectionSize(size)
        self.numbers.show_slice(slice_, self._best_wrap(slice_.columns))
        self._look()

    def copy(self) -> None:
        """The chosen part onto the clipboard as other tables take it, or all that is known."""
        slice_, model = self.numbers.slice, self.numbers
        chosen = self.selectedIndexes()
        if not chosen:
            lines = [[self._exact(value) for value in row] for row in slice_.known.tolist()]
        else:
            rows, columns = [index.row() for index in chosen], [index.column() for index in chosen]
            lines = [
                [self._exact(slice_.number(*model.place(model.index(row, column)))) for column in _span(columns)]
                for row in _span(rows)
            ]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    @staticmethod
    def _exact(value: Any) -> str:
        return "" if value is None else f"{value:.9g}" if isinstance(value, float) else str(int(value))

    def describe(self, point: QPoint) -> str:
        """What is under the mouse."""
        index = self.indexAt(point)
        return self.numbers.slice.describe(*self.numbers.place(index)) if index.isValid() else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        tips.show(self.viewport(), event.position().toPoint(), self.describe(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        tips.show(self, self.rect().center(), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.pointed.emit(*self.numbers.place(current))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.numbers.show_slice(self.numbers.slice, self._best_wrap(self.numbers.slice.columns))
        self._look()

    def _best_wrap(self, count: int) -> int:
        """As many numbers in a line as there is room for, of those that are read off well."""
        size = self.horizontalHeader().defaultSectionSize()
        room = max(1, (self.width() - self.verticalHeader().width() - 16) // size)
        if count <= room:
            return max(count, 1)
        return max((wrap for wrap in WRAPS if wrap <= room), default=1)

    def _look(self, _value: int = 0) -> None:
        """Ask for what is seen and not known."""
        slice_ = self.numbers.slice
        if self.numbers.flat or not self.isVisible() or slice_.known.shape == slice_.shape:
            return
        first = self.indexAt(QPoint(1, 1))
        last = self.indexAt(QPoint(self.viewport().width() - 2, self.viewport().height() - 2))
        corners = [slice_.number(index.row(), index.column()) for index in (first, last) if index.isValid()]
        if None in corners and first.isValid():
            self.wanted.emit(max(0, first.row() - 16), max(0, first.column() - 16))

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for header, size in ((self.horizontalHeader(), CELL), (self.verticalHeader(), ROW)):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(ROW)
            header.setDefaultSectionSize(size)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(self.tr("Numbers"))


def _span(places: list[int]) -> range:
    return range(min(places), max(places) + 1)
