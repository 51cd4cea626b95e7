"""The tree behind the outline: the main drawing, and in each block what it is made of, as far as somebody looked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnstudio.compiler.result import Compiled
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.marks import order
from nnstudio.ui.canvas.boxes.choice_rows import Choice
from nnstudio.ui.outline.sayings import Sayings
from nnstudio.ui.places import Path

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_NOWHERE = QModelIndex()


@dataclass(eq=False)
class Row:
    """A node, frame or comment at its place: `path` leads to the drawing, `inside` is what it is made of, if asked."""

    key: str
    sheet: str
    path: Path
    parent: Row | None
    place: int
    inside: list[Row] | None = None
    number: int = field(default=0)


class OutlineModel(QAbstractItemModel):
    """Rows by number, for Qt keeps a number with each index. What a row says is put together when it is seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = Document()
        self._sayings = Sayings(Compiled())
        self._rows: dict[int, Row] = {}
        self._top: list[Row] = []
        self._next = 1

    def show(self, document: Document, compiled: Compiled) -> bool:
        """The document as it is now. True if rows came, went or changed places, so that all indices are new."""
        self._sayings = Sayings(compiled)
        if document is self._document and self._is_the_same(self._top, "", ()):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._top) - 1, 0))
            return False
        opened = {(row.path, row.key) for row in self._rows.values() if row.inside is not None}
        self.beginResetModel()
        self._document = document
        self._rows.clear()
        self._top = self._make(None, "", ())
        self._open(self._top, opened)
        self.endResetModel()
        return True

    def row(self, index: _Index) -> Row | None:
        """What an index stands for."""
        return self._rows.get(index.internalId()) if index.isValid() else None

    def find(self, path: Path, key: str) -> QModelIndex:
        """The index of something in the drawing at the end of a way; the blocks on the way are looked into."""
        rows, parent = self._top, _NOWHERE
        for step in (*path, key):
            row = next((row for row in rows if row.key == step), None)
            if row is None:
                return _NOWHERE
            parent = self.createIndex(row.place, 0, row.number)
            if step != key or len(row.path) < len(path):
                self.fetchMore(parent)
                rows = row.inside or []
        return parent

    # What Qt asks

    def index(self, row: int, column: int = 0, parent: _Index = _NOWHERE) -> QModelIndex:
        rows = self._inside(parent)
        return self.createIndex(row, column, rows[row].number) if 0 <= row < len(rows) and column == 0 else _NOWHERE

    def parent(self, index: _Index = _NOWHERE) -> Any:  # type: ignore[override]  # QObject has one without arguments
        row = self.row(index)
        if row is None or row.parent is None:
            return _NOWHERE
        return self.createIndex(row.parent.place, 0, row.parent.number)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return len(self._inside(parent))

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 1

    def hasChildren(self, parent: _Index = _NOWHERE) -> bool:
        row = self.row(parent)
        return bool(self._top) if row is None else bool(self._block(row))

    def canFetchMore(self, parent: _Index) -> bool:
        row = self.row(parent)
        return row is not None and row.inside is None and bool(self._block(row))

    def fetchMore(self, parent: _Index) -> None:
        row = self.row(parent)
        if row is None or not self.canFetchMore(parent):
            return
        fresh = self._make(row, self._block(row), (*row.path, row.key))
        self.beginInsertRows(self.createIndex(row.place, 0, row.number), 0, max(0, len(fresh) - 1))
        row.inside = fresh
        self.endInsertRows()

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row = self.row(index)
        if row is None or not self._is_there(row):
            return None
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole, _Role.ToolTipRole, _Role.UserRole):
            said = self._sayings.of(self._document.sheet(row.sheet), row.key)
            return {_Role.DisplayRole: said.title, _Role.UserRole: said}.get(role, _spoken(said))  # type: ignore[call-overload]
        return None

    def headerData(self, section: int, side: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        """Not shown, but a screen reader may come to it."""
        return self.tr("Node") if role == _Role.DisplayRole else None

    # Inside

    def _inside(self, parent: _Index) -> Sequence[Row]:
        row = self.row(parent)
        return self._top if row is None else row.inside or ()

    def _is_there(self, row: Row) -> bool:
        """Between an edit and the next look there may be rows of what is gone."""
        if row.sheet and row.sheet not in self._document.blocks:
            return False
        sheet = self._document.sheet(row.sheet)
        return row.key in sheet.nodes or row.key in sheet.marks

    def _block(self, row: Row) -> str:
        """The block that the row is an instance of, or nothing."""
        node = self._document.sheet(row.sheet).nodes.get(row.key) if self._is_there(row) else None
        return node.block if node is not None else ""

    def _make(self, parent: Row | None, sheet: str, path: Path) -> list[Row]:
        made = []
        for place, key in enumerate(_keys(self._document.sheet(sheet))):
            row = Row(key, sheet, path, parent, place, number=self._next)
            self._rows[self._next] = row
            self._next += 1
            made.append(row)
        return made

    def _open(self, rows: list[Row], opened: set[tuple[Path, str]]) -> None:
        """Look again into the blocks that were looked into before."""
        for row in rows:
            if (row.path, row.key) in opened and self._block(row):
                row.inside = self._make(row, self._block(row), (*row.path, row.key))
                self._open(row.inside, opened)

    def _is_the_same(self, rows: Sequence[Row], sheet: str, path: Path) -> bool:
        """Whether the rows are what the drawing has, and so in the blocks that were looked into."""
        if sheet and sheet not in self._document.blocks:
            return False
        if [row.key for row in rows] != list(_keys(self._document.sheet(sheet))):
            return False
        opened = [row for row in rows if row.inside is not None]
        return all(self._is_the_same(row.inside or (), self._block(row), (*path, row.key)) for row in opened)


def _keys(sheet: Sheet) -> Iterator[str]:
    """Nodes as they are computed, then frames and comments as they were made."""
    yield from (node.id for node in sheet.in_order())
    yield from (mark.id for mark in sorted(sheet.marks.values(), key=order))


def _spoken(said: Choice) -> str:
    return ", ".join(filter(None, (said.title, said.detail, said.warning)))
