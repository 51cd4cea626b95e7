"""Drag a node with Alt: it comes out of its wires, which rejoin; dropped on another wire, it is put into that one."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from nnstudio.graph import rewiring
from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas.gestures.gesture import Pointer
from nnstudio.ui.canvas.gestures.landing import Landing
from nnstudio.ui.canvas.gestures.move import MoveGesture
from nnstudio.ui.canvas.gestures.wire_paint import paint_wires


class PullOutGesture(MoveGesture):
    """Of several, those wires stay that are among them; frames and comments just come along.

    While dragging, dashes show where wires will rejoin.
    """

    _crossing: tuple[Link, ...] = ()
    _rejoined: tuple[Link, ...] = ()

    def lift(self) -> None:
        super().lift()
        if not self.moving:
            return
        sheet, mine = self._scene.sheet, self._before.keys() & self._scene.nodes.keys()
        links = {link for key in mine for link in self._scene.links_of(key)}
        self._crossing = tuple(link for link in links if not {link.source, link.target} <= mine)
        self._rejoined = tuple(rewiring.rejoined(sheet, mine))
        self._hide(True)
        if mine == self._before.keys() == {self._node}:
            self.landing = Landing(self._view, lambda link: rewiring.may_be_in(sheet, self._node, link))

    def finish(self, at: Pointer) -> None:
        if not self.moving:
            super().finish(at)
            return
        places, link = self.places(), self.landing.link if self.landing is not None else None
        self.put_back()
        nodes = [key for key in places if key in self._scene.nodes]
        self._view.edits.pull_out(nodes, places, link)

    def put_back(self) -> None:
        self._hide(False)
        super().put_back()

    def paint(self, painter: QPainter, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines: list[tuple[QPointF, QPointF]] = []
        for link in self._rejoined:
            source, target = self._scene.nodes[link.source], self._scene.nodes[link.target]
            lines.append((source.port_at(link.output, True), target.port_at(link.input, False)))
        paint_wires(painter, lines, theme.color("accent"), dashed=True)
        super().paint(painter, zoom)

    def _hide(self, hidden: bool) -> None:
        for link in self._crossing:
            if link in self._scene.links:
                self._scene.links[link].set_hidden(hidden)
