"""Drag a reroute point of a wire; drag the middle of a wire to make one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from nnstudio.graph.nodes import Link, Position
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.wiring import ways


class DotGesture(Gesture):
    """Freely; with Shift on the grid. A click chooses the point or, without one, the wire."""

    cursor = Qt.CursorShape.SizeAllCursor
    scrolls = True

    def __init__(self, view: Board, link: Link, index: int | None) -> None:
        """`index` of None is a new point."""
        self._view, self._link, self._index = view, link, index
        self._pressed = Pointer(QPointF(), view.viewport().rect().center())
        self._way = list(view.canvas.sheet.ways.get(link, ()))
        self._slot = 0 if index is None else index
        self._dragging = False
        self._chosen_before = view.canvas.chosen_things, view.canvas.chosen_links, view.canvas.dots.chosen

    def start(self, at: Pointer) -> None:
        self._pressed = at
        if self._index is not None:
            self._view.canvas.choose_dot((self._link, self._index), at.adding)

    def update(self, at: Pointer) -> None:
        if not self._dragging:
            if not at.dragged_from(self._pressed):
                return
            self._dragging = True
            if self._index is None:
                start, end = self._view.canvas.links[self._link].ends
                self._slot = ways.slot_at(start, self._way, end, self._pressed.scene)
        self._view.canvas.wires.lead(self._link, self._led(at))

    def finish(self, at: Pointer) -> None:
        if not self._dragging:
            if self._index is None:
                self._view.canvas.choose_wire(self._link, at.adding)
            return
        self._put_back()
        place = self._place(at)
        if self._index is None:
            self._view.edits.add_dots({self._link: (self._slot, place)})
        else:
            self._view.edits.move_dot((self._link, self._index), place)
        self._view.canvas.choose_dot((self._link, self._slot))

    def cancel(self) -> None:
        if self._dragging:
            self._put_back()
        things, links, dots = self._chosen_before
        self._view.canvas.choose(things, links)
        ways = self._view.canvas.sheet.ways
        self._view.canvas.dots.choose((link, index) for link, index in dots if index < len(ways.get(link, ())))

    def _led(self, at: Pointer) -> list[Position]:
        before, after = self._way[: self._slot], self._way[self._slot + (self._index is not None) :]
        return [*before, self._place(at), *after]

    def _place(self, at: Pointer) -> Position:
        point = snapped(at.scene) if at.shift else at.scene
        return point.x(), point.y()

    def _put_back(self) -> None:
        if self._link in self._view.canvas.links:
            self._view.canvas.wires.lead(self._link, None)
