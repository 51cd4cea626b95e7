"""The order in each layer, with as few wires crossing as sweeps of medians find."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from nnstudio.graph.layout.layers import Layers, Near

_SWEEPS = 16
_PATIENCE = 4
"""Sweeps without a gain, after which no more are made."""
_SMALL = 600
"""Up to so many nodes, neighbours are exchanged one by one at last."""


class Ordering:
    """Works on the layers in place. `place` is where each node is in its layer."""

    def __init__(self, layers: Layers) -> None:
        self._web = layers
        self._place = [0] * len(layers.rank)

    def run(self) -> None:
        """Put every layer in order."""
        self._first_order()
        best, kept, patience = self._count(), self._copy(), _PATIENCE
        for turn in range(_SWEEPS):
            if not best or not patience:
                break
            self._sweep(forward=turn % 2 == 0)
            now = self._count()
            patience -= 1
            if now < best:
                best, kept, patience = now, self._copy(), _PATIENCE
        self._restore(kept)
        if best and len(self._place) <= _SMALL:
            self._exchange()

    # One order after another

    def _first_order(self) -> None:
        """As one comes by when going deep from the left, the longest ways first."""
        web = self._web
        orders: list[list[int]] = [[] for _ in web.layers]
        seen = [False] * len(web.rank)
        for start in (node for layer in web.layers for node in layer):
            waiting = [start]
            while waiting:
                node = waiting.pop()
                if not seen[node]:
                    seen[node] = True
                    orders[web.rank[node]].append(node)
                    waiting.extend(sorted((near.node for near in web.behind[node]), key=self._urge))
        self._restore(orders)

    def _urge(self, node: int) -> tuple[int, int]:
        return self._web.through[node], -node

    def _sweep(self, *, forward: bool) -> None:
        web = self._web
        web.part.check()
        near = web.before if forward else web.behind
        for layer in web.layers if forward else reversed(web.layers):
            self._sort(layer, near)

    def _sort(self, layer: list[int], near: list[list[Near]]) -> None:
        """By the medians of neighbours; what has none there stays where it is."""
        if len(layer) < 2:
            return
        medians = {node: self._median(near[node]) for node in layer if near[node]}
        moving = iter(sorted(medians, key=lambda node: (medians[node], self._place[node])))
        layer[:] = [next(moving) if node in medians else node for node in layer]
        self._number(layer)

    def _median(self, near: list[Near]) -> float:
        places = sorted(self._spot(other) for other in near)
        middle = len(places) // 2
        return places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2

    def _spot(self, near: Near) -> float:
        """Where a wire ends in the next layer: ports of one card count in their order."""
        return self._place[near.node] + near.there / (self._web.height[near.node] + 1)

    # Crossings

    def _count(self) -> int:
        return sum(self._crossings(layer) for layer in self._web.layers)

    def _crossings(self, layer: list[int]) -> int:
        """Of the wires that leave a layer."""
        ends: list[float] = []
        crossings = 0
        for node in layer:
            wires = sorted((near.here, self._spot(near)) for near in self._web.behind[node])
            for _, end in wires:
                crossings += len(ends) - bisect_right(ends, end)
                insort(ends, end)
        return crossings

    def _exchange(self) -> None:
        """Neighbours change places where that saves a crossing, until it does nowhere."""
        for _ in range(_SWEEPS):
            if not sum(self._exchange_in(layer) for layer in self._web.layers):
                return

    def _exchange_in(self, layer: list[int]) -> bool:
        gained = False
        for upper in range(len(layer) - 1):
            first, second = layer[upper], layer[upper + 1]
            if self._tangle(second, first) < self._tangle(first, second):
                layer[upper], layer[upper + 1] = second, first
                gained = True
                self._number(layer)
        return gained

    def _tangle(self, upper: int, lower: int) -> int:
        """How often the wires of two nodes cross, if one stands over the other."""
        crossings = 0
        for near in (self._web.before, self._web.behind):
            below = sorted(self._spot(other) for other in near[lower])
            crossings += sum(bisect_left(below, self._spot(other)) for other in near[upper])
        return crossings

    # Keeping

    def _number(self, layer: list[int]) -> None:
        for place, node in enumerate(layer):
            self._place[node] = place

    def _copy(self) -> list[list[int]]:
        return [list(layer) for layer in self._web.layers]

    def _restore(self, orders: list[list[int]]) -> None:
        for layer, order in zip(self._web.layers, orders, strict=True):
            layer[:] = order
            self._number(layer)
