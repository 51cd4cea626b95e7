"""Something new for the drawing: where it is wanted, and where what was chosen goes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor, QPainter

from nnstudio.graph.nodes import Link, Node
from nnstudio.ui import theme
from nnstudio.ui.canvas import layout
from nnstudio.ui.canvas.boxes.wish import Pulled, Wish
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.gestures.wire_paint import paint_wires
from nnstudio.ui.canvas.stage import Stage


class Adder:
    """`ask` lets the person choose; what is put in is chosen then, and brought into view."""

    def __init__(self, view: Stage, edits: Edits, ask: Callable[[Wish], object]) -> None:
        self._view, self._edits, self._ask = view, edits, ask
        self._pending: Wish | None = None

    def wait_for(self, wish: Wish | None) -> None:
        """What the person is choosing for: its wire is shown until then. None when it is over."""
        self._pending = wish
        self._view.viewport().update()

    def paint(self, painter: QPainter) -> None:
        """The pulled wire of what is being chosen, over the drawing."""
        pulled = self._pending.pulled if self._pending is not None else None
        item = self._view.canvas.nodes.get(pulled.node) if pulled is not None else None
        if self._pending is None or pulled is None or item is None:
            return
        spec = item.facts.outputs.get(pulled.port) if item.facts is not None and pulled.is_output else None
        color = theme.wire_color(spec.kind) if spec is not None else theme.color("accent")
        line = (item.port_at(pulled.port, pulled.is_output), self._pending.at)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_wires(painter, [line if pulled.is_output else line[::-1]], color, dashed=False)

    def ask_at(self, at: QPointF, pulled: Pulled | None = None) -> None:
        """For a place in the scene, and for the wire in the hand if there is one."""
        self._ask(Wish(at, pulled))

    def ask_into(self, link: Link, at: QPointF | None = None) -> None:
        """What to put into a wire; the box opens at a place in the scene, or in the middle of the wire."""
        self._ask(Wish(at or self._view.canvas.links[link].path.pointAtPercent(0.5), into=link))

    def ask_next(self) -> None:
        """By a key: what is to follow the chosen node, or else what to put where the mouse is."""
        chosen, nodes = self._view.canvas.chosen, self._view.canvas.nodes
        before = nodes[chosen[-1]] if chosen else None
        if before is None or not before.node.outputs or before.node.layer.is_loss:
            self.ask_at(self._under_mouse())
        else:
            self._ask(Wish(layout.right_of(before.card_rect, self._cards()), behind=before.node.id))

    def fulfil(self, wish: Wish, key: str, port: str = "") -> Node | None:
        """Put in what was chosen; `port` is that of the new node which takes or feeds the pulled wire."""
        if wish.into is not None:
            return self._show(self._edits.insert(key, wish.into))
        if wish.pulled is not None:
            return self._show(self._edits.add_wired(key, wish.at, wish.pulled, port))
        if wish.behind in self._view.canvas.nodes:
            return self._show(self._edits.add_after(key, wish.at, wish.behind))
        return self.add_at(key, wish.at)

    def add(self, key: str) -> Node | None:
        """A new node by its `stock` key: right of the chosen one and connected with it, or in mid-view."""
        chosen, nodes = self._view.canvas.chosen, self._view.canvas.nodes
        if chosen:
            at = layout.right_of(nodes[chosen[-1]].card_rect, self._cards())
            return self._show(self._edits.add_after(key, at, chosen[-1]))
        at = layout.under_mouse(self._view.navigator.seen().center())
        return self._show(self._edits.add(key, layout.free_place(at, self._cards())))

    def add_at(self, key: str, at: QPointF) -> Node | None:
        """A new node with the middle of its header at a place in the scene."""
        return self._show(self._edits.add(key, layout.under_mouse(at)))

    # Inside

    def _show(self, node: Node | None) -> Node | None:
        if node is not None:
            self._view.canvas.choose((node.id,))
            self._view.reveal((node.id,))
        return node

    def _cards(self) -> list[QRectF]:
        return [item.card_rect for item in self._view.canvas.nodes.values()]

    def _under_mouse(self) -> QPointF:
        """The mouse's place in the scene; the middle of the view where the mouse is elsewhere."""
        viewport = self._view.viewport()
        at = viewport.mapFromGlobal(QCursor.pos())
        if not viewport.rect().contains(at):
            at = viewport.rect().center()
        return self._view.mapToScene(at)
