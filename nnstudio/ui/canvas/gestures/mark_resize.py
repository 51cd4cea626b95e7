"""Drag an edge or a corner of a frame or a comment."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from nnstudio.graph.rules import SMALLEST
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.items.mark_item import MarkItem, Side
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.tools.marking import Marking


class ResizeGesture(Gesture):
    """Freely; with Shift on the grid. The document changes at the end, in one step."""

    scrolls = True

    def __init__(self, scene: CanvasScene, marking: Marking, key: str, side: Side) -> None:
        self._scene, self._marking, self._key, self._side = scene, marking, key, side
        self._before, self._grip, self._moved = QRectF(), QPointF(), False

    def start(self, at: Pointer) -> None:
        if self._key not in self._scene.marks.chosen:
            self._scene.choose((self._key,))
        self._before, self._grip = self._item.card_rect, at.scene

    def update(self, at: Pointer) -> None:
        self._moved = self._moved or at.scene != self._grip
        if self._moved:
            self._item.stretch(self._wanted(at))

    def finish(self, at: Pointer) -> None:
        if self._moved:
            self._item.set_mark(self._item.mark)
            self._marking.resize(self._key, self._wanted(at))

    def cancel(self) -> None:
        if self._key in self._scene.marks.items:
            self._item.set_mark(self._item.mark)

    @property
    def _item(self) -> MarkItem:
        return self._scene.marks.items[self._key]

    def _wanted(self, at: Pointer) -> QRectF:
        """The edges that were taken follow the mouse, and keep their distance from those that were not."""
        shift, area = at.scene - self._grip, QRectF(self._before)
        across, along = self._side
        corner = QPointF(area.left() if across < 0 else area.right(), area.top() if along < 0 else area.bottom())
        goal = snapped(corner + shift) if at.shift else corner + shift
        if across < 0:
            area.setLeft(min(goal.x(), area.right() - SMALLEST))
        elif across > 0:
            area.setRight(max(goal.x(), area.left() + SMALLEST))
        if along < 0:
            area.setTop(min(goal.y(), area.bottom() - SMALLEST))
        elif along > 0:
            area.setBottom(max(goal.y(), area.top() + SMALLEST))
        return area
