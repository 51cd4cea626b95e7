"""The list of bookmarks: go to one, give it another name, delete it. It does not block the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.graph.marks import Bookmark
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.tools.bookmarks import Bookmarks

_NAME = Qt.ItemDataRole.UserRole


class BookmarkList(QDialog):
    """Follows the project that is shown. A name is edited in its row."""

    def __init__(self, bookmarks: Bookmarks, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bookmarks, self._bridge = bookmarks, bridge
        self.setWindowTitle(self.tr("Bookmarks"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Bookmarks"))
        self.list.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed | QListWidget.EditTrigger.SelectedClicked)
        self.list.itemActivated.connect(lambda item: bookmarks.go(item.data(_NAME)))
        self.list.itemChanged.connect(self._renamed)
        self.list.currentItemChanged.connect(lambda *_: self._allow())
        empty = QLabel(self.tr("No bookmarks yet. Ctrl+B keeps what the canvas shows."), wordWrap=True)
        empty.setTextFormat(Qt.TextFormat.PlainText)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setProperty("class", "muted")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(empty)
        self.go = self._button(self.tr("Go There"), self.tr("Show the place"), self._go)
        self.rename = self._button(self.tr("Rename"), self.tr("Edit the name in its row"), self._rename)
        self.remove = self._button(self.tr("Delete"), self.tr("Forget the place; Undo brings it back"), self._remove)
        self._arrange()
        for signal in (bridge.history_changed, bridge.session_changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """The bookmarks as they are now."""
        chosen = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for mark in self._bookmarks.all:
            self._add(mark)
        self.list.setCurrentRow(min(max(chosen, 0), self.list.count() - 1))
        self.list.blockSignals(False)
        self._pages.setCurrentIndex(0 if self.list.count() else 1)
        self._allow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _add(self, mark: Bookmark) -> None:
        item = QListWidgetItem(mark.name)
        item.setData(_NAME, mark.name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        block = self._bridge.session.document.blocks.get(mark.sheet)
        where = self.tr("in {0}").format(block.name) if block else self.tr("in the main drawing")
        item.setToolTip(f"{where} · {round(mark.zoom * 100)} %")
        self.list.addItem(item)

    def _renamed(self, item: QListWidgetItem) -> None:
        self._bookmarks.rename(item.data(_NAME), item.text())
        self.refresh()

    def _go(self) -> None:
        if item := self.list.currentItem():
            self._bookmarks.go(item.data(_NAME))

    def _rename(self) -> None:
        if item := self.list.currentItem():
            self.list.editItem(item)

    def _remove(self) -> None:
        if item := self.list.currentItem():
            self._bookmarks.remove(item.data(_NAME))

    def _allow(self) -> None:
        for button in (self.go, self.rename, self.remove):
            button.setEnabled(self.list.currentItem() is not None)

    def _button(self, text: str, tip: str, call: object) -> QPushButton:
        made = QPushButton(text)
        made.setToolTip(tip)
        made.setAutoDefault(False)
        made.clicked.connect(call)
        return made

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.go, self.rename, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._pages)
        column.addLayout(row)
        self.resize(360, 320)
