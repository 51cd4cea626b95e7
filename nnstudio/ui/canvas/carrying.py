"""Edits that end a drag of nodes: copied, put into a wire, pulled out of wires. Each is one undo step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from nnstudio.graph import clips, rewiring
from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.ui.canvas.layout import room_between
from nnstudio.ui.canvas.texts import tr


def copy(sheet: Sheet, keys: Collection[str], shift: Position) -> tuple[str, ...]:
    """Copies of nodes and marks that far away, with the wires among them; gives their ids."""
    marks = [key for key in keys if key in sheet.marks]
    clip = clips.take(sheet, [key for key in keys if key not in sheet.marks], marks)
    with sheet.transaction(_named(tr("Copy"), clip.nodes) if clip.nodes else tr("Copy")):
        pasted = clips.put(sheet, clip, shift)
    return tuple(thing.id for thing in (*pasted.nodes, *pasted.marks))


def put_into(sheet: Sheet, key: str, link: Link) -> None:
    """A node into a wire; the cards behind it make room. Raises LinkRefused."""
    with sheet.transaction(tr("Insert {type}").format(type=sheet.node(key).name)):
        rewiring.put_into(sheet, key, link)
        places = {node.id: node.at for node in sheet.nodes.values() if node.id != key}
        at, moved = room_between(link.source, link.target, places)
        sheet.move({**moved, key: (at.x(), at.y())})


def pull_out(sheet: Sheet, places: Mapping[str, Position], into: Link | None = None) -> None:
    """Nodes come out of their wires, which rejoin, and go to other places; a lone one into another wire."""
    nodes = [sheet.node(key) for key in places]
    with sheet.transaction(_named(tr("Pull out"), nodes)):
        rewiring.pull_out(sheet, nodes)
        if into is None:
            sheet.move(places)
        else:
            put_into(sheet, nodes[0].id, into)


def _named(verb: str, nodes: Iterable[Node]) -> str:
    listed = list(nodes)
    return f"{verb} {listed[0].name}" if len(listed) == 1 else tr("{} {} nodes").format(verb, len(listed))
