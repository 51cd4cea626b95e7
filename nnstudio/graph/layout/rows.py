"""From layers to places: side by side, and a long chain in rows one below the other, as text is set.

A row ends where a single wire leads on, so that what belongs together stays together; only where that leaves a drawing
far too wide, also where several wires lead on that come from one port, as from one residual block to the next.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import inf, sqrt

from nnstudio.graph.layout.layers import Layers
from nnstudio.graph.layout.parts import up_to_grid
from nnstudio.graph.nodes import Position

ACROSS = 56.0
"""Between a layer and the next."""
BETWEEN_ROWS = 64.0
"""Room for the wire that leads from one row to the next."""
VIEW = (1200.0, 750.0)
"""A drawing is to be seen in that room, as large as it can be."""
_GOOD_ENOUGH = 0.9
"""Fewer rows are better than a drawing that is only so little larger."""
_ONE_ROW = 0.8
"""And a single one is better still."""
_MOST_TRIED = 6
_MUCH_LARGER = 1.5
"""So much larger a drawing has to be seen for several wires to lead from one row to the next."""


class Rows:
    """Cuts the layers of a part into rows."""

    def __init__(self, layers: Layers, tops: list[float]) -> None:
        self._web = layers
        self._tops = tops
        count = range(len(layers.layers))
        boxes = layers.part.boxes
        self._widths = [max(up_to_grid(boxes[node].width) for node in layers.cards(layer)) for layer in count]
        self._lefts = list(accumulate((width + ACROSS for width in self._widths), initial=0.0))
        self._highest = [min(tops[node] for node in layers.cards(layer)) for layer in count]
        self._lowest = [max(tops[node] + layers.height[node] for node in layers.cards(layer)) for layer in count]
        self._lead = 1 if self._has_lead() else 0
        """Data stand at the left of all rows, in a column of their own."""
        self._ends: list[int] = []

    def places(self, *, wrap: bool = True) -> dict[str, Position]:
        """Where each card goes; the smallest x and y are 0."""
        starts = self._starts() if wrap else [self._lead]
        placed: dict[str, Position] = {}
        down = 0.0
        for first, beyond in pairwise([*starts, len(self._widths)]):
            begin = 0 if first == self._lead else first
            high, low = min(self._highest[begin:beyond]), max(self._lowest[begin:beyond])
            for layer in range(begin, beyond):
                self._put(layer, self._left_of(layer, first), down - high, placed)
            down += low - high + BETWEEN_ROWS
        return placed

    def _left_of(self, layer: int, first: int) -> float:
        if layer < self._lead:
            return 0.0
        return self._lefts[self._lead] + self._lefts[layer] - self._lefts[first]

    def _put(self, layer: int, left: float, down: float, placed: dict[str, Position]) -> None:
        for node in self._web.cards(layer):
            placed[self._web.part.keys[node]] = (left, self._tops[node] + down)

    # Where rows may end

    def _has_lead(self) -> bool:
        first = list(self._web.cards(0))
        return len(first) == 1 and self._web.part.boxes[first[0]].begins and len(self._web.layers) > 1

    def _good_ends(self, *, strict: bool) -> list[int]:
        """After which layers a row may end: the number of the next."""
        last = len(self._widths) - 1
        return [layer + 1 for layer in range(self._lead, last) if self._may_end(layer, strict)] + [last + 1]

    def _may_end(self, layer: int, strict: bool) -> bool:
        leaving = [(node, near.here) for node in self._web.layers[layer] for near in self._web.behind[node]]
        return len(leaving if strict else set(leaving)) == 1

    # How many rows

    def _starts(self) -> list[int]:
        """Where the rows begin."""
        self._ends = self._good_ends(strict=True)
        zoom, starts = self._best()
        self._ends = self._good_ends(strict=False)
        larger, more = self._best()
        return more if larger >= _MUCH_LARGER * zoom else starts

    def _best(self) -> tuple[float, list[int]]:
        """The fewest rows with which the drawing is seen about as large as it can be."""
        tried: list[tuple[float, list[int]]] = []
        for count in self._counts():
            starts = self._cut(self._narrowest(count))
            tried.append((self._zoom(starts), starts))
        largest = max(zoom for zoom, _ in tried)
        zoom, starts = tried[0]
        if zoom >= _ONE_ROW * largest:
            return zoom, starts
        return next((zoom, starts) for zoom, starts in tried if zoom >= _GOOD_ENOUGH * largest)

    def _counts(self) -> list[int]:
        """Few rows, and as many as would fill the view."""
        most = max(len(self._ends), 1)
        high = max(self._lowest) - min(self._highest) + BETWEEN_ROWS
        about = round(sqrt(self._lefts[-1] / high * VIEW[1] / VIEW[0]))
        tried = (*range(1, _MOST_TRIED), about - 1, about, about + 1)
        return sorted({min(count, most) for count in tried if count > 0})

    def _narrowest(self, count: int) -> float:
        """A width with which there are no more than so many rows, and hardly a smaller one."""
        total = self._lefts[-1] - self._lefts[self._lead]
        low, high = total / count, total
        while high - low > ACROSS:
            middle = (low + high) / 2
            if len(self._cut(middle)) <= count:
                high = middle
            else:
                low = middle
        return high

    def _cut(self, width: float) -> list[int]:
        """Where rows begin that are no wider than that, as far as they can be cut."""
        starts, good = [self._lead], self._lead
        for end in self._ends:
            if self._lefts[end] - self._lefts[starts[-1]] > width and good > starts[-1]:
                starts.append(good)
            good = end
        return starts

    def _zoom(self, starts: list[int]) -> float:
        wide, high = 0.0, 0.0
        for first, beyond in pairwise([*starts, len(self._widths)]):
            wide = max(wide, self._left_of(beyond - 1, first) + self._widths[beyond - 1])
            high += max(self._lowest[first:beyond]) - min(self._highest[first:beyond]) + BETWEEN_ROWS
        return min(1.0, VIEW[0] / (wide or inf), VIEW[1] / high)
