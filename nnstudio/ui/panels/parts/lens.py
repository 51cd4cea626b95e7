"""Zoom and pan of a picture that a widget paints itself."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

LEAST, MOST = 0.08, 3.0
STEP = 1.25
_WHEEL = 1.0015
"""One notch of a mouse's wheel is 120 of these."""


class Lens:
    """`zoom` pixels for one of the picture's, whose point 0, 0 lies at `shift` in the widget."""

    def __init__(self) -> None:
        self.zoom = 1.0
        self.shift = QPointF()

    def transform(self) -> QTransform:
        return QTransform(self.zoom, 0, 0, self.zoom, self.shift.x(), self.shift.y())

    def into(self, point: QPointF) -> QPointF:
        """A point of the widget in the picture."""
        return (point - self.shift) / self.zoom

    def seen(self, room: QRectF) -> QRectF:
        """What of the picture is seen in a room of the widget."""
        return QRectF(self.into(room.topLeft()), self.into(room.bottomRight()))

    def shown(self, area: QRectF) -> QRectF:
        """Where an area of the picture lies in the widget."""
        return self.transform().mapRect(area)

    def zoom_to(self, zoom: float, about: QPointF) -> None:
        """The point of the widget under which one zooms stays where it is."""
        held = self.into(about)
        self.zoom = min(max(zoom, LEAST), MOST)
        self.shift = about - held * self.zoom

    def wheel(self, angle: float, about: QPointF) -> None:
        self.zoom_to(self.zoom * _WHEEL**angle, about)

    def pan(self, by: QPointF) -> None:
        self.shift = self.shift + by

    def fit(self, area: QRectF, room: QRectF, *, least: float = 0.0, largest: float = 1.0) -> None:
        """All of an area in the middle of a room. With `least` no smaller than that: then its left end is seen."""
        if area.isEmpty() or room.isEmpty():
            return
        zoom = min(room.width() / area.width(), room.height() / area.height(), largest)
        self.zoom = min(max(zoom, least, LEAST), MOST)
        self.shift = room.center() - area.center() * self.zoom
        if self.shown(area).left() < room.left():
            self.pan(QPointF(room.left() - self.shown(area).left(), 0.0))

    def reveal(self, area: QRectF, room: QRectF) -> None:
        """Bring an area into view with no more movement than that takes."""
        seen = self.shown(area)
        right = _overhang(seen.left(), seen.right(), room.left(), room.right())
        down = _overhang(seen.top(), seen.bottom(), room.top(), room.bottom())
        self.pan(QPointF(-right, -down))


def _overhang(low: float, high: float, start: float, end: float) -> float:
    if high - low > end - start or low < start:
        return low - start
    return max(0.0, high - end)
