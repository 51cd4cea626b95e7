"""The palette: every data set, layer and block, by family or by search, to be dragged onto the canvas or chosen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.catalogue import registry
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.ui import keymap, stock, theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.palette.rows import FAMILY, OPEN, SECTION, TYPE, RowDelegate, card

LAYER_MIME = "application/x-nnstudio-layer"
"""What a drag carries: the key of a layer, data set or block, as UTF-8."""

DATASETS, BLOCKS = "datasets", stock.FAMILY
OPEN_AT_FIRST = (DATASETS, "linear")
"""Families that list what they hold before anybody has asked for it."""


class Tree(QTreeWidget):
    """Families with what they hold, which can be dragged."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemDelegate(RowDelegate(self))
        self.setMouseTracking(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(False)
        self.setAccessibleName(self.tr("Layers"))
        self.itemExpanded.connect(lambda item: item.setData(0, OPEN, True))
        self.itemCollapsed.connect(lambda item: item.setData(0, OPEN, False))

    def drag_data(self, key: str, title: str = "") -> QMimeData:
        """What a drag of that layer or block carries."""
        data = QMimeData()
        data.setData(LAYER_MIME, key.encode("utf-8"))
        data.setText(title or key)
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or not item.data(0, TYPE):
            return
        drag = QDrag(self)
        drag.setMimeData(self.drag_data(item.data(0, TYPE), item.text(0)))
        picture = card(item.text(0), item.data(0, FAMILY))
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(16, 16))
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """The search field, and under it data sets, layers, and the blocks of the project that the bridge shows."""

    chosen = Signal(str)
    """The key of what is to be added, as `stock` knows it."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._open: set[str] = set(OPEN_AT_FIRST)
        self.search = QLineEdit(placeholderText=self.tr("Search layers, data…"), clearButtonEnabled=False)
        self.search.setAccessibleName(self.tr("Search layers and data sets"))
        keymap.tip(self.search, self.tr("Search layers, data sets and blocks by name or by what they do"), "search")
        self._key = QLabel(self.search)
        keymap.follow(self._key, partial(_show_key, field=self.search))
        self._key.setProperty("class", "muted")
        self.tree = Tree()
        self.empty = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.empty.setProperty("class", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.empty.setContentsMargins(12, 24, 12, 12)
        self._stack = QStackedWidget()
        self._arrange()
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._choose_first)
        self.search.installEventFilter(self)
        self.tree.installEventFilter(self)
        self.tree.itemClicked.connect(self._toggle)
        self.tree.itemDoubleClicked.connect(self._choose)
        theme.current().changed.connect(self.tree.viewport().update)
        bridge.session_changed.connect(self._blocks_changed)
        bridge.document_changed.connect(self._edited)
        self._fill()

    def focus_search(self) -> None:
        """Begin a search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def types(self) -> list[str]:
        """The keys of what is listed now, in their order."""
        items = self.tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        return [item.data(0, TYPE) for item in items if item.data(0, TYPE)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search into the list, Up from its top back; Enter chooses, letters search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            handled = self._search_key(event) if watched is self.search else self._tree_key(event)
            if handled:
                return True
        if watched is self.search and event.type() == QEvent.Type.Resize:
            _show_key(self._key, self.search)
        return super().eventFilter(watched, event)

    def _search_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Down and self.types():
            self.tree.setFocus()
            self.tree.setCurrentItem(self._first())
            return True
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        return False

    def _tree_key(self, event: QKeyEvent) -> bool:
        item = self.tree.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._choose(item) if item.data(0, TYPE) else self._toggle(item)
            return True
        if event.key() == Qt.Key.Key_Up and item is self.tree.topLevelItem(0):
            self.focus_search()
            return True
        return False

    def _fill(self) -> None:
        """List what the search finds, or everything by family."""
        text = self.search.text().strip()
        self._key.setVisible(not self.search.text())
        self.tree.clear()
        if text:
            self.tree.addTopLevelItems([_row(item) for item in stock.search(text, self._document())])
        else:
            self._add_data()
            for family, layers in registry.families().items():
                self._add_family(family.key, self.tr(family.title), list(map(stock.of_layer, layers)))
            self._add_family(BLOCKS, self.tr("Blocks"), self._blocks())
        found = self.tree.topLevelItemCount() > 0
        self.empty.setText(self.tr("No layer, data set or block is called '{0}'.").format(text))
        self._stack.setCurrentWidget(self.tree if found else self.empty)
        if text and found:
            self.tree.setCurrentItem(self._first())

    def _add_data(self) -> None:
        """The data sets by their groups: what one begins with comes first."""
        rows = []
        for title, items in stock.grouped_data().items():
            group = _section(self.tr(title), "data", f"{DATASETS}/{title}")
            group.addChildren([_row(item) for item in items])
            rows.append(group)
        self._add_section(_section(self.tr(stock.DATASETS), "data", DATASETS), rows)

    def _add_family(self, key: str, title: str, items: list[stock.Item]) -> None:
        if items:
            self._add_section(_section(title, key, key), [_row(item) for item in items])

    def _add_section(self, section: QTreeWidgetItem, rows: list[QTreeWidgetItem]) -> None:
        section.addChildren(rows)
        self.tree.addTopLevelItem(section)
        for each in (section, *rows):
            each.setExpanded(each.data(0, SECTION) in self._open)
            each.setData(0, OPEN, each.isExpanded())

    def _document(self) -> Document | None:
        session = self._bridge.current
        return session.document if session is not None else None

    def _blocks(self) -> list[stock.Item]:
        """The project's own come first, as they are what is at hand."""
        document = self._document()
        return [*(stock.own(document) if document is not None else ()), *stock.library()]

    def _edited(self, change: object) -> None:
        if isinstance(change, ch.BlockAdded | ch.BlockRemoved | ch.BlockChanged):
            self._blocks_changed()

    def _blocks_changed(self, _: object = None) -> None:
        """Other blocks are at hand: only their family is made anew."""
        if self.search.text().strip():
            self._fill()
            return
        last = self.tree.topLevelItemCount() - 1
        there = self.tree.topLevelItem(last)
        if there is not None and there.data(0, SECTION) == BLOCKS:
            self.tree.takeTopLevelItem(last)
        self._add_family(BLOCKS, self.tr("Blocks"), self._blocks())

    def _toggle(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        if item.data(0, TYPE):
            return
        item.setExpanded(not item.isExpanded())
        (self._open.add if item.isExpanded() else self._open.discard)(item.data(0, SECTION))

    def _choose(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        if item.data(0, TYPE):
            self.chosen.emit(item.data(0, TYPE))

    def _choose_first(self) -> None:
        if self.search.text().strip() and self.types():
            self.chosen.emit(self.types()[0])

    def _first(self) -> QTreeWidgetItem:
        item = self.tree.topLevelItem(0)
        assert item is not None, "asked for only where something is listed"
        return item

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        top = QVBoxLayout()
        top.setContentsMargins(10, 2, 10, 0)
        top.addWidget(self.search)
        column.addLayout(top)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack)


def _section(title: str, family: str, key: str) -> QTreeWidgetItem:
    """A row that opens and closes; `key` is what it is remembered by."""
    row = QTreeWidgetItem([title])
    row.setData(0, FAMILY, family)
    row.setData(0, SECTION, key)
    row.setToolTip(0, title)  # the palette is narrow, and cuts it off
    row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    return row


def _row(item: stock.Item) -> QTreeWidgetItem:
    row = QTreeWidgetItem([item.title])
    row.setData(0, TYPE, item.key)
    row.setData(0, FAMILY, item.family)
    longer = item.key.startswith(stock.DATA)  # their titles may be cut off
    row.setToolTip(0, f"{item.title}\n{item.summary}" if longer else item.summary)
    row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
    return row


def _show_key(label: QLabel, field: QLineEdit) -> None:
    """The key that leads to the search, at the right end of its field."""
    label.setText(keymap.key_of("search"))
    label.adjustSize()
    label.move(field.width() - label.width() - 10, (field.height() - label.height()) // 2)
