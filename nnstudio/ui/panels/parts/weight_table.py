"""A small matrix whose numbers are typed, dragged, filled and pasted, each on its colour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnstudio.ui import colormaps, icons, theme
from nnstudio.ui.panels.parts import numbers
from nnstudio.ui.panels.parts.numbers import NoNumbers

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()
_CELL, _ROW = 66, 24
_NEAR = 4
"""Pixels that the mouse may slip in a click."""
_FINE = 0.1
"""With Shift, a drag changes so much less."""
_PIXELS = 100
"""Of a drag that goes over the range of the colours once."""


class WeightModel(QAbstractTableModel):
    """A matrix, with the range of its colours."""

    def __init__(self) -> None:
        super().__init__()
        self.values: NDArray[np.float64] = np.zeros((0, 0))
        self.reach = 1.0
        self._colors = np.zeros((0, 0, 4), np.uint8)

    def show_values(self, values: NDArray[np.float64], reach: float) -> None:
        """Other numbers; where there are as many, what is chosen and being typed stays."""
        resized = values.shape != self.values.shape
        if resized:
            self.beginResetModel()
        self.values, self.reach = values, reach
        self._colors = colormaps.rgba(values, -reach, reach, colormaps.diverging())
        if resized:
            self.endResetModel()
        elif values.size:
            self.dataChanged.emit(self.index(0, 0), self.index(values.shape[0] - 1, values.shape[1] - 1))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self.values.shape[0]

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self.values.shape[1]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if role == _Role.EditRole:
            return f"{self.values[index.row(), index.column()]:.7g}"
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return numbers.cell_text(self.values[index.row(), index.column()])
        if role == _Role.BackgroundRole:
            return QColor(*map(int, self._colors[index.row(), index.column()]))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        return section if role == _Role.DisplayRole else None


class _Delegate(QStyledItemDelegate):
    """Paints a number on its colour, and takes what is typed once it is one."""

    def __init__(self, table: WeightTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]  # its stubs lack it
        shade = index.data(_Role.BackgroundRole)
        painter.fillRect(rect, shade)
        painter.setPen(QColor("#101216" if shade.lightnessF() > 0.5 else "#FFFFFF"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data(_Role.DisplayRole)))
        if self._table.selectionModel().isSelected(index):
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFrame(False)
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setStyleSheet("QLineEdit { padding: 0; border-radius: 0; min-height: 0; }")
        editor.textEdited.connect(self._table.clear_refusal)
        return editor

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.isModified():
            self._table.enter(editor.text(), index)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """What is no number is not taken by Enter: it stays to be mended."""
        presses = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        enters = presses and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)  # type: ignore[attr-defined]  # a key
        if enters and isinstance(editor, QLineEdit):
            try:
                numbers.number(editor.text())
            except NoNumbers as error:
                self._table.refuse(str(error))
                return True
        return super().eventFilter(editor, event)


class WeightTable(QTableView):
    """`typed` tells the places of the cells, row by row, their numbers, and whether it goes on with the last one.

    A drag up or down changes the number under the mouse; with Shift finer. Shift and Ctrl with a click choose several
    cells, and what is typed then goes into all of them.
    """

    typed = Signal(object, object, bool)

    def __init__(self) -> None:
        super().__init__()
        self.weights = WeightModel()
        self.setModel(self.weights)
        self.setItemDelegate(_Delegate(self))
        self.refusal = QLabel(self.viewport(), textFormat=Qt.TextFormat.PlainText)
        self.refusal.hide()
        self._dragged: tuple[int, int] | None = None
        self._from = (0.0, 0.0)
        self._moved = False
        self._dress()

    @property
    def dragging(self) -> bool:
        return self._dragged is not None

    @property
    def chosen(self) -> list[tuple[int, int]]:
        """Rows and columns of the chosen cells, row by row."""
        return sorted((index.row(), index.column()) for index in self.selectedIndexes())

    def enter(self, text: str, index: _Index) -> None:
        """A number was typed at a cell: it is for all that are chosen."""
        try:
            value = numbers.number(text)
        except NoNumbers as error:
            self.refuse(str(error))
            return
        at = (index.row(), index.column())
        cells = self.chosen if at in self.chosen else [at]
        self.set_cells(cells, np.full(len(cells), value))

    def set_cells(self, cells: list[tuple[int, int]], values: NDArray[np.float64], *, more: bool = False) -> None:
        """Show other numbers at once, and tell of them."""
        self.clear_refusal()
        shown = self.weights.values.copy()
        for (row, column), value in zip(cells, values, strict=True):
            shown[row, column] = value
        self.weights.show_values(shown, self.weights.reach)
        self.typed.emit(cells, values, more)

    def fill(self, value: float) -> None:
        """The chosen cells get one number; all of them where none is chosen."""
        rows, columns = self.weights.values.shape
        cells = self.chosen or [(row, column) for row in range(rows) for column in range(columns)]
        self.set_cells(cells, np.full(len(cells), value))

    def copy(self) -> None:
        """The chosen part onto the clipboard, or all."""
        cells, values = self.chosen, self.weights.values
        if len(cells) > 1:
            rows, columns = zip(*cells, strict=True)
            values = values[min(rows) : max(rows) + 1, min(columns) : max(columns) + 1]
        elif cells:
            values = values[cells[0][0] : cells[0][0] + 1, cells[0][1] : cells[0][1] + 1]
        QGuiApplication.clipboard().setText(numbers.table_text(values))

    def paste(self) -> None:
        """A matrix of the same size goes everywhere; one number into what is chosen; a part from the chosen cell on."""
        try:
            given = numbers.matrix(QGuiApplication.clipboard().text())
            cells = self._places_for(given)
        except NoNumbers as error:
            self.refuse(str(error))
            return
        self.set_cells(cells, np.broadcast_to(given, (1, len(cells))).ravel() if given.size == 1 else given.ravel())

    def _places_for(self, given: NDArray[np.float64]) -> list[tuple[int, int]]:
        shape = self.weights.values.shape
        if given.size == 1 and self.chosen:
            return self.chosen
        at = self.currentIndex()
        top, left = (0, 0) if given.shape == shape else (max(at.row(), 0), max(at.column(), 0))
        if top + given.shape[0] > shape[0] or left + given.shape[1] > shape[1]:
            words = self.tr("The clipboard holds {0}×{1} numbers, and from here there is room for {2}×{3}.")
            raise NoNumbers(words.format(*given.shape, shape[0] - top, shape[1] - left))
        return [(top + row, left + column) for row in range(given.shape[0]) for column in range(given.shape[1])]

    # What was refused

    def refuse(self, words: str) -> None:
        """Say under the cell why its number is not taken."""
        self.refusal.setText(words)
        self.refusal.adjustSize()
        cell = self.visualRect(self.currentIndex())
        left = max(0, min(cell.left(), self.viewport().width() - self.refusal.width()))
        below = cell.bottom() + 2
        if below + self.refusal.height() > self.viewport().height():
            below = max(0, cell.top() - 2 - self.refusal.height())
        self.refusal.move(left, below)
        self.refusal.show()
        self.refusal.raise_()

    def clear_refusal(self, *_: object) -> None:
        self.refusal.hide()

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.clear_refusal()
        index = self.indexAt(event.position().toPoint())
        chooses = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and not chooses:
            self._dragged, self._moved = (index.row(), index.column()), False
            self._from = event.position().y(), float(self.weights.values[index.row(), index.column()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is None:
            super().mouseMoveEvent(event)
            return
        up = self._from[0] - event.position().y()
        if abs(up) < _NEAR and not self._moved:
            return
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        value = float(np.float32(self._from[1] + up * fine * self.weights.reach / _PIXELS))
        more, self._moved = self._moved, True
        self.set_cells([self._dragged], np.array([value]), more=more)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() == Qt.Key.Key_Escape and self.refusal.isVisible():
            self.clear_refusal()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the chosen cells."""
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), self.tr("Copy") + "\tCtrl+C").triggered.connect(self.copy)
        menu.addAction(icons.icon("paste"), self.tr("Paste") + "\tCtrl+V").triggered.connect(self.paste)
        menu.addSeparator()
        for value in (0.0, 1.0):
            action = menu.addAction(self.tr("Fill with {0}").format(f"{value:g}"))
            action.triggered.connect(lambda _=False, value=value: self.fill(value))
        menu.addSeparator()
        menu.addAction(self.tr("Choose all") + "\tCtrl+A").triggered.connect(self.selectAll)
        return menu

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        for header, size in ((self.horizontalHeader(), _CELL), (self.verticalHeader(), _ROW)):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(_ROW)
            header.setDefaultSectionSize(size)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.viewport().setCursor(Qt.CursorShape.SizeVerCursor)
        self.setAccessibleName(self.tr("Weights"))
        self.setToolTip(
            self.tr(
                "Type a number, or drag it up and down (Shift: finer). Ctrl and Shift with a click choose several "
                "cells; paste CSV, JSON or the cells of another table."
            )
        )
        self.refusal.setProperty("class", "refusal")
        self.refusal.setAutoFillBackground(True)
        self._color_refusal()
        theme.current().changed.connect(self._color_refusal)

    def _color_refusal(self) -> None:
        base, line, text = (theme.color(name).name() for name in ("raised", "bad", "text"))
        self.refusal.setStyleSheet(
            f"QLabel {{ background: {base}; border: 1px solid {line}; border-radius: 4px; padding: 3px 8px; "
            f"color: {text}; }}"
        )
