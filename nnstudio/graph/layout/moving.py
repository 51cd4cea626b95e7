"""From new places to one step of the document: the wires' ways, frames and comments go along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.graph.document import Sheet
from nnstudio.graph.layout.free import Area
from nnstudio.graph.marks import Frame, Mark, Size
from nnstudio.graph.nodes import Position

_NEAR = 160.0
"""A comment that is no farther from a card belongs to it."""


@dataclass(frozen=True)
class Shift:
    """A card before, and where it goes."""

    before: Area
    after: Area

    @property
    def by(self) -> Position:
        return self.after.left - self.before.left, self.after.top - self.before.top


def rearrange(sheet: Sheet, name: str, places: Mapping[str, Position], sizes: Mapping[str, Size]) -> None:
    """Put nodes, by their ids, at these places in one step called `name`; `sizes` are those of all cards.

    A frame stays around what lies in it, and a comment beside the card that it is near to. A wire whose ends part has
    no way of its own any more: it would lead to where nothing is.
    """
    shifts = {key: _shift(sheet.node(key).at, places.get(key), size) for key, size in sizes.items()}
    with sheet.transaction(name):
        for link in list(sheet.ways):
            if shifts[link.source].by != shifts[link.target].by:
                sheet.set_way(link, ())
        for mark in list(sheet.marks.values()):
            area = _followed(mark, list(shifts.values()))
            sheet.change_mark(mark.id, at=area[:2], size=area[2:])
        sheet.move(places)


def holds_cards(sheet: Sheet, sizes: Mapping[str, Size]) -> bool:
    """Whether a frame of the drawing has cards in it."""
    cards = [Area(*sheet.node(key).at, *size) for key, size in sizes.items()]
    return any(_inside(card, _area(mark)) for mark in sheet.marks.values() if isinstance(mark, Frame) for card in cards)


def _shift(at: Position, new: Position | None, size: Size) -> Shift:
    return Shift(Area(*at, *size), Area(*(at if new is None else new), *size))


def _followed(mark: Mark, shifts: list[Shift]) -> Area:
    """Where a frame or comment goes."""
    area = _area(mark)
    if isinstance(mark, Frame):
        held = [shift for shift in shifts if _inside(shift.before, area)]
        return _around(area, held) if held else area
    nearest = min(shifts, key=lambda shift: _distance(shift.before, area), default=None)
    if nearest is None or _distance(nearest.before, area) > _NEAR:
        return area
    return Area(area.left + nearest.by[0], area.top + nearest.by[1], area.width, area.height)


def _around(frame: Area, held: list[Shift]) -> Area:
    """As far from its cards on every side as it was."""
    before, after = _bounds([shift.before for shift in held]), _bounds([shift.after for shift in held])
    left, top = after.left - (before.left - frame.left), after.top - (before.top - frame.top)
    right, bottom = after.right + (frame.right - before.right), after.bottom + (frame.bottom - before.bottom)
    return Area(left, top, right - left, bottom - top)


def _bounds(areas: list[Area]) -> Area:
    left, top = min(area.left for area in areas), min(area.top for area in areas)
    return Area(left, top, max(area.right for area in areas) - left, max(area.bottom for area in areas) - top)


def _area(mark: Mark) -> Area:
    return Area(*mark.at, *mark.size)


def _inside(card: Area, frame: Area) -> bool:
    across = frame.left <= card.left and card.right <= frame.right
    return across and frame.top <= card.top and card.bottom <= frame.bottom


def _distance(one: Area, other: Area) -> float:
    """From edge to edge; 0 where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    along = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    return float((across**2 + along**2) ** 0.5)
