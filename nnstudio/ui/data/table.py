"""Samples as a table. Qt asks for the cells that it shows, and the model asks for the pages that those lie in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from nnstudio.ui import theme
from nnstudio.ui.data import cells as view_cells
from nnstudio.ui.data import tokens as view_tokens
from nnstudio.ui.data.cells import CELL, PAD, Cell, CellDelegate
from nnstudio.ui.data.pages import Pages
from nnstudio.ui.data.words import Column, columns_of, titles_of, value_text
from nnstudio.ui.panels.parts import tips

ROW = 24
TALL = {"curve": 40, "image": 48}
MOST_LINES = 2
"""Lines of tokens in a row."""
WIDTHS = {"number": 84, "label": 96, "image": 64, "curve": 240, "tokens": 120}
WIDEST = 180
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()


class SampleModel(QAbstractTableModel):
    """All rows there are; their values come as they are looked at."""

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self.pages = pages
        self.columns: list[Column] = []
        self.titles: list[str] = []
        pages.reset.connect(self._reset)
        pages.arrived.connect(self._arrived)
        self._reset()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self.pages.rows

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if role not in (CELL, _Role.DisplayRole, _Role.AccessibleTextRole):
            return None
        cell = self.cell(index.row(), index.column())
        if role == CELL:
            return cell
        return "" if cell is None or cell.value is None else value_text(cell.column, cell.value, cell.names)

    def cell(self, row: int, number: int) -> Cell | None:
        """What a cell shows."""
        known = self.pages.known
        if known is None or not 0 <= number < len(self.columns):
            return None
        column, sample = self.columns[number], self.pages.sample(row)
        value = (
            column.value(sample.values[column.field.name]) if sample and column.field.name in sample.values else None
        )
        return Cell(column, value, known.names_of(column.field))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if role == _Role.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.titles[section]
        if role == _Role.DisplayRole:
            sample = self.pages.sample(section)
            return f"{sample.index:,}" if sample is not None and sample.index >= 0 else ""
        if role == _Role.TextAlignmentRole:
            number = orientation == Qt.Orientation.Vertical or self.columns[section].look == "number"
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _reset(self) -> None:
        self.beginResetModel()
        known = self.pages.known
        self.columns = columns_of(known.fields) if known is not None else []
        self.titles = titles_of(self.columns)
        self.endResetModel()

    def _arrived(self, first: int, last: int) -> None:
        if self.columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, first, last)


class SampleTable(QTableView):
    """The table. `chosen` tells the row that the person has clicked on."""

    chosen = Signal(int)

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self.pages = pages
        self.samples = SampleModel(pages)
        self.setModel(self.samples)
        self.setItemDelegate(CellDelegate(self))
        self._dress()
        self.samples.modelReset.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Columns as wide as what they hold, rows as high."""
        columns, known = self.samples.columns, self.pages.known
        if known is None or not columns:
            return
        metrics = QFontMetricsF(theme.base_font())
        titles = zip(columns, self.samples.titles, strict=True)
        widths = [self._width(column, title, metrics) for column, title in titles]
        self._spread(columns, widths)
        for number, width in enumerate(widths):
            self.setColumnWidth(number, round(width))
        self.verticalHeader().setDefaultSectionSize(self._height(columns, widths, metrics))
        digits = metrics.horizontalAdvance(f"{max(known.samples, 1):,}")
        self.verticalHeader().setFixedWidth(round(digits) + 3 * PAD)

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last row that are seen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(first, 0), (self.samples.rowCount() - 1 if last < 0 else last)

    def show_chosen(self, row: int) -> None:
        """Mark a row, without going there."""
        if 0 <= row < self.samples.rowCount():
            self.selectRow(row)
        else:
            self.clearSelection()

    def describe(self, at: QPointF) -> str:
        """The exact value under the mouse."""
        index = self.indexAt(at.toPoint())
        cell = self.samples.cell(index.row(), index.column()) if index.isValid() else None
        if cell is None or cell.value is None:
            return ""
        if cell.column.look == "tokens":
            room = QRectF(self.visualRect(index)).adjusted(PAD, 2, -PAD, -2)
            piece = view_tokens.at(view_cells.laid(cell, room), at)
            line = value_text(cell.column, cell.value, cell.names)
            if piece is None or piece.place < 0:
                return line
            return f"{view_tokens.described(cell.column.field, cell.value, cell.names, piece)}\n{line}"
        return f"{cell.column.title}: {value_text(cell.column, cell.value, cell.names, 8)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        self.pages.want(*self.visible_rows())
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            tips.show(self.viewport(), event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        tips.show(self.viewport(), self.rect().center(), "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.chosen.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if enter and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    # Inside

    def _width(self, column: Column, title: str, metrics: QFontMetricsF) -> float:
        wide = metrics.horizontalAdvance(title) + 2 * PAD + 4
        width = max(float(WIDTHS[column.look]), min(wide, WIDEST))
        known = self.pages.known
        if known is not None and column.look == "label":
            longest = max((metrics.horizontalAdvance(name) for name in known.names_of(column.field)[:200]), default=0.0)
            width = max(width, min(longest + 2 * PAD + 18, WIDEST))
        return width

    def _spread(self, columns: Sequence[Column], widths: list[float]) -> None:
        """Room that is left goes to tokens and curves."""
        takers = [number for number, column in enumerate(columns) if column.look in ("tokens", "curve")]
        rest = self.viewport().width() - sum(widths)
        if takers and rest > 0:
            known = self.pages.known
            metrics = QFontMetricsF(theme.base_font())
            wishes = [_wish(columns[number], known, metrics) for number in takers]
            for number, wish in zip(takers, wishes, strict=True):
                widths[number] += rest * wish / sum(wishes)

    def _height(self, columns: Sequence[Column], widths: Sequence[float], metrics: QFontMetricsF) -> int:
        height = float(ROW)
        for column, width in zip(columns, widths, strict=True):
            height = max(height, TALL.get(column.look, ROW))
            if column.look == "tokens":
                wish = _wish(column, self.pages.known, metrics)
                lines = view_tokens.lines_of(wish, width - 2 * PAD, MOST_LINES)
                height = max(height, lines * view_tokens.LINE + 4)
        return round(height)

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("class", "bare")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setAccessibleName(self.tr("Samples"))
        self.setTabKeyNavigation(False)
        self.viewport().setMouseTracking(True)
        self.setMouseTracking(True)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setHighlightSections(False)
        across.setFixedHeight(ROW)
        across.setMinimumSectionSize(32)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setHighlightSections(False)
        theme.current().changed.connect(self.viewport().update)


def _wish(column: Column, known: Any, metrics: QFontMetricsF) -> float:
    """How much room a column would like."""
    if column.look != "tokens" or known is None:
        return 240.0
    return view_tokens.longest_width(column.field, known.names_of(column.field), metrics)
