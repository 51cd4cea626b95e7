"""What is taken already, and the nearest free place below a wish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nnstudio.graph.layout.parts import up_to_grid
from nnstudio.graph.nodes import Position

ROOM = 24.0
"""Between what is put somewhere and what is there."""
_COLUMN = 256.0


class Area(NamedTuple):
    """A rectangle of the drawing."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Taken:
    """Areas by columns, so that of thousands only a few are looked at."""

    def __init__(self, areas: Iterable[Area] = ()) -> None:
        self._columns: dict[int, list[Area]] = {}
        for area in areas:
            self.take(area)

    def take(self, area: Area) -> None:
        """From now on nothing is put there."""
        for column in _columns(area.left, area.right):
            self._columns.setdefault(column, []).append(area)

    def free(self, wish: Position, size: tuple[float, float]) -> Position:
        """The nearest place at or below a wish, with some room to what is there."""
        left, top = wish
        width, height = size
        near = {area for column in _columns(left - ROOM, left + width + ROOM) for area in self._columns.get(column, ())}
        for area in sorted(near, key=lambda area: area.top):
            if _beside(area.left, area.right, left, left + width) or _beside(area.top, area.bottom, top, top + height):
                continue
            top = up_to_grid(area.bottom + ROOM)
        return left, top

    def put(self, wish: Position, size: tuple[float, float]) -> Position:
        """The same, and it is taken from then on."""
        found = self.free(wish, size)
        self.take(Area(*found, *size))
        return found


def _beside(low: float, high: float, start: float, end: float) -> bool:
    return end + ROOM <= low or start >= high + ROOM


def _columns(left: float, right: float) -> Iterator[int]:
    return iter(range(int(left // _COLUMN), int(right // _COLUMN) + 1))
