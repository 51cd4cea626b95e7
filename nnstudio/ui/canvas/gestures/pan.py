"""Drag the paper: middle button, or Space and drag."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.navigation import Navigator


class PanGesture(Gesture):
    """The point under the mouse stays under it."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, navigator: Navigator) -> None:
        self._navigator = navigator
        self._last = QPoint()
        self._gone = QPoint()

    def start(self, at: Pointer) -> None:
        self._last = at.view

    def update(self, at: Pointer) -> None:
        step = at.view - self._last
        self._last = at.view
        self._gone += step
        self._navigator.pan(-step.x(), -step.y())

    def cancel(self) -> None:
        self._navigator.pan(self._gone.x(), self._gone.y())
