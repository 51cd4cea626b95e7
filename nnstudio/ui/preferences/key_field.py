"""A field that takes a key by hearing it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from nnstudio.ui import keymap

_LEAVES = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)
"""Without Ctrl or Alt these go on as everywhere, so that nobody is caught in the field."""


class KeyField(QLineEdit):
    """While it has the keyboard no command hears a key."""

    pressed = Signal(str)
    """A key in Qt's portable form."""
    left = Signal()
    """Escape: enough of keys."""

    def __init__(self) -> None:
        super().__init__(placeholderText=self.tr("Click here, then press the new key"), readOnly=True)
        self.setAccessibleName(self.tr("New key"))
        self.setToolTip(self.tr("The key that is pressed here is added to the chosen command"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and not _leaves(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and _leaves(event):
            self.left.emit()
            return
        key = keymap.pressed(event.key(), event.modifiers(), event.text())
        if key and not event.isAutoRepeat():
            self.pressed.emit(key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setPlaceholderText(self.tr("Press the new key (Escape ends)"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setPlaceholderText(self.tr("Click here, then press the new key"))


def _leaves(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return Qt.Key(event.key()) in _LEAVES and held == Qt.KeyboardModifier.NoModifier
