"""The columns of a table: what each holds and what it is for, to be changed, above the first rows.

Two views side by side scroll as one: above, three rows that stay in sight; below, the rows of the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnstudio.params import Column
from nnstudio.params.files import KINDS, ROLES
from nnstudio.ui import icons, theme
from nnstudio.ui.importing.facts import Found

Index = QModelIndex | QPersistentModelIndex
HOLDS, USE, MISSING = range(3)
ROW = 28
NARROW, WIDE = 88, 220
MEASURED = 60
"""So many columns get a width by what is in them; the others a narrow one."""
_ROLE = Qt.ItemDataRole


class ColumnsModel(QAbstractTableModel):
    """A row for what each column holds, one for what it is used for, and one for how many cells are missing."""

    changed = Signal(object)
    """tuple of params.Column: the person has changed some."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = ()
        self._found: Found | None = None
        self._missing: list[int] = []

    def show(self, found: Found) -> None:
        """Show these columns."""
        self.beginResetModel()
        self._found, self.columns, self._missing = found, found.columns, found.missing
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 3 if self._missing else 2

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(self.columns)

    def choices(self, index: Index) -> tuple[str, ...]:
        """What a cell may be."""
        if index.row() == HOLDS and self._found is not None:
            name = self.columns[index.column()].name
            return tuple(kind for kind in KINDS if self._found.may_be(name, kind))
        return ROLES if index.row() == USE else ()

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        column = self.columns[index.column()]
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return self._text(index)
        if role == _ROLE.AccessibleTextRole:
            return f"{column.name}: {self._row_title(index.row())} {self._text(index)}"
        if role == _ROLE.ToolTipRole:
            return self._tip(index.row(), column)
        if role == _ROLE.ForegroundRole and index.row() == MISSING and self._text(index) != "0":
            return theme.color("warning")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> object:
        if role not in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
            return None
        return self.columns[section].name if orientation == Qt.Orientation.Horizontal else self._row_title(section)

    def flags(self, index: Index) -> Qt.ItemFlag:
        fixed = super().flags(index)
        return fixed | Qt.ItemFlag.ItemIsEditable if len(self.choices(index)) > 1 else fixed

    def setData(self, index: Index, value: object, role: int = _ROLE.EditRole) -> bool:
        return self.set(index.row(), [index.column()], str(value))

    def set(self, row: int, columns: Iterable[int], value: str) -> bool:
        """Give some columns another kind or another role."""
        assert self._found is not None
        changed = list(self.columns)
        for place in columns:
            column = changed[place]
            changed[place] = replace(column, role=value) if row == USE else replace(column, kind=value)
        used = self._found.using(changed).columns
        if used == self.columns:
            return False
        self.columns = used
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(changed) - 1))
        self.changed.emit(self.columns)
        return True

    def _text(self, index: Index) -> str:
        column = self.columns[index.column()]
        if index.row() == MISSING:
            return f"{self._missing[index.column()]:,}" if index.column() < len(self._missing) else ""
        return self.word(column.kind if index.row() == HOLDS else column.role)

    def word(self, value: str) -> str:
        """A kind or a role as it is read."""
        words = {"number": self.tr("number"), "class": self.tr("class"), "input": self.tr("input"),
                 "target": self.tr("target"), "unused": self.tr("unused")}  # fmt: skip
        return words[value]

    def _row_title(self, row: int) -> str:
        return (self.tr("holds"), self.tr("use as"), self.tr("missing"))[row]

    def _tip(self, row: int, column: Column) -> str:
        if row == MISSING:
            return self.tr("Cells of this column with nothing in them.")
        if row == USE:
            return self.tr("What '{0}' is for: an input of the network, the target it learns, or nothing.").format(
                column.name
            )
        names = ", ".join(column.classes[:12]) + ("…" if len(column.classes) > 12 else "")
        more = self.tr("{0} classes: {1}").format(len(column.classes), names) if column.classes else ""
        return f"{self.tr('What the column holds: numbers, or one of some classes.')}\n{more}".strip()


class RowsModel(QAbstractTableModel):
    """The first rows as they stand in the file."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[str]] = []
        self._columns: tuple[Column, ...] = ()

    def show(self, found: Found) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows, self._columns = found.rows, found.columns
        self.endResetModel()

    def use(self, columns: tuple[Column, ...]) -> None:
        """Those that are not used are dim."""
        self._columns = columns
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return len(self._columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        row, column = self._rows[index.row()], self._columns[index.column()]
        text = row[index.column()] if index.column() < len(row) else ""
        if role == _ROLE.DisplayRole:
            return text if text.strip() else "—"
        if role == _ROLE.ToolTipRole:
            return text if text.strip() else self.tr("Nothing is in this cell.")
        if role == _ROLE.ForegroundRole and (not text.strip() or column.role == "unused"):
            return theme.color("disabled" if column.role == "unused" else "warning")
        if role == _ROLE.TextAlignmentRole and column.kind == "number":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> object:
        return str(section + 1) if role == _ROLE.DisplayRole and orientation == Qt.Orientation.Vertical else None


class ChoiceDelegate(QStyledItemDelegate):
    """A cell that is one of a few words: a list opens under it, and what is chosen goes to all chosen columns."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, ColumnsModel)
        editor = QComboBox(parent)
        for choice in model.choices(index):
            editor.addItem(model.word(choice), choice)
        editor.setAccessibleName(str(index.data(_ROLE.AccessibleTextRole)))
        editor.activated.connect(lambda _: self._take(editor))
        return editor

    def _take(self, editor: QComboBox) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findText(str(index.data(_ROLE.EditRole))))
        editor.showPopup()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        assert isinstance(model, ColumnsModel)
        view = self.parent()
        assert isinstance(view, QTableView)
        chosen = [each.column() for each in view.selectedIndexes() if each.row() == index.row()]
        value = str(editor.currentData())
        places = chosen if index.column() in chosen else [index.column()]
        model.set(index.row(), places, value)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        model = index.model()
        if isinstance(model, ColumnsModel) and len(model.choices(index)) > 1:
            rect = option.rect  # type: ignore[attr-defined]  # PySide6 does not declare it
            icons.paint(painter, QRectF(rect.right() - 18, rect.center().y() - 5, 12, 12), "chevron-down", "muted")


class ColumnsTable(QTableView):
    """The rows that are changed: a click, Space, Enter or F2 opens the list of choices."""

    def __init__(self, model: ColumnsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Columns"))
        self.clicked.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        model = index.model()
        if isinstance(model, ColumnsModel) and len(model.choices(index)) > 1 and len(self.selectedIndexes()) <= 1:
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
        model = self.model()
        assert isinstance(model, ColumnsModel)
        if event.key() in keys and len(model.choices(self.currentIndex())) > 1:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class ColumnsView(QWidget):
    """Columns above, rows below."""

    changed = Signal(object)
    """tuple of params.Column."""

    def __init__(self) -> None:
        super().__init__()
        self.model, self.rows = ColumnsModel(), RowsModel()
        self.table = ColumnsTable(self.model)
        self.body = QTableView()
        self.body.setModel(self.rows)
        self._arrange()
        self.table.horizontalHeader().sectionResized.connect(lambda n, _, width: self.body.setColumnWidth(n, width))
        upper, lower = self.table.horizontalScrollBar(), self.body.horizontalScrollBar()
        upper.valueChanged.connect(lower.setValue)
        lower.valueChanged.connect(upper.setValue)
        self.model.changed.connect(self.rows.use)
        self.model.changed.connect(self.changed)

    def show_found(self, found: Found) -> None:
        """Show a table; where the columns are the same, place and width stay."""
        same = [column.name for column in self.model.columns] == [column.name for column in found.columns]
        at = self.table.currentIndex().row(), self.table.currentIndex().column()
        self.model.show(found)
        self.rows.show(found)
        if not same:
            self._measure(found)
        current = self.model.index(*at) if same and min(at) >= 0 else self.model.index(USE, 0)
        self.table.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def _measure(self, found: Found) -> None:
        metrics = self.fontMetrics()
        for place, column in enumerate(found.columns):
            texts = [column.name, *(row[place] for row in found.rows[:20] if place < len(row))]
            widest = max(map(metrics.horizontalAdvance, texts)) + 28 if place < MEASURED else NARROW
            self.table.setColumnWidth(place, min(max(widest, NARROW), WIDE))

    def _fit(self) -> None:
        """The upper view is as high as its rows."""
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + self.model.rowCount() * ROW + 2)
        left = self.fontMetrics().horizontalAdvance(self.tr("missing")) + 28
        for view in (self.table, self.body):
            view.verticalHeader().setFixedWidth(left)

    def _arrange(self) -> None:
        fixed = QHeaderView.ResizeMode.Fixed
        for view in (self.table, self.body):
            view.verticalHeader().setDefaultSectionSize(ROW)
            view.verticalHeader().setSectionResizeMode(fixed)
            view.setWordWrap(False)
            view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setHighlightSections(False)
        self.body.horizontalHeader().hide()
        self.body.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.body.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.body.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.body.setTabKeyNavigation(False)
        self.body.setAccessibleName(self.tr("The first rows"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addWidget(self.body, 1)
