"""The canvas as a widget: turns mouse and keys into gestures and edits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.pan import PanGesture
from nnstudio.ui.canvas.hands import Hands
from nnstudio.ui.canvas.keys import Keys
from nnstudio.ui.canvas.menus import menu_for


class CanvasView(Board):
    """What the window puts in its middle. The methods below and those of its bases are what menus and panels call."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, parent)
        self.hands = Hands(self)
        self.keys = Keys(self, self.hands)
        if bridge.current is not None:
            self.canvas.show_session(bridge.current)

    # For the stage

    def paint_over(self, painter: QPainter) -> None:
        self.adder.paint(painter)
        self.hands.paint(painter, self.zoom)

    def busy(self) -> bool:
        return self.hands.gesture is not None or self.arranger.moving

    def interrupt(self) -> None:
        self.arranger.cancel()
        self.hands.cancel()

    def forget_keys(self) -> None:
        self.keys.forget()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.arranger.hurry()
        self.hands.press(event)
        if isinstance(self.hands.gesture, PanGesture):
            self.keys.space_used()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.hands.move(event):
            super().mouseMoveEvent(event)  # for the items that light up under the mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hands.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.keys.wheel(event)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """In the middle of a gesture no shortcut does anything: what it would act on is in somebody's hands."""
        if event.type() == QEvent.Type.ShortcutOverride and self.hands.gesture is not None:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Who holds something in the hand stays here: Escape calls it off."""
        return self.hands.gesture is None and super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stopped = event.key() == Qt.Key.Key_Escape and self.arranger.cancel()
        event.setAccepted(stopped or self.keys.press(event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.keys.release(event))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.hands.gesture is not None or (self.hands.right_taken and _by_mouse(event)):
            return
        at = event.pos() if _by_mouse(event) else self._chosen_point()
        menu = menu_for(self, self.hit_at(at), self.mapToScene(at))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.hands.drag(event, "enter")

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.hands.drag(event, "move")

    def dropEvent(self, event: QDropEvent) -> None:
        self.hands.drag(event, "drop")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.hands.cancel()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), texts.plain(self.hands.tip(event.pos())), self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.navigator.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    # Inside

    def _chosen_point(self) -> QPoint:
        """Where a menu opens that was asked for with a key."""
        if not self.canvas.chosen:
            return self.viewport().rect().center()
        return self.mapFromScene(self.canvas.nodes[self.canvas.chosen[-1]].card_rect.center())


def _by_mouse(event: QContextMenuEvent) -> bool:
    return event.reason() == QContextMenuEvent.Reason.Mouse
