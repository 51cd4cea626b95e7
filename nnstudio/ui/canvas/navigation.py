"""Zooming and panning. The part of the drawing that is seen is the scroll bars' business, though they are hidden."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, SignalInstance
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from nnstudio.ui.canvas.metrics import ZOOM_MAX, ZOOM_MIN

STEP = 1.25
_WHEEL = 1.0015
"""One notch of a mouse's wheel is 120 of these."""
_EDGE = 24


class Navigator:
    """Moves a view over its scene. `zoomed` is the view's signal, called with the new factor."""

    def __init__(self, view: QGraphicsView, zoomed: SignalInstance) -> None:
        self._view = view
        self._zoomed = zoomed

    @property
    def zoom(self) -> float:
        return self._view.transform().m11()

    def pan(self, right: int, down: int) -> None:
        """By pixels."""
        across, along = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + right)
        along.setValue(along.value() + down)

    def wheel(self, angle: float, about: QPoint) -> None:
        """Zoom by a turn of the wheel; the point under the mouse stays."""
        factor = self.zoom * _WHEEL**angle
        # A notch that comes near 100 % means 100 %, where text is sharpest. Fine steps must be able to leave it.
        self.set_zoom(1.0 if abs(angle) >= 60 and abs(factor - 1.0) < 0.08 else factor, about)

    def set_zoom(self, factor: float, about: QPoint | None = None) -> None:
        """Zoom about a point of the view, by default its middle."""
        factor = min(max(factor, ZOOM_MIN), ZOOM_MAX)
        if factor == self.zoom:
            return
        pixel = about if about is not None else self._view.viewport().rect().center()
        inverse, _ = self._view.viewportTransform().inverted()
        held = inverse.map(QPointF(pixel))
        self._view.setTransform(QTransform.fromScale(factor, factor))
        gone = self._view.viewportTransform().map(held) - QPointF(pixel)
        self.pan(round(gone.x()), round(gone.y()))
        self._zoomed.emit(factor)

    def show(self, area: QRectF, *, largest: float = 1.0, covered: QRectF | None = None) -> None:
        """Fit an area into the view. `covered` is a corner at the bottom left with something on it."""
        if area.isEmpty():
            self.set_zoom(1.0)
            self._view.centerOn(area.center())
            return
        whole = QRectF(self._view.viewport().rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        free = _roomiest(whole, covered, area)
        self.set_zoom(min(_fit(area, free), largest))
        middle = self._view.viewport().rect().center()
        shift = (QPointF(middle) - free.center()) / self.zoom
        self._view.centerOn(area.center() + shift)

    def reveal(self, area: QRectF) -> None:
        """Bring an area into view, with no more movement than that takes."""
        seen = self._view.viewport().rect()
        wanted = self._view.mapFromScene(area).boundingRect()
        right = _overhang(wanted.left(), wanted.right(), seen.left() + _EDGE, seen.right() - _EDGE)
        down = _overhang(wanted.top(), wanted.bottom(), seen.top() + _EDGE, seen.bottom() - _EDGE)
        self.pan(right, down)

    def seen(self) -> QRectF:
        """The part of the scene in view."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.mapRect(QRectF(self._view.viewport().rect()))


def _fit(area: QRectF, room: QRectF) -> float:
    return max(min(room.width() / area.width(), room.height() / area.height()), ZOOM_MIN)


def _roomiest(whole: QRectF, covered: QRectF | None, area: QRectF) -> QRectF:
    """Whichever of the room above and the room beside what is covered lets the area be larger."""
    if covered is None or covered.isEmpty():
        return whole
    above, beside = QRectF(whole), QRectF(whole)
    above.setBottom(covered.top() - 8)
    beside.setLeft(covered.right() + 8)
    choices = [room for room in (above, beside) if room.width() > 80 and room.height() > 80]
    return max(choices, key=lambda room: _fit(area, room), default=whole)


def _overhang(low: int, high: int, start: int, end: int) -> int:
    if high - low > end - start or low < start:
        return low - start
    return max(0, high - end)
