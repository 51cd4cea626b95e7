"""Which node leads to which: an order of computation, and cycles.

networkx has all of this; but importing it takes a tenth of the time until the window stands, for forty lines.
The tests hold these lines against it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from nnstudio.graph.nodes import Link


@dataclass
class Wiring:
    """Wires by both ends, each with how often it is there: the same wire may enter an Add twice."""

    _into: dict[str, dict[Link, int]] = field(default_factory=dict)
    _out: dict[str, dict[Link, int]] = field(default_factory=dict)

    def add_node(self, node: str) -> None:
        self._into[node] = {}
        self._out[node] = {}

    def remove_node(self, node: str) -> None:
        """All its wires are gone already."""
        del self._into[node], self._out[node]

    def add(self, link: Link) -> None:
        for ends in (self._out[link.source], self._into[link.target]):
            ends[link] = ends.get(link, 0) + 1

    def remove(self, link: Link) -> None:
        for ends in (self._out[link.source], self._into[link.target]):
            ends[link] -= 1
            if not ends[link]:
                del ends[link]

    def links_of(self, node: str) -> Iterator[Link]:
        """Every wire at a node, as often as it is there: those that come in, then those that go out."""
        for ends in (self._into[node], self._out[node]):
            for link, times in ends.items():
                yield from (link,) * times

    def reaches(self, start: str, goal: str) -> bool:
        """Whether wires lead from one node to another; every node reaches itself."""
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            if here == goal:
                return True
            fresh = {link.target for link in self._out[here]} - seen
            seen |= fresh
            waiting.extend(fresh)
        return False

    def behind(self, start: str) -> set[str]:
        """All nodes that wires lead to from a node, and itself."""
        seen, waiting = {start}, [start]
        while waiting:
            fresh = {link.target for link in self._out[waiting.pop()]} - seen
            seen |= fresh
            waiting.extend(fresh)
        return seen

    def in_order(self, age: dict[str, int]) -> list[str]:
        """Nodes that are in no cycle nor behind one, each after those it takes from; the older first (Kahn, 1962)."""
        missing = {node: len(links) for node, links in self._into.items()}
        ready = [(age[node], node) for node, count in missing.items() if not count]
        heapq.heapify(ready)
        order: list[str] = []
        while ready:
            _, here = heapq.heappop(ready)
            order.append(here)
            for link in self._out[here]:
                missing[link.target] -= 1
                if not missing[link.target]:
                    heapq.heappush(ready, (age[link.target], link.target))
        return order

    def cycle(self) -> Link | None:
        """A wire that is part of a cycle, or None where there is none."""
        left = set(self._into) - set(self.in_order(dict.fromkeys(self._into, 0)))
        here, seen = next(iter(left), ""), set[str]()
        while here and here not in seen:
            seen.add(here)
            link = next(link for link in self._into[here] if link.source in left)
            here = link.source
        return next((link for link in self._into[here] if link.source in left), None) if here else None
