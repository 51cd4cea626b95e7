"""Edits of wires: put, taken out, led another way, in another order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QPointF

from nnstudio.graph import rewiring
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.ui import stock
from nnstudio.ui.canvas.edits import leading
from nnstudio.ui.canvas.edits.telling import TellingEdits, told
from nnstudio.ui.canvas.layout import room_between, room_for
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.wiring.dots import Dot

_NOWHERE: Mapping[str, Position] = MappingProxyType({})


class WireEdits(TellingEdits):
    """Each is one undo step."""

    @told
    def connect_all(self, links: Sequence[Link], instead_of: Sequence[Link] = ()) -> None:
        """Wires in place of those at their inputs, and of those that were picked up, which keep their places."""
        if tuple(links) == tuple(instead_of):
            return
        name = self.tr("Connect") if not instead_of else self.tr("Move wire")
        with self.sheet.transaction(name if len(links) == 1 else self.tr("Move {0} wires").format(len(links))):
            ways = [self.sheet.ways.get(link, ()) for link in instead_of]
            slots = {(link.target, link.input): self._take_out(link) for link in instead_of}
            for link in links:
                slot = slots.get((link.target, link.input))
                start, end = f"{link.source}.{link.output}", f"{link.target}.{link.input}"
                self.sheet.connect(start, end, replace=True, slot=slot)
            for link, way in zip(links, ways, strict=False):  # a new wire was led nowhere yet
                self.sheet.set_way(link, way)

    @told
    def cut_wires(self, links: Collection[Link]) -> None:
        """Wires away that a stroke has crossed."""
        name = self.tr("Cut wire") if len(links) == 1 else self.tr("Cut {0} wires").format(len(links))
        with self.sheet.transaction(name):
            for link in links:
                self.sheet.disconnect(link)

    @told
    def add_dots(self, places: Mapping[Link, tuple[int, Position]]) -> None:
        leading.add_dots(self.sheet, places)

    @told
    def move_dot(self, dot: Dot, at: Position) -> None:
        leading.move_dot(self.sheet, dot, at)

    @told
    def remove_dots(self, dots: Iterable[Dot]) -> None:
        leading.remove_dots(self.sheet, dots)

    @told
    def straighten(self, links: Iterable[Link]) -> None:
        leading.straighten(self.sheet, links)

    @told
    def unplug(self, nodes: Iterable[str]) -> None:
        """All wires of nodes away."""
        found = [self.sheet.node(key) for key in nodes]
        with self.sheet.transaction(self._named(self.tr("Disconnect"), found)):
            for node in found:
                for link in self.sheet.links_of(node):
                    self.sheet.disconnect(link)

    # Into a wire, and out of it

    @told
    def insert(self, key: str, link: Link) -> Node:
        """A new node put into a wire; the cards behind it make room."""
        places = {node.id: node.at for node in self.sheet.nodes.values()}
        at, moved = room_between(link, places, self.sheet.behind(link.target))
        with self.sheet.transaction(self.tr("Insert {type}").format(type=stock.title_of(self.sheet.document, key))):
            self.sheet.move(moved)
            node = stock.put(self.sheet, key, snapped(at).toTuple())
            slot = self._take_out(link)
            self.sheet.connect(f"{link.source}.{link.output}", node)
            self.sheet.connect(node, f"{link.target}.{link.input}", slot=slot)
        self.added.emit(key, self.sheet.node(link.source).type)
        return node

    def may_insert(self, node: str, link: Link) -> bool:
        """Whether a node that is there can be put into a wire."""
        return rewiring.way_through(self.sheet, node, link) is not None

    @told
    def insert_node(self, node: str, link: Link, at: QPointF) -> Node:
        """A node that is there put into a wire, at a place or right of it; the cards behind it make room."""
        with self.sheet.transaction(self.tr("Insert {type}").format(type=self.sheet.node(node).name)):
            self._put_in(node, link, at)
        return self.sheet.node(node)

    @told
    def pull_out(
        self, nodes: Iterable[str], places: Mapping[str, Position] = _NOWHERE, into: Link | None = None
    ) -> None:
        """Nodes lose their wires to others, which are joined without them; then `places` are taken, as by a move.

        The first is put into another wire where there is one.
        """
        found = [self.sheet.node(key) for key in nodes]
        with self.sheet.transaction(self._named(self.tr("Pull out"), found)):
            rewiring.pull_out(self.sheet, found)
            marks, keys = self._parted(places)
            self.sheet.move({key: places[key] for key in keys}, {key: places[key] for key in marks})
            if into is not None:
                self._put_in(found[0].id, into, QPointF(*self.sheet.node(found[0]).at))

    @told
    def remove_rejoined(self, things: Iterable[str], verb: str = "") -> None:
        """Nodes, frames and comments go, and what came in goes on to where the nodes' output went."""
        marks, keys = self._parted(things)
        nodes, notes = [self.sheet.node(key) for key in keys], [self.sheet.mark(key) for key in marks]
        with self.sheet.transaction(self._named(verb or self.tr("Delete"), nodes, notes)):
            rewiring.remove_rejoined(self.sheet, nodes)
            self.sheet.remove_marks(*marks)

    # Other ends, another order

    @told
    def swap(self, links: Sequence[Link]) -> tuple[Link, Link] | None:
        """Two wires change their ends."""
        if len(links) != 2:
            fix = self.tr("Click one wire, Ctrl+click the other, and swap again.")
            self.tell(self.tr("Swapping takes two wires."), fix)
            return None
        return rewiring.swap(self.sheet, *links)

    @told
    def swap_inputs(self, node: str) -> None:
        """What comes in at the two inputs of a node changes places."""
        rewiring.swap_inputs(self.sheet, node)

    @told
    def shift_wire(self, links: Sequence[Link], by: int) -> None:
        """The one chosen wire earlier or later among those of its input."""
        wires = self.sheet.links_into(links[0].target, links[0].input) if len(links) == 1 else []
        if len(wires) < 2:
            words = self.tr("Only wires of an input that takes many have an order.")
            self.tell(words, self.tr("Choose one wire into an Add or a Concatenate."))
            return
        goals = {place + by for place, link in enumerate(wires) if link == links[0]} & set(range(len(wires)))
        goals = {place for place in goals if wires[place] != links[0]}  # it may be there more than once
        if goals:
            goal = max(goals) if by > 0 else min(goals)
            self.sheet.reorder(links[0], goal, goal - by)

    # Inside

    def _put_in(self, node: str, link: Link, at: QPointF) -> None:
        """The step of which it is made."""
        rewiring.put_into(self.sheet, node, link)
        places = {each.id: each.at for each in self.sheet.nodes.values() if each.id != node}
        place, moved = room_for(at, link, places, self.sheet.behind(link.target))
        self.sheet.move({**moved, node: place.toTuple()})

    def _take_out(self, link: Link) -> int:
        """The wire is gone; gives the place it had among those at its input."""
        slot = self.sheet.links_into(link.target, link.input).index(link)
        self.sheet.disconnect(link)
        return slot
