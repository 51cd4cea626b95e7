"""A stroke over wires with the right button: with Ctrl it cuts them, with Shift it puts a reroute point on each."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.items.card_paint import paint_ring
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.metrics import PORT


class StrokeGesture(Gesture):
    """What was crossed lights up; it is done on release, in one step."""

    cursor = Qt.CursorShape.CrossCursor
    scrolls = True
    tone = "accent"

    def __init__(self, view: Board) -> None:
        self._view = view
        self._stroke: list[QPointF] = []
        self._crossed: dict[Link, QPointF] = {}

    @property
    def crossed(self) -> dict[Link, QPointF]:
        """The wires that were crossed, and where."""
        return self._crossed

    def start(self, at: Pointer) -> None:
        self._stroke = [at.scene]

    def update(self, at: Pointer) -> None:
        """Only wires near the newest bit of the stroke are asked."""
        bit = QLineF(self._stroke[-1], at.scene)
        if bit.length() * self._view.zoom < 1:
            return
        self._stroke.append(at.scene)
        around = QRectF(bit.p1(), bit.p2()).normalized().adjusted(-1, -1, 1, 1)
        for item in self._view.canvas.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, LinkItem) and item.link not in self._crossed:
                place = _crossing(item, bit)
                if place is not None:
                    self._crossed[item.link] = place

    def finish(self, at: Pointer) -> None:
        self.update(at)
        if self._crossed:
            self.carry_out()

    def carry_out(self) -> None:
        """Do it to what was crossed."""

    def paint(self, painter: QPainter, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_crossed(painter)
        pen = QPen(theme.color(self.tone), 1.6, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(self._stroke))

    def paint_mark(self, painter: QPainter, at: QPointF) -> None:
        """What will be where a wire was crossed."""

    def _paint_crossed(self, painter: QPainter) -> None:
        glow = QColor(theme.color(self.tone))
        glow.setAlphaF(0.6)
        for link, place in self._crossed.items():
            if link in self._view.canvas.links:
                painter.setPen(QPen(glow, 5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(self._view.canvas.links[link].path)
                self.paint_mark(painter, place)


class CutGesture(StrokeGesture):
    """All wires that were crossed go."""

    tone = "bad"

    def carry_out(self) -> None:
        self._view.edits.cut_wires(self._crossed)

    def paint_mark(self, painter: QPainter, at: QPointF) -> None:
        """A cross."""
        painter.setPen(QPen(theme.color("text"), 2))
        for way in (QPointF(PORT, PORT), QPointF(PORT, -PORT)):
            painter.drawLine(at - way, at + way)


class RerouteGesture(StrokeGesture):
    """Each wire that was crossed gets a point there."""

    def carry_out(self) -> None:
        self._view.add_dots_at(self._crossed)

    def paint_mark(self, painter: QPainter, at: QPointF) -> None:
        """A dot."""
        paint_ring(painter, at, theme.color(self.tone))


def _crossing(wire: LinkItem, bit: QLineF) -> QPointF | None:
    """Where a bit of the stroke crosses a wire."""
    for corners in wire.path.toSubpathPolygons():
        points = corners.toList()
        for one, other in pairwise(points):
            kind, place = QLineF(one, other).intersects(bit)
            if kind == QLineF.IntersectionType.BoundedIntersection:
                return place
    return None
