"""Align and distribute cards, and put them on the grid: where each goes, of those that move at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from nnstudio.graph.layout.parts import Box, to_grid
from nnstudio.graph.nodes import Position

Cards: TypeAlias = Mapping[str, tuple[Position, Box]]
"""Where each card is; one that is fixed stays, and the others go by it."""
EDGES = ("left", "center", "right", "top", "middle", "bottom")
AXES = ("horizontal", "vertical")
_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
"""How far along a card the line is that is brought on one level."""


def align(cards: Cards, edge: str) -> dict[str, Position]:
    """One of EDGES on one level: the outermost one's, or the middle of all. Where some are fixed, theirs."""
    axis, share = EDGES.index(edge) // 3, _SHARE[edge]
    leading = [card for card in cards.values() if card[1].fixed] or list(cards.values())
    if not leading:
        return {}
    low = min(at[axis] for at, _ in leading)
    high = max(at[axis] + _size(box, axis) for at, box in leading)
    level = low + share * (high - low)
    return _moved(cards, axis, {key: level - share * _size(box, axis) for key, (_, box) in cards.items()})


def distribute(cards: Cards, axis_name: str) -> dict[str, Position]:
    """The same gap between each and the next; the two outermost stay. AXES tells which way."""
    axis = AXES.index(axis_name)
    row = sorted(cards, key=lambda key: (cards[key][0][axis] + _size(cards[key][1], axis) / 2, key))
    if len(row) < 3:
        return {}
    begin = cards[row[0]][0][axis]
    end = cards[row[-1]][0][axis] + _size(cards[row[-1]][1], axis)
    gap = (end - begin - sum(_size(cards[key][1], axis) for key in row)) / (len(row) - 1)
    places: dict[str, float] = {}
    for key in row:
        places[key] = begin
        begin += _size(cards[key][1], axis) + gap
    return _moved(cards, axis, {key: places[key] for key in row[1:-1]})


def snap(cards: Cards) -> dict[str, Position]:
    """Each on the nearest crossing of the grid."""
    snapped = {key: (to_grid(at[0]), to_grid(at[1])) for key, (at, box) in cards.items() if not box.fixed}
    return {key: at for key, at in snapped.items() if at != cards[key][0]}


def _size(box: Box, axis: int) -> float:
    return (box.width, box.height)[axis]


def _moved(cards: Cards, axis: int, places: Mapping[str, float]) -> dict[str, Position]:
    """The cards that are not there yet, and may be moved."""
    found: dict[str, Position] = {}
    for key, place in places.items():
        (x, y), box = cards[key]
        at = (place, y) if axis == 0 else (x, place)
        if not box.fixed and at != (x, y):
            found[key] = at
    return found
