"""Drag over empty canvas to choose what the box touches."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui import theme
from nnstudio.ui.canvas.gestures.gesture import DRAG_FROM, Gesture, Pointer
from nnstudio.ui.canvas.scene import CanvasScene


class BoxSelectGesture(Gesture):
    """With Shift or Ctrl it adds. A click without a drag chooses nothing."""

    scrolls = True

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._before, self._links_before = scene.chosen_things, scene.chosen_links
        self._pressed, self._corner, self._adding = QPoint(), QPointF(), False
        self._box: QRectF | None = None

    def start(self, at: Pointer) -> None:
        self._pressed, self._corner, self._adding = at.view, at.scene, at.adding

    def update(self, at: Pointer) -> None:
        if self._box is None and (at.view - self._pressed).manhattanLength() < DRAG_FROM:
            return
        self._box = QRectF(self._corner, at.scene).normalized()
        touched = [key for key, item in self._scene.nodes.items() if item.card_rect.intersects(self._box)]
        touched += self._scene.marks.touched(self._box)
        kept = self._before if self._adding else ()
        self._scene.mark((*kept, *touched), self._links_before if self._adding else ())

    def finish(self, at: Pointer) -> None:
        if self._box is not None:
            self._scene.choose(self._scene.chosen_things, self._scene.chosen_links)
        elif not self._adding:
            self._scene.choose()

    def cancel(self) -> None:
        self._scene.mark(self._before, self._links_before)

    def paint(self, painter: QPainter, zoom: float) -> None:
        if self._box is None:
            return
        fill = QColor(theme.color("accent"))
        fill.setAlphaF(0.12)
        pen = QPen(theme.color("accent"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawRect(self._box)
