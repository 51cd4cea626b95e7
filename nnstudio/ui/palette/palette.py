"""The palette: every layer there is, by family or by search, to be dragged onto the canvas or chosen."""

from __future__ import annotations

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
from nnstudio.catalogue.spec import Family, LayerType
from nnstudio.ui import theme
from nnstudio.ui.palette.rows import FAMILY, OPEN, TYPE, RowDelegate, card

LAYER_MIME = "application/x-nnstudio-layer"
"""What a drag carries: the layer's type as UTF-8."""

SEARCH_KEY = "/"


class Tree(QTreeWidget):
    """Families and layers; layers can be dragged."""

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

    def drag_data(self, type_name: str) -> QMimeData:
        """What a drag of that layer carries."""
        data = QMimeData()
        data.setData(LAYER_MIME, type_name.encode("utf-8"))
        data.setText(type_name)
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or not item.data(0, TYPE):
            return
        drag = QDrag(self)
        drag.setMimeData(self.drag_data(item.data(0, TYPE)))
        picture = card(item.data(0, TYPE), item.data(0, FAMILY))
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(16, 16))
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """The search field and the layers under it."""

    chosen = Signal(str)
    """The type of a layer that is to be added."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._closed: set[str] = set()
        self.search = QLineEdit(placeholderText=self.tr("Search layers…"), clearButtonEnabled=False)
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.setToolTip(self.tr("Search layers by name or by what they do ({0})").format(SEARCH_KEY))
        self._key = QLabel(SEARCH_KEY, self.search)
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
        self._fill()

    def focus_search(self) -> None:
        """Begin a search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def types(self) -> list[str]:
        """The layers listed now, in their order."""
        items = self.tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        return [item.data(0, TYPE) for item in items if item.data(0, TYPE)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search into the list, Up from its top back; Enter chooses, letters search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            handled = self._search_key(event) if watched is self.search else self._tree_key(event)
            if handled:
                return True
        if watched is self.search and event.type() == QEvent.Type.Resize:
            self._key.adjustSize()
            self._key.move(
                self.search.width() - self._key.width() - 10, (self.search.height() - self._key.height()) // 2
            )
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
            for layer in registry.search(text):
                self.tree.addTopLevelItem(_layer_item(layer))
        else:
            for family, layers in registry.families().items():
                self._add_family(family, layers)
        found = self.tree.topLevelItemCount() > 0
        self.empty.setText(self.tr("No layer is called '{0}'.").format(text))
        self._stack.setCurrentWidget(self.tree if found else self.empty)
        if text and found:
            self.tree.setCurrentItem(self._first())

    def _add_family(self, family: Family, layers: list[LayerType]) -> None:
        item = QTreeWidgetItem([self.tr(family.title)])
        item.setData(0, FAMILY, family.key)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.addChildren([_layer_item(layer) for layer in layers])
        self.tree.addTopLevelItem(item)
        item.setExpanded(family.key not in self._closed)
        item.setData(0, OPEN, item.isExpanded())

    def _toggle(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        if item.data(0, TYPE):
            return
        item.setExpanded(not item.isExpanded())
        (self._closed.discard if item.isExpanded() else self._closed.add)(item.data(0, FAMILY))

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


def _layer_item(layer: LayerType) -> QTreeWidgetItem:
    item = QTreeWidgetItem([layer.type])
    item.setData(0, TYPE, layer.type)
    item.setData(0, FAMILY, layer.family.key)
    item.setToolTip(0, layer.summary)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
    return item
