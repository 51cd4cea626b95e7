"""Near the edge of the view a drag pulls the view along."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QGraphicsView

from nnstudio.ui.canvas.navigation import Navigator

_EDGE = 28
_MS = 25
_STEP = 14


class EdgePull(QObject):
    """Goes on while the mouse rests there. `pulled` is called after each step."""

    def __init__(self, view: QGraphicsView, navigator: Navigator, pulled: Callable[[], object]) -> None:
        super().__init__(view)
        self._view, self._navigator, self._pulled = view, navigator, pulled
        self._at = QPoint()
        self._timer = QTimer(self, interval=_MS)
        self._timer.timeout.connect(self._step)

    def watch(self, at: QPoint) -> None:
        """The mouse of a drag is here."""
        self._at = at
        wanted = not self._inner().contains(at)
        if wanted != self._timer.isActive():
            self._timer.start() if wanted else self._timer.stop()

    def stop(self) -> None:
        self._timer.stop()

    def _step(self) -> None:
        inner, at = self._inner(), self._at
        right = _STEP * ((at.x() > inner.right()) - (at.x() < inner.left()))
        down = _STEP * ((at.y() > inner.bottom()) - (at.y() < inner.top()))
        self._navigator.pan(right, down)
        self._pulled()

    def _inner(self) -> QRect:
        return self._view.viewport().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
