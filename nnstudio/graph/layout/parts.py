"""What is laid out: cards and wires as plain numbers, and the connected parts they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from nnstudio.graph.nodes import Position

GRID = 8
"""Every place is a multiple of it."""


class Stopped(Exception):
    """Nobody waits for the layout any more."""


@dataclass(frozen=True)
class Box:
    """A card to be placed. One that `begins` goes to the very left, as data do, one that `ends` to the very right, as
    a loss does; `fixed` is the corner of one that stays where it is.
    """

    width: float
    height: float
    begins: bool = False
    ends: bool = False
    fixed: Position | None = None


@dataclass(frozen=True)
class Wire:
    """From a card to another, with how far its ports are below their cards' tops."""

    source: str
    target: str
    leaves: float = 0.0
    enters: float = 0.0


class Edge(NamedTuple):
    """A wire between nodes that are counted."""

    source: int
    target: int
    leaves: float
    enters: float


@dataclass
class Part:
    """Cards that hang together, counted from 0 in the order they were given."""

    keys: list[str]
    boxes: list[Box]
    edges: list[Edge] = field(default_factory=list)
    check: Callable[[], None] = lambda: None
    """Called now and then during long work; raises Stopped where nobody waits."""


def parts_of(boxes: Mapping[str, Box], wires: Iterable[Wire], check: Callable[[], None] = lambda: None) -> list[Part]:
    """The connected parts, in the order of their first cards; a wire to what is not laid out does not count."""
    known = [wire for wire in wires if wire.source in boxes and wire.target in boxes and wire.source != wire.target]
    leader = _leaders(boxes, known)
    parts: dict[str, Part] = {}
    number: dict[str, int] = {}
    for key, box in boxes.items():
        part = parts.setdefault(leader[key], Part([], [], check=check))
        number[key] = len(part.keys)
        part.keys.append(key)
        part.boxes.append(box)
    for wire in known:
        edge = Edge(number[wire.source], number[wire.target], wire.leaves, wire.enters)
        parts[leader[wire.source]].edges.append(edge)
    return list(parts.values())


def _leaders(boxes: Mapping[str, Box], wires: list[Wire]) -> dict[str, str]:
    """One card that stands for each card's part."""
    leader = {key: key for key in boxes}

    def find(key: str) -> str:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for wire in wires:
        leader[find(wire.source)] = find(wire.target)
    return {key: find(key) for key in boxes}


def up_to_grid(value: float) -> float:
    """The next line of the grid, at the value or beyond."""
    return float(-(-value // GRID) * GRID)


def to_grid(value: float) -> float:
    """The nearest line of the grid."""
    return float(round(value / GRID) * GRID)
