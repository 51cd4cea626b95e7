"""The table of runs: sorted by any column, with the columns that the person wants."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from nnstudio.project.run import Run
from nnstudio.ui import theme
from nnstudio.ui.runs.columns import NAME
from nnstudio.ui.runs.model import SWATCH, RunModel, Sorted

ROW = 26
PAD = 40
"""Pixels that a title has beside it, also for the arrow of the order."""
MARGIN = 4
SCREENFUL = 40
"""Rows that are looked at for the width of a column, at least."""


class RunTable(QTableView):
    """`menu_wanted` tells where the menu of the chosen runs is to open, `chosen` that others are chosen."""

    delete_wanted = Signal()
    menu_wanted = Signal(QPoint)
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.runs = RunModel()
        self.sorted = Sorted(self.runs)
        self.setModel(self.sorted)
        self._picked: dict[str, bool] = {}
        self._dress()
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        header = self.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns)

    def take(self, runs: Sequence[Run], leads: Sequence[Run]) -> None:
        """Show these runs as they are now; what was chosen stays so."""
        chosen = self.selected()
        if self.runs.take(runs, leads):
            self._show_columns()
            self.select(chosen)
            self.chosen.emit()
        else:
            self._widen()

    def selected(self) -> list[Run]:
        """The runs that are chosen, from top to bottom."""
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(number) for number in range(chosen.count())]
        rows = {row for each in ranges for row in range(each.top(), each.bottom() + 1)}
        return [self._run(row) for row in sorted(rows)]

    def select(self, runs: Sequence[Run]) -> None:
        """Choose these, as far as they are there."""
        wanted = {id(run) for run in runs}
        self.clearSelection()
        chosen = QItemSelection()
        for number, run in enumerate(self.runs.runs if wanted else ()):
            if id(run) in wanted:
                index = self.sorted.mapFromSource(self.runs.index(number, 0))
                chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.Select | flags.Rows)

    def edit_name(self, run: Run) -> None:
        """Let the person write another name."""
        for row in range(self.sorted.rowCount()):
            if self._run(row) is run:
                self.edit(self.sorted.index(row, 0))

    def column_menu(self) -> QMenu:
        """Which columns there are, to be ticked."""
        menu = QMenu(self)
        for number, column in enumerate(self.runs.columns):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(number))
            action.setEnabled(column.key != NAME)
            action.toggled.connect(lambda shown, key=column.key: self.show_column(key, shown))
        return menu

    def show_column(self, key: str, shown: bool) -> None:
        """Whether a column is there."""
        self._picked[key] = shown
        self._show_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.selected():
            self.delete_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and self.selected():
            self._toggle()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected():
            self.menu_wanted.emit(self.visualRect(self.currentIndex()).bottomLeft())
        else:
            super().keyPressEvent(event)

    # Inside

    def _run(self, row: int) -> Run:
        return self.runs.runs[self.sorted.mapToSource(self.sorted.index(row, 0)).row()]

    def _toggle(self) -> None:
        """Show the chosen ones, or hide them where all are shown."""
        chosen = self.selected()
        visible = not all(run.visible for run in chosen)
        for run in chosen:
            self.runs.shown.emit(run, visible)

    def _show_columns(self) -> None:
        for number, column in enumerate(self.runs.columns):
            self.setColumnHidden(number, not self._picked.get(column.key, column.shown))
            self.setColumnWidth(number, self._width(number))

    def _widen(self) -> None:
        """Give more room where what goes on needs it by now; a column is never narrowed meanwhile."""
        for number in range(len(self.runs.columns)):
            needed = 0 if self.isColumnHidden(number) else self._width(number)
            if needed > self.columnWidth(number):
                self.setColumnWidth(number, needed)

    def _width(self, number: int) -> int:
        """Room for the title and its arrow, and for what stands in the rows that are seen."""
        metrics = QFontMetrics(theme.base_font(weight=QFont.Weight.DemiBold))
        title = metrics.horizontalAdvance(self.runs.columns[number].title) + PAD
        return max(title, self._content_width(number) + MARGIN)

    def _content_width(self, number: int) -> int:
        """As sizeHintForColumn, which looks at every row of a table that is hidden: there may be thousands."""
        first = max(0, self.rowAt(0))
        last = min(self.sorted.rowCount(), first + max(SCREENFUL, self.viewport().height() // ROW + 1))
        return max(
            (self.sizeHintForIndex(self.sorted.index(row, number)).width() for row in range(first, last)), default=0
        )

    def _open_columns(self, at: QPoint) -> None:
        self.column_menu().popup(self.horizontalHeader().mapToGlobal(at))

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setIconSize(SWATCH)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Runs"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setToolTip(self.tr("Click to sort; right click to choose columns"))

    def sizeHint(self) -> QSize:
        return QSize(320, 120)
