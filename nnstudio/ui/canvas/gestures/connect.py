"""Drag from a port to a port to make a wire; from an input that has a wire, to pick that wire up."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsView, QToolTip

from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.card_paint import paint_ring
from nnstudio.ui.canvas.edits import Edits
from nnstudio.ui.canvas.gestures.gesture import DRAG_FROM, Gesture, Pointer
from nnstudio.ui.canvas.gestures.wiring import DOUBTFUL, FITS, REFUSED, Drag, End, Verdict
from nnstudio.ui.canvas.link_item import WIDTH, LinkItem
from nnstudio.ui.canvas.metrics import PORT, SNAP_REACH
from nnstudio.ui.canvas.routing import direct
from nnstudio.ui.canvas.scene import CanvasScene

_TONES = {FITS: "accent", DOUBTFUL: "warning", REFUSED: "line"}


class ConnectGesture(Gesture):
    """The wire follows the mouse and snaps to the nearest port that takes it."""

    cursor = Qt.CursorShape.CrossCursor
    scrolls = True

    def __init__(self, view: QGraphicsView, scene: CanvasScene, edits: Edits, pressed: End) -> None:
        self._view, self._scene, self._edits = view, scene, edits
        self._pressed = pressed
        self._drag, self._picked_item = self._begin(pressed)
        self._ends = [(end, self._drag.judge(end)) for end in self._others()]
        self._tip: QPointF = pressed.at
        self._snapped: End | None = None
        self._verdict: Verdict | None = None
        self._from = QPointF()
        self._dragging = False

    @property
    def snapped_to(self) -> End | None:
        return self._snapped

    def start(self, at: Pointer) -> None:
        self._from = QPointF(at.view)

    def update(self, at: Pointer) -> None:
        if not self._dragging:
            if (QPointF(at.view) - self._from).manhattanLength() < DRAG_FROM:
                return
            self._dragging = True
            if self._picked_item is not None:
                self._picked_item.set_hidden(True)
        zoom = self._view.transform().m11()
        self._snapped, self._verdict = self._nearest(at.scene, SNAP_REACH / zoom)
        taken = self._snapped is not None and self._verdict is not None and self._verdict.answer != REFUSED
        self._tip = self._snapped.at if taken and self._snapped else at.scene
        self._tell(at)

    def finish(self, at: Pointer) -> None:
        self._end()
        if not self._dragging:
            return
        picked_up = self._drag.picked_up
        if self._snapped is not None:
            self._edits.connect_ports(self._drag.link_to(self._snapped), picked_up)
        elif picked_up is not None:
            self._edits.delete((), (picked_up,))

    def cancel(self) -> None:
        self._end()

    def paint(self, painter: QPainter, zoom: float) -> None:
        if not self._dragging:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_wire(painter)
        seen = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        for end, verdict in self._ends:
            if seen.contains(end.at):
                self._paint_port(painter, end, verdict)
        held = self._drag.held
        paint_ring(painter, held.at, theme.color("accent"), PORT + 1)

    def _begin(self, pressed: End) -> tuple[Drag, LinkItem | None]:
        """The wire hangs on the port that was pressed, or, if that is an input with a wire, on the wire's other end."""
        link = self._wire_at(pressed)
        if link is None:
            return Drag(self._scene, pressed, None), None
        source = self._scene.nodes[link.source]
        spot = source.plan.spot(link.output, True)
        assert spot is not None, "a wire begins at a port"
        return Drag(self._scene, End(source, spot), link), self._scene.links[link]

    def _wire_at(self, end: End) -> Link | None:
        """The wire at an input; of several the last."""
        if end.spot.is_output:
            return None
        present = self._scene.sheet.links_into(end.item.node.id, end.spot.name)
        return present[-1] if present else None

    def _others(self) -> list[End]:
        """All ports of the other side."""
        wanted = not self._drag.held.spot.is_output
        nodes = self._scene.nodes.values()
        return [End(item, spot) for item in nodes for spot in item.plan.spots if spot.is_output == wanted]

    def _nearest(self, at: QPointF, reach: float) -> tuple[End | None, Verdict | None]:
        """The nearest port that takes the wire; one that refuses it only where none does."""
        best: tuple[bool, float, End, Verdict] | None = None
        for end, verdict in self._ends:
            gap = end.at - at
            if abs(gap.x()) > reach or abs(gap.y()) > reach:
                continue
            distance = (gap.x() ** 2 + gap.y() ** 2) ** 0.5
            ranked = (verdict.answer == REFUSED, distance, end, verdict)
            if distance <= reach and (best is None or ranked[:2] < best[:2]):
                best = ranked
        return (best[2], best[3]) if best else (None, None)

    def _tell(self, at: Pointer) -> None:
        """Why a port refuses, or what is wrong with the shape, beside the mouse."""
        if self._verdict is not None and self._verdict.reason:
            place = self._view.viewport().mapToGlobal(at.view)
            QToolTip.showText(place, texts.plain(self._verdict.reason), self._view.viewport())
        else:
            QToolTip.hideText()

    def _end(self) -> None:
        QToolTip.hideText()
        if self._picked_item is not None:
            self._picked_item.set_hidden(False)

    def _paint_wire(self, painter: QPainter) -> None:
        held = self._drag.held
        start, end = (held.at, self._tip) if held.spot.is_output else (self._tip, held.at)
        pen = QPen(self._wire_color(), WIDTH)
        if self._verdict is not None and self._verdict.answer != FITS:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(direct(start, end).path)

    def _wire_color(self) -> QColor:
        if self._verdict is not None and self._verdict.answer != FITS:
            return theme.color("bad" if self._verdict.answer == REFUSED else "warning")
        held = self._drag.held
        known = held.spot.is_output and held.item.facts
        spec = held.item.facts.outputs.get(held.spot.name) if known and held.item.facts else None
        return theme.wire_color(spec.kind) if spec else theme.color("accent")

    def _paint_port(self, painter: QPainter, end: End, verdict: Verdict) -> None:
        at = end.at
        if verdict.answer == REFUSED:
            paint_ring(painter, at, theme.color("line"))
            return
        near = end == self._snapped
        glow = QColor(theme.color(_TONES[verdict.answer]))
        glow.setAlphaF(0.45 if near else 0.22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawEllipse(at, PORT + (7 if near else 4), PORT + (7 if near else 4))
        paint_ring(painter, at, theme.color(_TONES[verdict.answer]), PORT + (1.5 if near else 0.5))
