"""The drawing as text: how `graph.json` is written, sorted and with a line for each record."""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterable
from dataclasses import asdict
from typing import Any, TypeAlias

from nnstudio.graph import nesting
from nnstudio.graph.asking import Asking
from nnstudio.graph.blocks import Block, Promoted
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.looks import PLAIN
from nnstudio.graph.marks import Bookmark, Frame, Mark, kind, order
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.graph.race import Axis, Race
from nnstudio.graph.records import VERSION
from nnstudio.params import Value

Records: TypeAlias = dict[str, Any]

_json = json.JSONEncoder(ensure_ascii=False).encode


def graph_bytes(document: Document) -> bytes:
    """The drawing and the plan as sorted JSON; the same document gives the same bytes."""
    return text_of(graph_records(document))


def graph_records(document: Document) -> Records:
    """The same before it is text: values of their own, which a later edit does not touch."""
    nodes, links, notes = document.nodes.values(), _link_records(document), document.marks.values()
    more: Records = {}
    if document.bookmarks:
        more["bookmarks"] = [_bookmark_record(mark) for mark in document.bookmarks]
    if document.race is not None:
        more["race"] = _race_record(document.race)
    return _records(document, _drawn(nodes, links, notes), document.blocks, more)


def text_of(records: Records) -> bytes:
    """Takes the longer part of the time, and may be done on any thread."""
    return (_lines(records, "") + "\n").encode()


def part_bytes(
    sheet: Sheet, chosen: Collection[str], marks: Iterable[str], entering: Iterable[tuple[Link, int]]
) -> bytes:
    """A part of a drawing as a file of its own: nodes with the wires among them, marks, and the blocks they use.

    `entering` are wires from elsewhere, with their places, to be told beside.
    """
    nodes = [sheet.nodes[key] for key in chosen]
    uses = sheet.drawing.uses()
    blocks = {key for node in nodes if node.block for key in nesting.reach(uses, node.block)}
    wires = [{**_link_record(link, ()), "slot": slot} for link, slot in entering]
    drawn = _drawn(nodes, _link_records(sheet, chosen), [sheet.marks[key] for key in marks])
    more = {"cut": {"document": sheet.document.token, "entering": wires}}
    return text_of(_records(sheet.document, drawn, blocks, more))


def _drawn(nodes: Iterable[Node], links: list[dict[str, Any]], marks: Iterable[Mark]) -> dict[str, Any]:
    return {"nodes": _node_records(nodes), "links": links, "notes": _mark_records(marks)}


def _records(document: Document, drawn: Records, blocks: Iterable[str], more: Records) -> Records:
    used = sorted((document.blocks[key] for key in blocks), key=lambda block: int(block.id[1:]))
    return {
        "nnstudio": VERSION,
        "title": document.title,
        "nodes": drawn["nodes"],
        "links": drawn["links"],
        "blocks": {block.id: _block_record(block, document.sheet(block.id)) for block in used},
        "notes": drawn["notes"],
        "training": {name: _jsonable(value) for name, value in document.plan.values.items()},
        **more,
    }


def _jsonable(value: Value) -> Any:
    return list(map(_jsonable, value)) if isinstance(value, tuple) else value


def _node_records(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    return [_node_record(node) for node in sorted(nodes, key=lambda node: node.order)]


def _node_record(node: Node) -> dict[str, Any]:
    params = {name: _jsonable(value) for name, value in sorted(node.params.items())}
    record = {"id": node.id, "type": node.type, "name": node.name, "params": params, "at": [*map(_short, node.at)]}
    looks = asdict(node.looks) if node.looks != PLAIN else {}
    more = {
        "muted": node.muted,
        "frozen": node.tuning.frozen,
        "looks": {n: value for n, value in looks.items() if value},
    }
    rate = {} if node.tuning.lr is None else {"lr": node.tuning.lr}
    return record | {name: value for name, value in more.items() if value} | rate


def _link_records(sheet: Asking, chosen: Container[str] | None = None) -> list[dict[str, Any]]:
    """Wires by where they end; those of one input keep their order, which means something."""
    ports = {node.id: [port.name for port in node.inputs] for node in sheet.nodes.values()}
    links = [link for link in sheet.links if chosen is None or (link.source in chosen and link.target in chosen)]
    links.sort(key=lambda link: (int(link.target[1:]), ports[link.target].index(link.input)))
    return [_link_record(link, sheet.ways.get(link, ())) for link in links]


def _link_record(link: Link, way: Iterable[Position]) -> dict[str, Any]:
    record = {"from": f"{link.source}.{link.output}", "to": f"{link.target}.{link.input}"}
    return record | ({"via": [[*map(_short, point)] for point in way]} if way else {})


def _mark_records(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    return [_mark_record(mark) for mark in sorted(marks, key=order)]


def _mark_record(mark: Mark) -> dict[str, Any]:
    where = {"id": mark.id, "kind": kind(mark), "at": [*map(_short, mark.at)], "size": [*map(_short, mark.size)]}
    says = {"title": mark.title} if isinstance(mark, Frame) else {"text": mark.text}
    return where | {name: value for name, value in (says | {"color": mark.color}).items() if value}


def _bookmark_record(mark: Bookmark) -> dict[str, Any]:
    record = {"name": mark.name, "center": [*map(_short, mark.center)], "zoom": _short(mark.zoom)}
    return record | ({"block": mark.sheet} if mark.sheet else {})


def _race_record(race: Race) -> dict[str, Any]:
    record = {"axes": [_axis_record(axis) for axis in race.axes]}
    return record | {name: value for name, value in _told(race).items() if name != "axes"}


def _axis_record(axis: Axis) -> dict[str, Any]:
    if axis.span is None:
        return {"path": axis.path, "values": _jsonable(axis.values)}
    return {"path": axis.path, "span": asdict(axis.span)} | ({"whole": True} if axis.whole else {})


def _told(race: Race) -> dict[str, Any]:
    """What is otherwise than it usually is."""
    usual = Race()
    return {name: value for name, value in vars(race).items() if value != getattr(usual, name)}


def _block_record(block: Block, sheet: Asking) -> dict[str, Any]:
    promoted = [_promoted_record(promoted) for promoted in block.promoted]
    nodes, links = _node_records(sheet.nodes.values()), _link_records(sheet)
    record = {"name": block.name, "nodes": nodes, "links": links, "promoted": promoted}
    return record | ({"notes": _mark_records(sheet.marks.values())} if sheet.marks else {})


def _promoted_record(promoted: Promoted) -> dict[str, str]:
    return {"name": promoted.name, "node": promoted.node, "param": promoted.param}


def _short(coordinate: float) -> float | int:
    return int(coordinate) if float(coordinate).is_integer() else float(coordinate)


def _lines(records: dict[str, Any], indent: str) -> str:
    """An object with a line for each entry; a record in it takes a line too, so that a change is a line in a diff."""
    lines = [f"{indent}  {json.dumps(key)}: {_entry(value, f'{indent}  ')}" for key, value in records.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _entry(value: Any, indent: str) -> str:
    if isinstance(value, list) and value:
        inner = ",\n".join(f"{indent}  {_json(item)}" for item in value)
        return f"[\n{inner}\n{indent}]"
    if isinstance(value, dict) and any(map(_holds_records, value.values())):
        return _lines(value, indent)
    return _json(value)


def _holds_records(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
