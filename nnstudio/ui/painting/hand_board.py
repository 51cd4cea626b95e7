"""What boards have in common that one paints on: the hand, with the mouse's ring and the keys' cross, and the tip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget


class HandBoard(QWidget):
    """Tells what the hand does; `hand` is where the mouse is, None where it is away or the keys have taken over."""

    def __init__(self) -> None:
        super().__init__()
        self.hand: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleDescription(self.help())

    # What each board says

    def help(self) -> str:
        """How one paints."""
        raise NotImplementedError

    def tip(self, at: QPointF) -> str:
        """What there is to read under the mouse."""
        return self.help()

    def means(self, event: QKeyEvent) -> bool:
        """Whether a key does something here."""
        raise NotImplementedError

    def press(self, at: QPointF, *, right: bool) -> None:
        """A button went down, the right one or the left one."""
        raise NotImplementedError

    def drag(self, at: QPointF) -> None:
        """The mouse moved, with a button held or without."""
        raise NotImplementedError

    def lift(self) -> None:
        """The last button went up."""
        raise NotImplementedError

    # Events

    def event(self, event: QEvent) -> bool:
        """Keys of the board are its own while it has the focus, whatever they mean elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.means(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.press(event.position(), right=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand = event.position()
        self.drag(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self.lift()

    def leaveEvent(self, event: QEvent) -> None:
        self.hand = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
