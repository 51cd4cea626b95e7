"""The wires of a scene: which there are, whose they are, and which way they go.

A wire costs what it touches. Those that go round other cards are drawn anew a moment later, all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph.nodes import Link, Position
from nnstudio.ui.canvas.link_item import LinkItem
from nnstudio.ui.canvas.metrics import CARD_WIDTH
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.routing import Obstacles, route
from nnstudio.ui.canvas.ways import led

Way: TypeAlias = Sequence[Position]
_FAR = 1.5 * CARD_WIDTH


class Wires:
    """Follows the cards that it is given. Whoever moves them says so."""

    def __init__(
        self, scene: QGraphicsScene, nodes: Mapping[str, NodeItem], ways: Callable[[], Mapping[Link, Way]]
    ) -> None:
        """`ways` gives the points through which wires are led, for those that have any."""
        self.items: dict[Link, LinkItem] = {}
        self._scene, self._nodes, self._ways = scene, nodes, ways
        self._led: dict[Link, Way] = {}
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
        self._led.pop(link, None)
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
        for kept in (self.items, self._counts, self._of, self._far, self._led):
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

    def lead(self, link: Link, way: Way | None = None) -> None:
        """While a hand leads it: through these points. Without any: as the document says."""
        if way is None:
            self._led.pop(link, None)
        else:
            self._led[link] = way
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
        way = self._led.get(link) or self._ways().get(link)
        if way:
            self._far.discard(link)
            start, end = source.port_at(link.output, True), target.port_at(link.input, False)
            self.items[link].set_route(led(start, way, end))
            return
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
