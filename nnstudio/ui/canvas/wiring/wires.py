"""The wires of a scene: which there are, whose they are, and which way they go.

A burst of changes costs what it touches: wires are only noted while cards come, go and move, and find their way all at
once when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph.nodes import Link, Position
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.wiring.routing import Box, Obstacles, box_of, heeds_others, route
from nnstudio.ui.canvas.wiring.ways import led

Way: TypeAlias = Sequence[Position]
Span: TypeAlias = tuple[float, float]
"""From left to right."""
_MARGIN = 10.0
"""A wire turns no farther than this beyond its ports when it looks for a free lane."""


class Wires:
    """Follows the cards that it is given. Whoever adds, moves or removes one says so."""

    def __init__(
        self, scene: QGraphicsScene, nodes: Mapping[str, NodeItem], ways: Callable[[], Mapping[Link, Way]]
    ) -> None:
        """`ways` gives the points through which wires are led, for those that have any."""
        self.items: dict[Link, LinkItem] = {}
        self._scene, self._nodes, self._ways = scene, nodes, ways
        self._led: dict[Link, Way] = {}
        self._counts: dict[Link, int] = {}
        self._of: dict[str, set[Link]] = {}
        self._taken: dict[str, Box] = {}
        """What each card takes of the paper, where wires find no way."""
        self._titles: Mapping[str, Box] = {}
        """Of frames, along which no wire goes."""
        self._heeding: dict[Link, Span] = {}
        """Wires whose way depends on other cards, with where those would have to be."""
        self._astray: dict[Link, None] = {}
        """Wires that have to find their way anew."""
        self._disturbed: Span | None = None
        """Where cards have come, gone or moved since wires have found their way."""
        self.ignored: Collection[str] = frozenset()
        """Cards in the hand."""
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
        self._astray[link] = None

    def remove(self, link: Link) -> bool:
        """True if none of its kind is left."""
        self._counts[link] -= 1
        if self._counts[link]:
            return False
        del self._counts[link]
        self._astray.pop(link, None)
        self._heeding.pop(link, None)
        self._led.pop(link, None)
        for end in (link.source, link.target):
            self._of[end].discard(link)
        self._scene.removeItem(self.items.pop(link))
        return True

    def clear(self) -> None:
        """Forget all; the items are gone already."""
        for kept in (self.items, self._counts, self._of, self._taken, self._heeding, self._astray, self._led):
            kept.clear()
        self._disturbed, self.ignored, self._obstacles = None, frozenset(), None
        self._titles = {}

    def dress(self, nodes: Iterable[str]) -> None:
        """These nodes are understood otherwise than before."""
        for link in {link for node in nodes for link in self.of(node)}:
            self._dress(self.items[link])

    # Cards

    def node_placed(self, node: str) -> None:
        """A card is there, perhaps for the first time, or is elsewhere now, or of another size or with other ports."""
        box = box_of(self._nodes[node].taken_rect)
        self._astray.update(dict.fromkeys(self.of(node)))
        if box != self._taken.get(node):
            self._disturb(self._taken.get(node))
            self._taken[node] = box
            self._disturb(box)
        if node in self.ignored:
            self._heed_all()

    def node_gone(self, node: str) -> None:
        """Its wires went before it did."""
        self._of.pop(node, None)
        self._disturb(self._taken.pop(node))

    def set_titles(self, titles: Mapping[str, Box]) -> None:
        """Where the titles of frames are now."""
        for one, other in ((titles, self._titles), (self._titles, titles)):
            for key, box in one.items():
                if other.get(key) != box:
                    self._disturb(box)
        self._titles = titles

    def ignore(self, nodes: Collection[str]) -> None:
        """Until one of these cards is placed, wires do not go round them."""
        self.ignored = frozenset(nodes)
        self._obstacles = None

    # Ways

    def follow(self, nodes: Collection[str]) -> None:
        """These cards are being dragged: their wires come along, and nothing else is drawn anew."""
        ways = self._ways()
        for link in {link for node in nodes for link in self.of(node)}:
            self._route(link, ways, carried=link.source in nodes and link.target in nodes)

    def lead(self, link: Link, way: Way | None = None) -> None:
        """While a hand leads it: through these points. Without any: as the document says."""
        if way is None:
            self._led.pop(link, None)
        else:
            self._led[link] = way
        self._route(link, self._ways())

    def way_changed(self, link: Link) -> None:
        """The document says otherwise than before."""
        self._led.pop(link, None)
        self._astray[link] = None

    def settle(self) -> None:
        """All wires that have to find their way, now."""
        if self._disturbed is not None:
            low, high = self._disturbed
            self._disturbed = None
            self._astray.update((link, None) for link, (a, b) in self._heeding.items() if a < high and b > low)
        if self._astray:
            ways = self._ways()
            for link in self._astray:
                self._route(link, ways)
            self._astray.clear()

    # Inside

    def _route(self, link: Link, ways: Mapping[Link, Way], *, carried: bool = False) -> None:
        """`carried`: both cards are in the hand, so the wire may keep its shape."""
        wire, source, target = self.items[link], self._nodes[link.source], self._nodes[link.target]
        start, end = source.port_at(link.output, True), target.port_at(link.input, False)
        way = self._led.get(link) or ways.get(link)
        if way:
            self._heeding.pop(link, None)
            wire.set_route(led(start, way, end))
        elif not (carried and link not in self._astray and wire.carried(start, end)):
            self._heed(link, start, end)
            wire.set_route(route(start, end, source.taken_rect, target.taken_rect, self._in_the_way()))

    def _heed(self, link: Link, start: QPointF, end: QPointF) -> None:
        """Remember which cards its way depends on."""
        if heeds_others(start, end):
            left, right = sorted((start.x(), end.x()))
            self._heeding[link] = (left - _MARGIN, right + _MARGIN)
        else:
            self._heeding.pop(link, None)

    def _in_the_way(self) -> Obstacles:
        if self._obstacles is None:
            ignored = self.ignored
            cards = (box for node, box in self._taken.items() if node not in ignored)
            self._obstacles = Obstacles(cards, self._titles.values())
        return self._obstacles

    def _disturb(self, box: Box | None) -> None:
        """Wires that go past a card or a title may have to go otherwise."""
        self._obstacles = None
        if box is not None:
            left, _, right, _ = box
            low, high = self._disturbed or (left, right)
            self._disturbed = min(low, left), max(high, right)

    def _heed_all(self) -> None:
        """The drag is over."""
        for node in self.ignored:
            self._disturb(self._taken.get(node))
        self.ignored, self._obstacles = frozenset(), None

    def _dress(self, wire: LinkItem) -> None:
        """What a wire carries, and what is wrong with that where it ends."""
        source, target = self._nodes[wire.link.source], self._nodes[wire.link.target]
        spec = source.facts.outputs.get(wire.link.output) if source.facts else None
        wrong = [str(p) for p in target.problems if p.severity == "error" and p.port == wire.link.input]
        several = len(source.card.outputs) > 1
        wire.set_state(spec, wrong[0] if wrong else "", wire.link.output if several else "")
