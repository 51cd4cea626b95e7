"""Drag a node, frame or comment with Ctrl: copies of what is chosen are dragged, and the originals stay."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from nnstudio.ui.canvas.gestures.gesture import Pointer
from nnstudio.ui.canvas.gestures.move import MoveGesture
from nnstudio.ui.canvas.texts import tr

_STRENGTH = 0.65


class CopyGesture(MoveGesture):
    """What was not chosen is copied alone. Copies have the wires among them. A click with Ctrl adds and takes
    away, as everywhere.
    """

    _by = QPointF()

    def lift(self) -> None:
        if not self._was_chosen:
            self._scene.choose((self._node,))
        self.take(self._scene.marks.with_contents(self._scene.chosen_things))
        self._ways = {}

    def carry(self, shift: QPointF) -> None:
        """The cards stay: pictures of them are carried."""
        self._by = shift

    def gone(self) -> Collection[str]:
        return ()

    def finish(self, at: Pointer) -> None:
        if not self.moving:
            super().finish(at)
            return
        copies = self._view.edits.duplicate(self._before, (self._by.x(), self._by.y()), tr("Copy"))
        if copies:
            self._scene.choose(copies)

    def put_back(self) -> None:
        """Nothing was taken away."""

    def paint(self, painter: QPainter, zoom: float) -> None:
        for key in self._before:
            item = self._scene.thing(key)
            painter.save()
            painter.translate(item.pos() + self._by)
            painter.setOpacity(_STRENGTH)
            item.paint(painter, QStyleOptionGraphicsItem())
            painter.restore()
        super().paint(painter, zoom)
