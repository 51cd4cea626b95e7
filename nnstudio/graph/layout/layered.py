"""The automatic layout: layers from left to right.

Nodes are put into layers by the longest way that leads to them, ordered in their layers by sweeps of medians so that
few wires cross, and set such that chains run straight:

- K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of hierarchical system structures. IEEE
  Transactions on Systems, Man, and Cybernetics 11 (1981), 109-125.
- E. R. Gansner, E. Koutsofios, S. C. North, K.-P. Vo: A technique for drawing directed graphs. IEEE Transactions on
  Software Engineering 19 (1993), 214-230.
- U. Brandes, B. Köpf: Fast and simple horizontal coordinate assignment. Graph Drawing 2001, 31-44.

Nothing is drawn by lot, and where cards are now plays no part but for the corner of the whole: the same drawing
always gives the same places, and laying out a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import sqrt

from nnstudio.graph.layout.crossings import Ordering
from nnstudio.graph.layout.free import Area, Taken
from nnstudio.graph.layout.layers import Layers
from nnstudio.graph.layout.parts import Box, Part, Wire, parts_of, to_grid, up_to_grid
from nnstudio.graph.layout.rows import VIEW, Rows
from nnstudio.graph.layout.straight import Straightener
from nnstudio.graph.nodes import Position

BETWEEN_PARTS = 96.0
"""From one connected part to the next."""


def lay_out(
    boxes: Mapping[str, Box],
    wires: Iterable[Wire],
    corner: Position = (0.0, 0.0),
    *,
    around: Iterable[Area] = (),
    wrap: bool = True,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Position]:
    """A place for each card, the top left of the whole at `corner`; those that are fixed stay.

    `around` is what is not laid out: nothing is put on it. With `wrap` a long chain is set in rows. `check` is called
    now and then, and what it raises passes through.
    """
    parts = [_Placed(part, wrap) for part in parts_of(boxes, wires, check)]
    taken = Taken([*around, *(Area(*box.fixed, box.width, box.height) for box in boxes.values() if box.fixed)])
    held: dict[str, Position] = {}
    for part in parts:
        if part.hold:
            held.update(part.about_fixed(taken))
    if held:
        corner = min(x for x, _ in held.values()), max(y + boxes[key].height for key, (_, y) in held.items())
        corner = to_grid(corner[0]), up_to_grid(corner[1] + BETWEEN_PARTS)
    return held | _packed([part for part in parts if not part.hold], corner, taken)


class _Placed:
    """A connected part with the places of its cards, from its own corner."""

    def __init__(self, part: Part, wrap: bool) -> None:
        layers = Layers(part)
        Ordering(layers).run()
        self.places = Rows(layers, Straightener(layers).run()).places(wrap=wrap)
        self._boxes = dict(zip(part.keys, part.boxes, strict=True))
        self.width = max(up_to_grid(x + self._boxes[key].width) for key, (x, _) in self.places.items())
        self.height = max(up_to_grid(y + self._boxes[key].height) for key, (_, y) in self.places.items())
        fixed = [key for key, box in self._boxes.items() if box.fixed]
        self.hold = min(fixed, key=lambda key: self.places[key], default="")
        """The card that stays, about which the others are set."""

    def shifted(self, right: float, down: float) -> dict[str, Position]:
        return {key: (x + right, y + down) for key, (x, y) in self.places.items()}

    def about_fixed(self, taken: Taken) -> dict[str, Position]:
        """About the first card that is fixed; what would lie on something goes below that."""
        (x, y), (left, top) = self.places[self.hold], self._boxes[self.hold].fixed or (0.0, 0.0)
        wished = self.shifted(to_grid(left - x), to_grid(top - y))
        found: dict[str, Position] = {}
        for key in sorted(wished, key=lambda key: (wished[key][1], wished[key][0])):
            box = self._boxes[key]
            found[key] = box.fixed or taken.put(wished[key], (box.width, box.height))
        return found


def _packed(parts: list[_Placed], corner: Position, taken: Taken) -> dict[str, Position]:
    """One part below the other; small ones side by side, as far as there is room beside the widest."""
    places: dict[str, Position] = {}
    ground = sum((part.width + BETWEEN_PARTS) * (part.height + BETWEEN_PARTS) for part in parts)
    room = max([sqrt(ground * VIEW[0] / VIEW[1]), *(part.width for part in parts)])
    right, down, high, wide = 0.0, 0.0, 0.0, 0.0
    for part in parts:
        if right and right + part.width > room:
            right, down, high = 0.0, down + high + BETWEEN_PARTS, 0.0
        places.update(part.shifted(right, down))
        wide, high = max(wide, right + part.width), max(high, part.height)
        right += part.width + BETWEEN_PARTS
    left, top = taken.free((to_grid(corner[0]), to_grid(corner[1])), (wide, down + high))
    return {key: (x + left, y + top) for key, (x, y) in places.items()}
