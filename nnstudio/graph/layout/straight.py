"""How high each node stands: chains run straight, nothing overlaps, and the rest comes near its neighbours.

Nodes that are to be on one level are tied together first, as Brandes and Köpf do, the longest way through the network
before all others. What is tied is then shifted as one towards the median of what it is wired to, as far as there is
room.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from itertools import pairwise
from statistics import median

from nnstudio.graph.layout.layers import Layers, Near
from nnstudio.graph.layout.parts import to_grid

GAP = 48.0
"""Between a card and the next one below it: room for a wire to pass."""
LANE_GAP = 16.0
"""Between a card and a wire that passes it, and between two such wires."""
_SLIGHT = 16.0
"""Cards whose ports differ by no more are put on one line, and their wire is bent a little: that looks calmer."""
_PASSES = 8


class Straightener:
    """From ordered layers to heights."""

    def __init__(self, layers: Layers) -> None:
        self._web = layers
        count = len(layers.rank)
        self._place = [0] * count
        for layer in layers.layers:
            for place, node in enumerate(layer):
                self._place[node] = place
        self._next: list[int] = [-1] * count
        self._previous: list[int] = [-1] * count
        self._row = [0] * count
        """The number of what a node is tied into."""
        self._inner = [0.0] * count
        """How far a node is below the top of that."""

    def run(self) -> list[float]:
        """The top of each node."""
        self._tie_all()
        rows = self._make_rows()
        self._find_bounds(len(rows))
        tops = self._pile(len(rows))
        wishes = [self._wishes(row) for row in rows]
        for _ in range(_PASSES):
            self._web.part.check()
            moved = self._shift(tops, wishes, list(reversed(self._sorted)))
            if not self._shift(tops, wishes, self._sorted) and not moved:
                break
        return [tops[self._row[node]] + self._inner[node] for node in range(len(self._row))]

    # Tying

    def _tie_all(self) -> None:
        for layer in self._web.layers:
            ties: list[tuple[int, int]] = []
            for _, source, target in sorted(self._candidates(layer)):
                self._tie(source, target, ties)

    def _candidates(self, layer: list[int]) -> list[tuple[tuple[float, ...], int, int]]:
        """Wires to the next layer, what should be straight before all else first."""
        web = self._web
        found: list[tuple[tuple[float, ...], int, int]] = []
        for node in layer:
            middle = median([self._place[near.node] for near in web.behind[node]] or [0])
            for near in web.behind[node]:
                passing = (not web.is_card(node)) + (not web.is_card(near.node))
                long = min(web.through[node], web.through[near.node])
                kind = (0, 2, 1)[passing]
                urge = (kind, -long, near.there, abs(self._place[near.node] - middle))
                found.append((urge, node, near.node))
        return found

    def _tie(self, source: int, target: int, ties: list[tuple[int, int]]) -> None:
        """Put two on one level, unless one of them is taken or the tie would cross another."""
        if self._next[source] >= 0 or self._previous[target] >= 0:
            return
        pair = (self._place[source], self._place[target])
        at = bisect_left(ties, pair)
        if (at and ties[at - 1][1] > pair[1]) or (at < len(ties) and ties[at][1] < pair[1]):
            return
        ties.insert(at, pair)
        self._next[source], self._previous[target] = target, source

    def _make_rows(self) -> list[list[int]]:
        rows: list[list[int]] = []
        for start in range(len(self._row)):
            if self._previous[start] < 0:
                rows.append(self._make_row(start, len(rows)))
        return rows

    def _make_row(self, start: int, number: int) -> list[int]:
        row, inner = [start], 0.0
        self._row[start] = number
        while self._next[row[-1]] >= 0:
            node = self._next[row[-1]]
            near = next(near for near in self._web.behind[row[-1]] if near.node == node)
            drop = near.here - near.there
            inner = to_grid(inner + drop) if abs(drop) > _SLIGHT else inner
            self._row[node], self._inner[node] = number, inner
            row.append(node)
        return row

    # Room

    def _find_bounds(self, count: int) -> None:
        """What stands over what, and how far its top must be from the other's."""
        self._above: list[dict[int, float]] = [{} for _ in range(count)]
        self._below: list[dict[int, float]] = [{} for _ in range(count)]
        for layer in self._web.layers:
            for upper, lower in pairwise(layer):
                first, second = self._row[upper], self._row[lower]
                apart = self._inner[upper] + self._room(upper, lower) - self._inner[lower]
                apart = max(apart, self._below[first].get(second, apart))
                self._below[first][second] = self._above[second][first] = apart
        self._sorted = self._from_above(count)

    def _room(self, upper: int, lower: int) -> float:
        cards = self._web.is_card(upper) and self._web.is_card(lower)
        return self._web.height[upper] + (GAP if cards else LANE_GAP)

    def _from_above(self, count: int) -> list[int]:
        """The rows such that each comes after those over it. Ties do not cross, so there is no ring."""
        waiting = [len(self._above[row]) for row in range(count)]
        ready = deque(row for row in range(count) if not waiting[row])
        found = []
        while ready:
            row = ready.popleft()
            found.append(row)
            for other in self._below[row]:
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return found

    def _pile(self, count: int) -> list[float]:
        """As high up as there is room."""
        tops = [0.0] * count
        for row in self._sorted:
            tops[row] = max((tops[other] + apart for other, apart in self._above[row].items()), default=0.0)
        return tops

    def _wishes(self, row: list[int]) -> list[tuple[int, float]]:
        """For each wire to another row: that row, and where this one's top would be beside its top."""
        wishes = []
        for node in row:
            for near in (*self._web.before[node], *self._web.behind[node]):
                if self._row[near.node] != self._row[node]:
                    wishes.append((self._row[near.node], self._beside(node, near)))
        return wishes

    def _beside(self, node: int, near: Near) -> float:
        return self._inner[near.node] + near.there - self._inner[node] - near.here

    def _shift(self, tops: list[float], wishes: list[list[tuple[int, float]]], order: list[int]) -> bool:
        """Each row towards the median of its wishes, as far as there is room. True if one moved."""
        moved = False
        for row in order:
            if not wishes[row]:
                continue
            top = to_grid(median([tops[other] + beside for other, beside in wishes[row]]))
            top = min([top, *(tops[other] - apart for other, apart in self._below[row].items())])
            top = max([top, *(tops[other] + apart for other, apart in self._above[row].items())])
            moved = moved or top != tops[row]
            tops[row] = top
        return moved
