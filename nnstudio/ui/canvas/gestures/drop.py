"""A layer or block dragged from the palette: its ghost shows where it lands, and the wire it goes into lights up."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui import theme
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.hits import WIRE_REACH, hit
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.layout import NEW_CARD, under_mouse
from nnstudio.ui.canvas.metrics import HEADER, RADIUS, font

MIME = "application/x-nnstudio-layer"


class DropGesture(Gesture):
    """The card is held by the middle of its header."""

    def __init__(self, view: Board, key: str) -> None:
        self._view, self._edits, self._key = view, view.edits, key
        self._title, self._between = view.edits.title_of(key), view.edits.goes_between(key)
        self._at = QPointF()
        self._wire: LinkItem | None = None

    def update(self, at: Pointer) -> None:
        self._at = under_mouse(at.scene)
        found = hit(self._view.canvas, at.scene, 0.0, WIRE_REACH / self._view.zoom)
        self._wire = found.link if self._between else None

    def finish(self, at: Pointer) -> None:
        self.update(at)
        if self._wire is not None:
            node = self._edits.insert(self._key, self._wire.link)
        else:
            node = self._edits.add(self._key, self._at)
        if node is not None:
            self._view.canvas.choose((node.id,))

    def paint(self, painter: QPainter, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = theme.color("accent")
        if self._wire is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 5))
            painter.drawPath(self._wire.path)
        fill = QColor(theme.color("raised"))
        fill.setAlphaF(0.75)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self._at, NEW_CARD), RADIUS, RADIUS)
        painter.setFont(font(13, True))
        painter.setPen(theme.color("text"))
        header = QRectF(self._at, NEW_CARD)
        header.setHeight(HEADER)
        painter.drawText(header, Qt.AlignmentFlag.AlignCenter, self._title)
