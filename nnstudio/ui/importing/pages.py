"""What else than a table may be in a file: pictures by class, text with its tokens coloured, arrays."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui import theme
from nnstudio.ui.data.tokens import grounds
from nnstudio.ui.data.words import marked
from nnstudio.ui.importing.facts import Found
from nnstudio.ui.inspector import parts
from nnstudio.ui.panels.parts.pictures import picture

SIDE = 72
"""Of a picture in the grid."""
MOST_CLASSES = 12


class PicturesPage(QWidget):
    """The first pictures with their classes, and how many there are of each."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = parts.label(wrap=True)
        self.grid = QListWidget()
        self.grid.setViewMode(QListWidget.ViewMode.IconMode)
        self.grid.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.grid.setMovement(QListWidget.Movement.Static)
        self.grid.setIconSize(QSize(SIDE, SIDE))
        self.grid.setGridSize(QSize(SIDE + 24, SIDE + 32))
        self.grid.setUniformItemSizes(True)
        self.grid.setAccessibleName(self.tr("The first pictures"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.counts)
        column.addWidget(self.grid, 1)

    def show_found(self, found: Found) -> None:
        """Show pictures as they will be learned: in their size, grey or coloured."""
        self.counts.setText(self._count_words(found.classes) or self.tr("No folders, and so no classes."))
        self.grid.clear()
        for each in found.pictures:
            image = picture(each.pixels)
            aspect = Qt.AspectRatioMode.KeepAspectRatio
            larger = image.scaled(SIDE, SIDE, aspect, Qt.TransformationMode.FastTransformation)
            item = QListWidgetItem(QIcon(QPixmap.fromImage(larger)), each.label)
            item.setToolTip(each.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.label}: {each.name}")
            self.grid.addItem(item)

    def _count_words(self, classes: dict[str, int]) -> str:
        listed = " · ".join(f"{name} {count:,}" for name, count in list(classes.items())[:MOST_CLASSES])
        more = len(classes) - MOST_CLASSES
        return listed + (self.tr(" and {0} more").format(more) if more > 0 else "")


class TextPage(QWidget):
    """How a text begins, each token on a ground of its own, as in the Data panel."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = parts.label(look="muted", wrap=True)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(theme.mono_font())
        self.text.setAccessibleName(self.tr("The beginning of the text"))
        self._tokens: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.text, 1)
        theme.current().changed.connect(self._paint)

    def show_found(self, found: Found) -> None:
        """Show the beginning."""
        self._tokens = found.tokens
        words = self.tr("{0} tokens, of which {1} are different. This is how they begin:")
        self.heading.setText(words.format(f"{found.number('tokens'):,}", f"{found.number('vocabulary'):,}"))
        self._paint()

    def _paint(self) -> None:
        self.text.clear()
        cursor = QTextCursor(self.text.document())
        looks = [_on(shade) for shade in grounds("field")]
        for number, token in enumerate(self._tokens):
            cursor.insertText(marked(token) + ("\n" if token == "\n" else ""), looks[number % len(looks)])
            if len(token) > 1:
                cursor.insertText(" ", QTextCharFormat())
        self.text.moveCursor(QTextCursor.MoveOperation.Start)


class ArraysPage(QWidget):
    """The arrays of a file: their names, sizes and types, and which of them are used."""

    def __init__(self) -> None:
        super().__init__()
        self.table = QTableWidget(0, 4)
        self.table.setHorizontalHeaderLabels([self.tr("Array"), self.tr("Shape"), self.tr("Type"), self.tr("Used as")])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName(self.tr("Arrays"))
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)

    def show_found(self, found: Found) -> None:
        """Show the arrays; which is which is chosen beside them."""
        used = {found.values[role]: self._role(role) for role in ("target", "input")}
        self.table.setRowCount(len(found.arrays))
        for row, entry in enumerate(found.arrays):
            shape = " × ".join(map(str, entry.shape)) or self.tr("one number")
            for column, text in enumerate((entry.name, shape, entry.dtype, used.get(entry.name, ""))):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        for column, width in enumerate((200, 160, 96, 96)):
            self.table.setColumnWidth(column, width)

    def _role(self, role: str) -> str:
        return self.tr("input") if role == "input" else self.tr("target")


def _on(shade: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setBackground(shade)
    return made
