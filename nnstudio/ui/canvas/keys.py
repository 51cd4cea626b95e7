"""What the wheel does on the canvas, and those keys that are no commands: those of a drag, and Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QWheelEvent

from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.hands import Hands


class Keys:
    """Commands have their shortcuts from the table; while a gesture is going on those do nothing."""

    def __init__(self, view: Board, hands: Hands) -> None:
        self._view = view
        self._hands = hands
        self._space_panned = False
        self._plain: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Escape: self._escape,
            Qt.Key.Key_Return: self._activate,
            Qt.Key.Key_Enter: self._activate,
        }

    def press(self, event: QKeyEvent) -> bool:
        """True if the key means something here."""
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Space and not modifiers:
            return self._space_down(event)
        if self._hands.gesture is not None and key != Qt.Key.Key_Escape:
            return True
        action = self._plain.get(key) if not modifiers else None
        if action is not None:
            action()
        return action is not None

    def release(self, event: QKeyEvent) -> bool:
        """Space let go without a drag asks for the search box."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat() or not self._hands.panning_ready:
            return False
        self.forget()
        if not self._space_panned:
            self._view.adder.ask_next()
        return True

    def space_used(self) -> None:
        """The drag that Space was held for has begun."""
        self._space_panned = True

    def forget(self) -> None:
        """No key is held any more, as far as we know."""
        self._hands.panning_ready = False
        self._hands.show_cursor()

    def wheel(self, event: QWheelEvent) -> None:
        """Two fingers pan; a mouse's wheel zooms, and so does Ctrl with either. With Shift, or tilted, a wheel pans
        sideways.
        """
        navigator = self._view.navigator
        about = event.position().toPoint()
        pixels = event.pixelDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not control and _is_touchpad(event):
            moved = pixels if not pixels.isNull() else event.angleDelta() / 4
            navigator.pan(-moved.x(), -moved.y())
        elif not control and _sideways(event):
            navigator.pan(-_sideways(event) // 2, 0)
        elif event.angleDelta().y():
            navigator.wheel(event.angleDelta().y(), about)
        elif pixels.y():
            navigator.wheel(pixels.y() * 2, about)

    def _space_down(self, event: QKeyEvent) -> bool:
        if not event.isAutoRepeat():
            self._space_panned = False
            self._hands.panning_ready = True
            self._hands.show_cursor()
        return True

    def _escape(self) -> None:
        if self._hands.gesture is not None:
            self._hands.cancel()
        else:
            self._view.canvas.choose()

    def _activate(self) -> None:
        if self._view.canvas.chosen:
            self._view.activate(self._view.canvas.chosen[-1])
        else:
            self._view.marking.edit_chosen()


def _sideways(event: QWheelEvent) -> int:
    """How far the wheel is tilted; with Shift, turned. Some systems make of a turn with Shift or Alt a tilt."""
    angle = event.angleDelta()
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return angle.x() or angle.y()
    return angle.x() if abs(angle.x()) > abs(angle.y()) else 0


def _is_touchpad(event: QWheelEvent) -> bool:
    if event.device().type() == QInputDevice.DeviceType.TouchPad:
        return True
    return not event.pixelDelta().isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
