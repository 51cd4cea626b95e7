"""The editor for code that a person types in: several lines, taken when the focus leaves or with Ctrl+Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from nnstudio.params import CodeParam, Value
from nnstudio.ui import theme
from nnstudio.ui.inspector.fields import Field
from nnstudio.ui.panels.parts.highlight import PythonHighlighter
from nnstudio.ui.prose import is_done, keeps_done

INDENT = "    "
LEAST_LINES, MOST_LINES = 5, 16


class CodeEdit(QPlainTextEdit):
    """Python with its colours. Tab indents, Shift+Tab takes the indent back or else leaves."""

    finished = Signal()
    """The person is done for now."""

    def __init__(self) -> None:
        super().__init__()
        self.marked = 0
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(theme.mono_font())
        self._highlighter = PythonHighlighter(self.document())
        self.textChanged.connect(self._fit)
        theme.current().changed.connect(self._restyle)
        self._fit()

    def replace_all(self, text: str) -> None:
        """Another text, which undo takes back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def mark(self, line: int) -> None:
        """Show where something is wrong; 0 for nowhere."""
        self.marked = line if 0 < line <= self.blockCount() else 0
        self.setExtraSelections([self._selection(self.marked)] if self.marked else [])

    def event(self, event: QEvent) -> bool:
        """These keys are the editor's own, whatever they mean elsewhere."""
        return keeps_done(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_done(event):
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Tab:
            self._indent()
        elif event.key() == Qt.Key.Key_Backtab:
            if not self._unindent():
                QWidget.focusNextPrevChild(self, False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.insertPlainText("\n" + self._next_indent())
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab is a key of the text."""
        return False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self.finished.emit()

    def _indent(self) -> None:
        """Every line of the selection, or spaces up to the next stop."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            self.insertPlainText(INDENT[cursor.positionInBlock() % len(INDENT) :])
            return
        self._each_line(lambda line: line.insertText(INDENT))

    def _unindent(self) -> bool:
        """Whether there was something to take back."""
        before = self.toPlainText()
        self._each_line(_take_indent)
        return self.toPlainText() != before

    def _each_line(self, edit: Callable[[QTextCursor], object]) -> None:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        first, last = (self.document().findBlock(place).blockNumber() for place in (start, end))
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            line = QTextCursor(self.document().findBlockByNumber(number))
            edit(line)
        cursor.endEditBlock()

    def _next_indent(self) -> str:
        """As deep as this line; one deeper behind a colon."""
        cursor = self.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        depth = line[: len(line) - len(line.lstrip(" "))]
        return depth + INDENT if line.rstrip().endswith(":") else depth

    def _fit(self) -> None:
        lines = min(max(self.blockCount(), LEAST_LINES), MOST_LINES) + 1
        frame = 2 * (self.frameWidth() + round(self.document().documentMargin())) + 8
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + frame)

    def _selection(self, line: int) -> QTextEdit.ExtraSelection:
        chosen = QTextEdit.ExtraSelection()
        chosen.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        chosen.format.setBackground(theme.mix(theme.color("field"), theme.color("bad"), 0.28))
        chosen.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return chosen

    def _restyle(self) -> None:
        self.setFont(theme.mono_font())
        self.mark(self.marked)
        self._fit()


class CodeField(Field):
    """Code as it holds now, or as it is being written."""

    wide = True
    editor: CodeEdit

    def __init__(self, param: CodeParam) -> None:
        super().__init__(CodeEdit(), param)
        self.editor.finished.connect(self.commit)

    def show_value(self, value: Value, *, mixed: bool = False, afresh: bool = True) -> None:
        """Another node's code comes without the history of this one's."""
        if afresh:
            self.value, self.mixed = value, mixed
            self.refuse("")
            if self.editor.toPlainText() != self._text():
                self.editor.setPlainText(self._text())
        else:
            super().show_value(value, mixed=mixed, afresh=False)

    def mark(self, line: int) -> None:
        """Show which line is at fault; 0 for none."""
        self.editor.mark(line)

    def pending(self) -> bool:
        return self.editor.toPlainText() != self._text()

    def _display(self) -> None:
        if self.pending():
            self.editor.replace_all(self._text())

    def _read(self) -> object:
        return self.editor.toPlainText()

    def _text(self) -> str:
        return "" if self.mixed else str(self.value)


def _take_indent(line: QTextCursor) -> None:
    text = line.block().text()
    spaces = min(len(text) - len(text.lstrip(" ")), len(INDENT))
    for _ in range(spaces):
        line.deleteChar()
