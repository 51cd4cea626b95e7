"""A field for several lines of text, no more than a file can hold."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnstudio.project.session import Trouble
from nnstudio.ui.bridge import Bridge


def is_done(event: QKeyEvent) -> bool:
    """Ctrl+Enter: what was written is taken."""
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def keeps_done(event: QEvent) -> bool:
    """Whether a shortcut of the window is about to take Ctrl+Enter from a field, which keeps it."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent) or not is_done(event):
        return False
    event.accept()
    return True


class ProseField(QPlainTextEdit):
    """What is pasted beyond that is left out, and told: with a whole book in it the field would stop the window."""

    def __init__(self, bridge: Bridge, longest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._longest = bridge, longest
        self.setTabChangesFocus(True)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        room = max(self._longest - len(self.toPlainText()) + len(self.textCursor().selectedText()), 0)
        if len(text) > room:
            words = self.tr("There is room for {0} characters: the end of what was pasted is left out.")
            self._bridge.trouble.emit(Trouble(words.format(f"{self._longest:,}"), "", True))
        cut = QMimeData()
        cut.setText(text[:room])
        super().insertFromMimeData(cut)
