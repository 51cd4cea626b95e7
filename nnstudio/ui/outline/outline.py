"""The outline: the whole project as a tree that the keyboard walks and a screen reader reads.

It follows what is chosen on the canvas and chooses there. Enter edits, Delete deletes. Hidden, it costs nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.boxes.choice_rows import ChoiceDelegate
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.outline.model import OutlineModel, Row
from nnstudio.ui.places import Path

_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_FLAGS = QItemSelectionModel.SelectionFlag


class Tree(QTreeView):
    """Deletes through the canvas; the rest is Qt's own."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__()
        self._canvas = canvas
        self.setProperty("class", "outline")
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(False)
        self.setTabKeyNavigation(True)
        self.setAccessibleName(self.tr("Outline"))
        self.setAccessibleDescription(self.tr("All nodes in the order in which they are computed; blocks open."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _DELETES and not event.modifiers():
            self._canvas.delete_selection()
        else:
            super().keyPressEvent(event)


class Outline(QWidget):
    """The tree, or a word about how to begin."""

    def __init__(self, bridge: Bridge, canvas: CanvasView) -> None:
        super().__init__()
        self._bridge, self._canvas = bridge, canvas
        self.model = OutlineModel(self)
        self.tree = Tree(canvas)
        self.tree.setModel(self.model)
        self.empty = QLabel(self.tr("Nothing is drawn yet. Press Tab on the canvas to add a layer."))
        self._stack = QStackedWidget()
        self._arrange()
        self._following = False
        self._outdated = True
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._refresh)
        self.tree.selectionModel().selectionChanged.connect(self._chosen)
        self.tree.activated.connect(self._edit)
        theme.current().changed.connect(self.tree.viewport().update)
        for signal in (bridge.session_changed, bridge.history_changed, bridge.recompiled):
            signal.connect(self._soon)
        for signal in (bridge.selection_changed, bridge.sheet_changed):
            signal.connect(self._later_follow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon()

    # From the project to the tree

    def _soon(self, *_: object) -> None:
        """Something may be said otherwise now."""
        self._outdated = True
        self._later_follow()

    def _later_follow(self, *_: object) -> None:
        if self.isVisible():
            self._later.start()

    def _refresh(self) -> None:
        if self._bridge.current is None or not self.isVisible():
            return
        if self._outdated:
            self._outdated = False
            self._show()
        self._follow()

    def _show(self) -> None:
        """What the project says now; blocks that were open stay open."""
        session, opened = self._bridge.session, self._opened(QModelIndex())
        here = self.model.row(self.tree.currentIndex())
        self._following = True
        if self.model.show(session.document, session.compiled):
            for path, key in opened:
                self.tree.setExpanded(self.model.find(path, key), True)
            if here is not None:
                self._stay_at(here)
        self._following = False
        self._stack.setCurrentWidget(self.tree if self.model.rowCount() else self.empty)

    def _stay_at(self, here: Row) -> None:
        """Keys go on from where one was; where that is gone, from what stands at its place now. Nothing is chosen."""
        index = self.model.find(here.path, here.key)
        if not index.isValid():
            around = self.model.find(here.path[:-1], here.path[-1]) if here.path else QModelIndex()
            index = self.model.index(min(here.place, self.model.rowCount(around) - 1), 0, around)
        self.tree.selectionModel().setCurrentIndex(index, _FLAGS.NoUpdate)

    def _opened(self, parent: QModelIndex) -> list[tuple[Path, str]]:
        """The blocks that are open, outer ones first."""
        found = []
        for place in range(self.model.rowCount(parent)):
            index = self.model.index(place, 0, parent)
            row = self.model.row(index)
            if row is not None and self.tree.isExpanded(index):
                found += [(row.path, row.key), *self._opened(index)]
        return found

    def _follow(self) -> None:
        """Choose what is chosen on the canvas, in the drawing that is shown."""
        keys = self._canvas.canvas.chosen_things
        if keys == self._keys():
            return
        indices = [index for key in keys if (index := self.model.find(self._bridge.path, key)).isValid()]
        selection = QItemSelection()
        for index in indices:
            selection.select(index, index)
        self._following = True
        self.tree.selectionModel().select(selection, _FLAGS.ClearAndSelect)
        if indices:
            self.tree.selectionModel().setCurrentIndex(indices[-1], _FLAGS.NoUpdate)
            self.tree.scrollTo(indices[-1])
        self._following = False

    # From the tree to the project

    def _chosen(self, *_: object) -> None:
        """Rows were chosen: those in the drawing of the last one count."""
        if self._following:
            return
        here = self.model.row(self.tree.currentIndex())
        rows = self._selected()
        last = here if here in rows else rows[-1] if rows else None
        if last is not None and last.path != self._bridge.path:
            self._bridge.show_way(last.path)
        keys = [row.key for row in rows if last is not None and row.path == last.path and row is not last]
        self._canvas.canvas.choose((*keys, last.key) if last is not None else ())
        if last is not None:
            self._canvas.reveal((last.key,))

    def _edit(self, index: QModelIndex) -> None:
        """Go where a node is edited; write in a frame or comment."""
        row = self.model.row(index)
        if row is None:
            return
        self._chosen()
        if row.key in self._canvas.canvas.nodes:
            self._canvas.node_activated.emit(row.key)
        elif row.key in self._canvas.canvas.marks.items:
            self._canvas.marking.edit(row.key)

    def _selected(self) -> list[Row]:
        rows = [self.model.row(index) for index in self.tree.selectionModel().selectedIndexes()]
        return [row for row in rows if row is not None]

    def _keys(self) -> tuple[str, ...]:
        """What is chosen here in the drawing that is shown, the current one last."""
        here = self.model.row(self.tree.currentIndex())
        rows = [row for row in self._selected() if row.path == self._bridge.path]
        return tuple(row.key for row in sorted(rows, key=lambda row: row is here))

    def _arrange(self) -> None:
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        self.empty.setProperty("class", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.empty.setContentsMargins(12, 24, 12, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack)
