"""The layers of a part: its nodes, and a way through every layer for wires that are longer than one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nnstudio.graph.layout.parts import Edge, Part, up_to_grid
from nnstudio.graph.layout.ranks import ranks_of

LANE = 8.0
"""Height that a wire takes where it passes between cards."""
_MOST_LANES = 3
"""Places for long wires, for each node on average. Those longest of all then go without."""


class Near(NamedTuple):
    """A neighbour: how far its port is below its top, and how far the own one is."""

    node: int
    there: float
    here: float


class Layers:
    """Nodes from 0 to `real` are cards, further ones places where long wires pass. Wires of one port share theirs."""

    def __init__(self, part: Part) -> None:
        found = ranks_of(part)
        self.part = part
        self.real = len(part.keys)
        self.rank = list(found.rank)
        self.through = list(found.through)
        self.height = [up_to_grid(box.height) for box in part.boxes]
        self.before: list[list[Near]] = [[] for _ in part.keys]
        self.behind: list[list[Near]] = [[] for _ in part.keys]
        self._connect(found.edges)
        self.layers: list[list[int]] = [[] for _ in range(max(self.rank) + 1)]
        for node, rank in enumerate(self.rank):
            self.layers[rank].append(node)

    def is_card(self, node: int) -> bool:
        return node < self.real

    def cards(self, layer: int) -> Iterator[int]:
        """The cards of a layer, from above."""
        return (node for node in self.layers[layer] if node < self.real)

    def _connect(self, edges: list[Edge]) -> None:
        """The shortest first, so that what is left out for want of room is the longest."""
        ports: dict[tuple[int, float], list[Edge]] = {}
        for edge in edges:
            if not self._goes_round(edge):
                ports.setdefault((edge.source, edge.leaves), []).append(edge)
        for wires in ports.values():
            wires.sort(key=lambda edge: self.rank[edge.target])
        room = _MOST_LANES * self.real + 1000
        for wires in sorted(ports.values(), key=lambda wires: self._length(wires[-1])):
            room -= self._length(wires[-1]) - 1
            self._lead(wires if room >= 0 else [edge for edge in wires if self._length(edge) == 1])

    def _goes_round(self, edge: Edge) -> bool:
        """A label's way from the data to the loss: around everything, not through."""
        boxes = self.part.boxes
        return boxes[edge.source].begins and boxes[edge.target].ends and self._length(edge) > 1

    def _length(self, edge: Edge) -> int:
        return self.rank[edge.target] - self.rank[edge.source]

    def _lead(self, wires: list[Edge]) -> None:
        """The wires of one port, the shortest first."""
        for edge in wires[:1]:
            node, leaves = edge.source, edge.leaves
        for edge in wires:
            while self.rank[node] < self.rank[edge.target] - 1:
                passing = self._pass(self.rank[node] + 1)
                self._join(node, passing, leaves, LANE / 2)
                node, leaves = passing, LANE / 2
            self._join(node, edge.target, leaves, edge.enters)

    def _pass(self, rank: int) -> int:
        self.rank.append(rank)
        self.through.append(0)
        self.height.append(LANE)
        self.before.append([])
        self.behind.append([])
        return len(self.rank) - 1

    def _join(self, source: int, target: int, leaves: float, enters: float) -> None:
        self.behind[source].append(Near(target, enters, leaves))
        self.before[target].append(Near(source, leaves, enters))
