"""Edits of the ways of wires: reroute points come, move and go. Each is one undo step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Position
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.canvas.wiring.dots import Dot


def add_dots(sheet: Sheet, places: Mapping[Link, tuple[int, Position]]) -> None:
    """On each of these wires one more point: between which others, and where."""
    name = tr("Add reroute point") if len(places) == 1 else tr("Add {0} reroute points").format(len(places))
    with sheet.transaction(name):
        for link, (slot, at) in places.items():
            way = list(sheet.ways.get(link, ()))
            sheet.set_way(link, [*way[:slot], at, *way[slot:]])


def move_dot(sheet: Sheet, dot: Dot, at: Position) -> None:
    """A point is elsewhere."""
    link, index = dot
    way = list(sheet.ways[link])
    way[index] = at
    with sheet.transaction(tr("Move reroute point")):
        sheet.set_way(link, way)


def remove_dots(sheet: Sheet, dots: Iterable[Dot]) -> None:
    """These points are gone; the wires stay."""
    gone: dict[Link, set[int]] = {}
    for link, index in dots:
        gone.setdefault(link, set()).add(index)
    count = sum(map(len, gone.values()))
    name = tr("Delete reroute point") if count == 1 else tr("Delete {0} reroute points").format(count)
    with sheet.transaction(name):
        for link, indices in gone.items():
            way = sheet.ways.get(link, ())
            sheet.set_way(link, [point for index, point in enumerate(way) if index not in indices])


def straighten(sheet: Sheet, links: Iterable[Link]) -> None:
    """Wires take their own ways again."""
    with sheet.transaction(tr("Straighten wires")):
        for link in links:
            if link in sheet.ways:
                sheet.set_way(link, ())
