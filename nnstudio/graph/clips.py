"""A part of a drawing, to be put in again: beside itself, into another drawing, or by way of text.

The text of a part is a project file with nothing else in it, so it can be pasted into a file, and a whole file can be
pasted. What is pasted goes through the same reading as a file that is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from nnstudio.errors import DocumentError, LinkRefused, StorageError
from nnstudio.graph import records, rules, storage, writing
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.editing import several
from nnstudio.graph.marking import shifted
from nnstudio.graph.marks import Mark, order
from nnstudio.graph.nodes import Link, Node, NodeRef, Position
from nnstudio.graph.records import CutRecord
from nnstudio.graph.steps import fits
from nnstudio.params import Value

Way: TypeAlias = tuple[Position, ...]


@dataclass(frozen=True)
class Clip:
    """Nodes of a document with all wires that come in, those of one input in their order; and frames and comments.

    `token` names the document that they were copied from, whose ids the wires from outside have.
    """

    document: Document
    nodes: tuple[Node, ...]
    marks: tuple[Mark, ...]
    wires: Mapping[tuple[str, str], list[Link]]
    ways: Mapping[Link, Way]
    token: str

    @property
    def corners(self) -> tuple[Position, Position]:
        """The smallest and the largest coordinates of all places."""
        xs, ys = zip(*(each.at for each in (*self.nodes, *self.marks)), strict=True)
        return (min(xs), min(ys)), (max(xs), max(ys))


@dataclass(frozen=True)
class Pasted:
    """What came in, in the order of what was copied."""

    nodes: tuple[Node, ...]
    marks: tuple[Mark, ...]


def take(sheet: Sheet, references: Iterable[NodeRef], marks: Iterable[str] = ()) -> Clip:
    """The part of a drawing as it is now."""
    nodes = {node.id: node for node in map(sheet.node, references)}
    wires = {
        (node.id, port.name): links
        for node in nodes.values()
        for port in node.inputs
        if (links := sheet.links_into(node, port.name))
    }
    inner = {link: way for link, way in sheet.ways.items() if {link.source, link.target} <= nodes.keys()}
    ordered = sorted(nodes.values(), key=lambda node: node.order)
    written = sorted(map(sheet.mark, set(marks)), key=order)
    return Clip(sheet.document, tuple(ordered), tuple(written), wires, inner, sheet.document.token)


def put(sheet: Sheet, clip: Clip, shift: Position = (0.0, 0.0), *, outside: bool = False) -> Pasted:
    """The part once more, with the wires in it. Nothing is done where a node is refused.

    With `outside` also those wires that come from nodes which are still there. A block is used again where the document
    has it, else its definition comes along. Raises DocumentError, naming the node that may not be here.
    """
    with sheet.transaction(several("Paste", clip.nodes) if clip.nodes else "Paste"):
        around = {key: key for key in sheet.nodes} if outside and clip.token == sheet.document.token else {}
        ids = {node.id: _put_node(sheet, clip, node, shift).id for node in clip.nodes}
        sources = around | ids
        for link in (link for links in clip.wires.values() for link in links if link.source in sources):
            new = replace(link, source=sources[link.source], target=ids[link.target])
            _put_wire(sheet, new, shifted(clip.ways.get(link, ()), shift))
        marks = sheet.copy_marks(clip.marks, shift)
    return Pasted(tuple(map(sheet.node, ids.values())), tuple(marks))


def _put_node(sheet: Sheet, clip: Clip, node: Node, shift: Position) -> Node:
    at = node.at[0] + shift[0], node.at[1] + shift[1]
    try:
        return sheet.add_like(node, at, _params(sheet, clip, node) if node.block else node.params)
    except DocumentError as error:
        raise DocumentError(f"'{node.name}' can not be here: {error.message}", fix=error.fix) from error


def _put_wire(sheet: Sheet, link: Link, way: Way) -> None:
    """Unless it does not fit any more. It closes no cycle: no wire leads from a new node to one that was there."""
    try:
        rules.check_ends(sheet, link)
    except LinkRefused:
        return
    sheet.plug(link)
    sheet.lay(link, way)


def _params(sheet: Sheet, clip: Clip, node: Node) -> Mapping[str, Value]:
    """The values of an instance, as far as the block still takes them: it may have been edited since."""
    block = _block(sheet, clip, node)
    known = sheet.drawing.face(block).params_for({})
    kept = {name: value for name, value in node.params.items() if name in known and fits(known, name, value)}
    return {**kept, "block": block}


def _block(sheet: Sheet, clip: Clip, node: Node) -> str:
    """The definition to use: in the same document the one it was, so that the copies stay linked."""
    document, name = sheet.document, clip.document.blocks[node.block].name
    if clip.token == document.token and node.block in document.blocks and document.blocks[node.block].name == name:
        return node.block
    return document.import_block(clip.document, node.block).id


# As text


def text_of(sheet: Sheet, references: Iterable[NodeRef], marks: Iterable[str] = ()) -> str:
    """A part of a drawing as a project file."""
    clip = take(sheet, references, marks)
    chosen = {node.id for node in clip.nodes}
    wires = ((link, slot) for links in clip.wires.values() for slot, link in enumerate(links))
    entering = [wire for wire in wires if wire[0].source not in chosen]
    return writing.part_bytes(sheet, chosen, [mark.id for mark in clip.marks], entering).decode()


def from_text(text: str) -> Clip:
    """The part that a text tells of; of a whole project, its main drawing. Raises StorageError for any other text."""
    advice = "Copy nodes in NNStudio, or the text of a project file."
    if not text.lstrip().startswith("{"):
        raise StorageError("What was copied is no part of a drawing.", fix=advice)
    try:
        project = records.parse(text.encode("utf-8", "replace"))
        clip = _with_entering(storage.document_of(project), project.cut)
    except StorageError as error:
        words = f"What was copied is no part of a drawing: {error.message}"
        raise StorageError(words, fix=error.fix or advice) from error
    if not clip.nodes and not clip.marks:
        raise StorageError("What was copied is an empty project.", fix="Copy nodes first.")
    return clip


def _with_entering(document: Document, cut: CutRecord | None) -> Clip:
    """The wires from outside are put in where they were among those of their inputs."""
    clip = take(document, document.nodes, document.marks)
    if cut is None:
        return replace(clip, token="")
    wires = {end: [*links] for end, links in clip.wires.items()}
    for record in sorted(cut.entering, key=lambda record: record.slot):
        (source, output), (target, entry) = record.source.split("."), record.target.split(".")
        if target not in document.nodes or source in document.nodes:
            raise StorageError(f"the wire from {source} to {target} does not enter it.")
        wires.setdefault((target, entry), []).insert(record.slot, Link(source, output, target, entry))
    return replace(clip, wires=wires, token=cut.document)
