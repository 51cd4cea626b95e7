"""The wires of a scene: which there are, whose they are, and which way they go.

A wire costs what it touches. Those that go round other cards are drawn anew a moment later, all at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.link_item import LinkItem
from nnstudio.ui.canvas.metrics import CARD_WIDTH
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.routing import Obstacles, route

_FAR = 1.5 * CARD_WIDTH


class Wires:
    """Follows the cards that it is given. Whoever moves them says so."""

    def __init__(self, scene: QGraphicsScene, nodes: Mapping[str, NodeItem]) -> None:
        self.items: dict[Link, LinkItem] = {}
        self._scene, self._nodes = scene, nodes
        self._counts: dict[Link, int] = {}
        self._of: dict[str, set[Link]] = {}
        self._far: set[Link] = set()
        self._obstacles: Obstacles | None = None

    def of(self, node: str) -> Collection[Link]:
        """The wires of a node."""
        return self._of.get(node, ())

    def add(self, link: Link) -> None:
        """One item for a wire, also where the same one is there twice."""
        self._counts[link] = self._counts.get(link, 0) + 1
        if self._counts[link] > 1:
            return
        wire = self.items[link] = LinkItem(link)
        for end in (link.source, link.target):
            self._of.setdefault(end, set()).add(link)
        self._scene.addItem(wire)
        self._dress(wire)
        self._route(link)

    def remove(self, link: Link) -> bool:
        """True if none of its kind is left."""
        self._counts[link] -= 1
        if self._counts[link]:
            return False
        del self._counts[link]
        self._far.discard(link)
        for end in (link.source, link.target):
            self._of.get(end, set()).discard(link)
        self._scene.removeItem(self.items.pop(link))
        return True

    def node_gone(self, node: str) -> None:
        """Its wires went before it did."""
        self._of.pop(node, None)
        self.displaced()

    def clear(self) -> None:
        """Forget all; the items are gone already."""
        for kept in (self.items, self._counts, self._of, self._far):
            kept.clear()
        self.displaced()

    def dress(self) -> None:
        """The drawing was understood anew."""
        for wire in self.items.values():
            self._dress(wire)

    # Ways

    def follow(self, nodes: Iterable[str]) -> None:
        """These cards are elsewhere: their wires come along, and nothing else is drawn anew."""
        for link in {link for node in nodes for link in self.of(node)}:
            self._route(link)

    def displaced(self) -> None:
        """Cards are not where they were."""
        self._obstacles = None

    def ignore(self, nodes: Collection[str]) -> None:
        """Until cards are displaced, wires do not go round these."""
        cards = [item.taken_rect for key, item in self._nodes.items() if key not in nodes]
        self._obstacles = Obstacles(cards)

    def settle(self) -> None:
        """After a burst of changes: wires that go round others."""
        for link in self._far:
            self._route(link)

    # Inside

    def _route(self, link: Link) -> None:
        source, target = self._nodes[link.source], self._nodes[link.target]
        if self._obstacles is None:
            self._obstacles = Obstacles(item.taken_rect for item in self._nodes.values())
        start, end = source.port_at(link.output, True), target.port_at(link.input, False)
        far = not 0 < end.x() - start.x() < _FAR
        (self._far.add if far else self._far.discard)(link)
        self.items[link].set_route(route(start, end, source.taken_rect, target.taken_rect, self._obstacles))

    def _dress(self, wire: LinkItem) -> None:
        """What a wire carries, and what is wrong with that where it ends."""
        source, target = self._nodes[wire.link.source], self._nodes[wire.link.target]
        spec = source.facts.outputs.get(wire.link.output) if source.facts else None
        wrong = [str(p) for p in target.problems if p.severity == "error" and p.port == wire.link.input]
        several = len(source.card.outputs) > 1
        wire.set_state(spec, wrong[0] if wrong else "", wire.link.output if several else "")
