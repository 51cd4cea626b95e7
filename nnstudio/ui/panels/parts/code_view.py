"""Source text with line numbers; lines can be marked and clicked."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.highlight import PythonHighlighter

NUMBER_MARGIN = 10


class CodeView(QPlainTextEdit):
    """Read-only. Keeps its place when the text changes."""

    line_clicked = Signal(int)
    """Number of a line, from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: tuple[int, ...] = ()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(theme.mono_font())
        self._numbers = LineNumbers(self)
        self._highlighter = PythonHighlighter(self.document())
        self.blockCountChanged.connect(lambda _count: self._make_room())
        self.updateRequest.connect(self._scrolled)
        theme.current().changed.connect(self._restyle)
        self._make_room()

    def set_source(self, text: str) -> None:
        """Show another text at the same place. Only lines that differ are laid out and coloured anew."""
        shown = self.toPlainText()
        if text == shown:
            return
        bars = (self.verticalScrollBar(), self.horizontalScrollBar())
        places = [bar.value() for bar in bars]
        self._replace(shown.split("\n"), text.split("\n"))
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)
        self.mark(self.marked)

    def mark(self, lines: Collection[int]) -> None:
        """Highlight these lines, and no others."""
        self.marked = tuple(sorted(lines))
        self.setExtraSelections([self._selection(line) for line in self.marked if line <= self.blockCount()])
        self._numbers.update()

    def reveal(self, lines: Collection[int]) -> None:
        """Scroll to the first of these lines, unless one of them is seen already."""
        first = self.firstVisibleBlock().blockNumber() + 1
        last = first + max(self.viewport().height() // self.fontMetrics().lineSpacing() - 1, 0)
        if lines and not any(first <= line <= last for line in lines):
            self.verticalScrollBar().setValue(max(0, min(lines) - 1 - (last - first) // 3))

    def line_at(self, y: float) -> int:
        """The number of the line at a height in the viewport."""
        return self.cursorForPosition(QRect(0, round(y), 1, 1).topLeft()).blockNumber() + 1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.line_clicked.emit(self.line_at(event.position().y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        seen = self.viewport().geometry()
        self._numbers.setGeometry(seen.left() - self._numbers.wanted, seen.top(), self._numbers.wanted, seen.height())

    def paint_numbers(self, painter: QPainter, area: QRect) -> None:
        """The column of numbers: those of marked lines stand out."""
        painter.setFont(self.font())
        plain, strong = theme.color("disabled"), theme.color("text")
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > area.bottom():
                return
            number = block.blockNumber() + 1
            painter.setPen(strong if number in self.marked else plain)
            line = QRect(0, round(place.top()), self._numbers.width() - NUMBER_MARGIN, round(place.height()))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
            block = block.next()

    def _replace(self, old: list[str], new: list[str]) -> None:
        """The lines between those that are the same at the beginning and at the end."""
        most = min(len(old), len(new)) - 1
        head = next((i for i in range(most) if old[i] != new[i]), most)
        tail = next((i for i in range(most - head) if old[-1 - i] != new[-1 - i]), most - head)
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.document().findBlockByNumber(head).position())
        if tail:
            after = self.document().findBlockByNumber(len(old) - tail)
            cursor.setPosition(after.position(), QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        changed = new[head : len(new) - tail]
        cursor.insertText("\n".join([*changed, ""] if tail else changed))

    def _selection(self, line: int) -> QTextEdit.ExtraSelection:
        chosen = QTextEdit.ExtraSelection()
        chosen.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        chosen.format.setBackground(theme.color("selection"))
        chosen.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return chosen

    def _make_room(self) -> None:
        digits = max(2, len(str(self.blockCount())))
        self._numbers.wanted = self.fontMetrics().horizontalAdvance("9") * digits + 2 * NUMBER_MARGIN
        self.setViewportMargins(self._numbers.wanted, 0, 0, 0)

    def _scrolled(self, area: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _restyle(self) -> None:
        self.setFont(theme.mono_font())
        self.mark(self.marked)


class LineNumbers(QWidget):
    """The column at the left."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self.wanted = 0

    def sizeHint(self) -> QSize:
        return QSize(self.wanted, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.color("canvas")))
        self._view.paint_numbers(painter, event.rect())
