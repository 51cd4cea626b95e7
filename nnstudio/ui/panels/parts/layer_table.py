"""The table of the summary: a row for each layer, blocks to be folded, shares as bars behind the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.layer_rows import LayerRow

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
VALUE, SHARE, MORE, ROW = (int(_Role.UserRole) + place for place in range(4))
"""What is sorted by; the bar, and its second part; the LayerRow at the first column."""
_BAR = 3
"""Pixels of a bar."""
_NAME = 116
"""Pixels that a name gets at least."""
_AROUND = 16
"""Pixels at both sides of a text together."""


@dataclass(frozen=True)
class Column:
    """`value` is what is sorted by and shown as a share of the largest sum, None for none; `text` what is written."""

    title: str
    tip: str
    width: int
    """At least."""
    text: Callable[[LayerRow], str]
    value: Callable[[LayerRow], float | None] | None = None
    more: Callable[[LayerRow], float] | None = None
    """The second part of the bar."""
    live: bool = False
    """Whether its numbers come while the rows stay."""


class _Item(QTreeWidgetItem):
    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sorted_by if isinstance(tree, LayerTable) else -1
        if column < 0:
            return bool(self.data(0, VALUE) < other.data(0, VALUE))
        mine, others = self.data(column, VALUE), other.data(column, VALUE)
        if isinstance(mine, float) and isinstance(others, float):
            return mine < others
        return self.text(column).casefold() < other.text(column).casefold()


class _Delegate(QStyledItemDelegate):
    """Paints a name with its type, and numbers above their bars."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]  # its stubs lack it
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # its stubs lack it
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = state & QStyle.StateFlag.State_Selected
            painter.fillRect(rect, theme.color("selection" if chosen else "hover"))
        if index.column() == 0:
            _paint_name(painter, rect, index.data(ROW))
            return
        painter.setPen(theme.color("text"))
        side = Qt.AlignmentFlag.AlignRight if index.data(VALUE) is not None else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            rect.adjusted(8, 0, -8, -5), side | Qt.AlignmentFlag.AlignVCenter, str(index.data(_Role.DisplayRole))
        )
        _paint_bar(painter, rect, index.data(SHARE) or 0.0, index.data(MORE) or 0.0)


def _paint_name(painter: QPainter, rect: QRect, row: LayerRow) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.family_color(row.family))
    painter.drawRoundedRect(QRectF(rect.left() + 2, rect.top() + 5, 3, rect.height() - 10), 1.5, 1.5)
    name = f"{row.name} ×{row.times}" if row.times > 1 else row.name
    room = rect.adjusted(12, 0, -4, -5)
    painter.setPen(theme.color("text"))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
    rest = room.adjusted(metrics.horizontalAdvance(shown) + 8, 0, 0, 0)
    painter.setPen(theme.color("muted"))
    kind = metrics.elidedText(row.type, Qt.TextElideMode.ElideRight, max(rest.width(), 0))
    painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, kind if len(kind) > 1 else "")


def _paint_bar(painter: QPainter, rect: QRect, share: float, more: float) -> None:
    """From the right, as the numbers stand there."""
    room = rect.width() - 16
    right, top = rect.right() - 8, rect.bottom() - _BAR - 1
    first, second = round(room * share), round(room * more)
    painter.fillRect(QRect(right - first, top, first, _BAR), theme.color("accent"))
    painter.fillRect(QRect(right - first - second, top, second, _BAR), theme.family_color("merge"))


class LayerTable(QTreeWidget):
    """A click on a column sorts by it: largest first, least first, and as it is computed again.

    It is never wider than its place: the first columns are shown, as many as there is room for, and the tip of a row
    tells all of them.
    """

    chosen = Signal(str)
    """The id of a node."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = ()
        self.sorted_by = -1
        self._folded: set[tuple[str, ...]] = set()
        self.setItemDelegate(_Delegate(self))
        self._dress()
        self.header().sectionClicked.connect(self._on_section)
        self.itemClicked.connect(self._on_clicked)
        self.itemCollapsed.connect(self._on_folded)
        self.itemExpanded.connect(self._on_folded)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """What is told of each row, once."""
        self.columns = tuple(columns)
        self.setHeaderLabels([column.title for column in columns])
        for place, column in enumerate(columns):
            self.headerItem().setToolTip(place, column.tip)
            if place == 0:
                self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            if column.value is not None:
                self.headerItem().setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_rows(self, rows: Sequence[LayerRow]) -> None:
        """Other rows; what is folded stays so."""
        place = self.verticalScrollBar().value()
        self.blockSignals(True)
        self.clear()
        self._add(self.invisibleRootItem(), rows, ())
        self.setRootIsDecorated(any(row.inside for row in rows))
        self.blockSignals(False)
        self._renew([*range(1, len(self.columns))])
        self._fit()
        self.verticalScrollBar().setValue(place)

    def describe(self, item: QTreeWidgetItem) -> str:
        """A row in words."""
        row = item.data(0, ROW)
        told = (f"{column.title}: {column.text(row)}" for column in self.columns[1:])
        return "\n".join((f"{row.name} · {row.type}", *told))

    def viewportEvent(self, event: QEvent) -> bool:
        item = self.itemAt(event.pos()) if isinstance(event, QHelpEvent) else None
        if item is None or not isinstance(event, QHelpEvent):
            return super().viewportEvent(event)
        tips.show(self.viewport(), event.pos(), self.describe(item))
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As many columns as there is room for, as wide as their words; the name takes the rest."""
        room = self.viewport().width() - _NAME
        for place in range(1, len(self.columns)):
            self.setColumnHidden(place, False)  # the title of a hidden one has no width
            width = self._width_of(place)
            room -= width
            self.setColumnHidden(place, room < 0)
            if room >= 0:
                self.setColumnWidth(place, width)

    def _width_of(self, place: int) -> int:
        column, wide = self.columns[place], self.fontMetrics().horizontalAdvance
        texts = () if column.live else (item.text(place) for item in self.items())
        return max(column.width, self.header().sectionSizeHint(place), *(wide(text) + _AROUND for text in texts))

    def renew(self) -> None:
        """The same rows, with other numbers in what is live."""
        self._renew([place for place, column in enumerate(self.columns) if column.live])

    def _renew(self, places: Sequence[int]) -> None:
        items = self.items()
        self.model().blockSignals(True)  # one change, not one a cell
        for place in places:
            self._fill(place, self.columns[place], items)
        self.model().blockSignals(False)
        self.viewport().update()
        if self.sorted_by in places:
            self._sort()

    def choose(self, nodes: Sequence[str]) -> None:
        """Mark the rows of nodes."""
        self.clearSelection()
        for item in self.items():
            if item.data(0, ROW).node in nodes:
                item.setSelected(True)
                self.scrollToItem(item)

    def items(self) -> list[QTreeWidgetItem]:
        """All of them, as they are listed."""
        waiting, found = [self.invisibleRootItem()], list[QTreeWidgetItem]()
        while waiting:
            item = waiting.pop()
            found.append(item)
            children = (item.child(place) for place in reversed(range(item.childCount())))
            waiting.extend(child for child in children if child is not None)
        return found[1:]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item is not None:
            self._on_clicked(item)
        else:
            super().keyPressEvent(event)

    # Inside

    def _add(self, parent: QTreeWidgetItem, rows: Sequence[LayerRow], around: tuple[str, ...]) -> None:
        for place, row in enumerate(rows):
            item = _Item(parent)
            item.setData(0, ROW, row)
            item.setData(0, VALUE, float(place))
            item.setText(0, row.name)
            self._add(item, row.inside, (*around, row.node))
            item.setExpanded((*around, row.node) not in self._folded)

    def _fill(self, place: int, column: Column, items: Sequence[QTreeWidgetItem]) -> None:
        whole = 0.0
        if column.value is not None:
            tops = [column.value(item.data(0, ROW)) for item in items if item.parent() is None]
            whole = sum(value for value in tops if value)
        for item in items:
            row = item.data(0, ROW)
            item.setText(place, column.text(row))
            if column.value is None:
                continue
            value = column.value(row)
            more = column.more(row) if column.more is not None and value else 0.0
            item.setData(place, VALUE, value if value is not None else -1.0)
            item.setData(place, SHARE, ((value or 0.0) - more) / whole if whole else 0.0)
            item.setData(place, MORE, more / whole if whole else 0.0)

    def _on_section(self, column: int) -> None:
        falling = Qt.SortOrder.DescendingOrder
        first = falling if self.columns[column].value is not None else Qt.SortOrder.AscendingOrder
        if self.sorted_by != column:
            self.sorted_by, self._order = column, first
        elif self._order == first:
            self._order = Qt.SortOrder.AscendingOrder if first == falling else falling
        else:
            self.sorted_by, self._order = -1, Qt.SortOrder.AscendingOrder
        self._sort()

    def _sort(self) -> None:
        self.header().setSortIndicatorShown(self.sorted_by >= 0)
        self.header().setSortIndicator(self.sorted_by, self._order)
        self.sortItems(max(self.sorted_by, 0), self._order)

    _order = Qt.SortOrder.AscendingOrder

    def _on_clicked(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        self.chosen.emit(item.data(0, ROW).node)

    def _on_folded(self, item: QTreeWidgetItem) -> None:
        way: list[str] = []
        at: QTreeWidgetItem | None = item
        while at is not None:
            way.insert(0, at.data(0, ROW).node)
            at = at.parent()
        (self._folded.discard if item.isExpanded() else self._folded.add)(tuple(way))

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setSectionsClickable(True)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Layers"))
        theme.current().changed.connect(self.viewport().update)
