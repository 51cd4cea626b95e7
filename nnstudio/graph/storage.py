"""The project file: `name.nnstudio.json` is the drawing alone, sorted and diffable; `name.nnstudio` is a zip with the
weights too.

Reading trusts nothing: a closed schema, a closed registry, caps on every size, duplicate keys and later versions
refused. A file that can not be read gives one StorageError, and the document that is open is not touched.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import msgspec

from nnstudio.errors import NNStudioError, StorageError
from nnstudio.graph import archive, expansion, nesting, records, rules
from nnstudio.graph import changes as ch
from nnstudio.graph.blocks import Block, Promoted, grouped
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.drawing import MAIN
from nnstudio.graph.looks import PLAIN, Looks
from nnstudio.graph.marking import checked_looks, checked_mark
from nnstudio.graph.marks import Comment, Frame
from nnstudio.graph.nodes import PLANNED, Link, Node, Tuning
from nnstudio.graph.race import Axis, Race, Span
from nnstudio.graph.records import (
    MAX_BLOCKS,
    MAX_BOOKMARKS,
    MAX_LINKS,
    MAX_MARKS,
    MAX_NODES,
    BlockRecord,
    CommentRecord,
    FrameRecord,
    LinkRecord,
    NodeRecord,
    Project,
    PromotedRecord,
    RaceRecord,
)
from nnstudio.graph.training import Trained, upgraded
from nnstudio.graph.tuning import check_tunable, checked_tuning
from nnstudio.graph.writing import graph_bytes as graph_bytes

Stamp: TypeAlias = tuple[int, int]
"""Of a file: when it was written, in nanoseconds, and its length."""


def save(document: Document, path: Path) -> None:
    """Write the project whole or not at all; what was there before is kept as `.bak`. Raises StorageError.

    A name that ends in `.json` takes the drawing alone, any other takes the weights and the history too.
    """
    graph = graph_bytes(document)
    if len(graph) > archive.MAX_GRAPH_BYTES or _is_large(document):
        raise StorageError(f"'{path.name}' could not be written: the drawing is larger than a file can hold.")
    data = graph if path.suffix.lower() == ".json" else archive.pack(graph, document.trained)
    if len(data) > archive.MAX_FILE_BYTES:
        raise StorageError(f"'{path.name}' could not be written: with its weights it is larger than a file may be.")
    try:
        _write(path, data)
    except (OSError, ValueError, RuntimeError) as error:  # the last two: names that no file can have, links in a circle
        fix = "Choose another folder with Save As."
        raise StorageError(f"'{path.name}' could not be written: {_reason(error)}.", fix=fix) from error


def load(path: Path) -> Document:
    """The document in a file. Raises StorageError."""
    try:
        data = archive.read_capped(path)
    except (OSError, ValueError) as error:
        raise StorageError(f"'{path.name}' could not be read: {_reason(error)}.") from error
    try:
        return unpacked(data)
    except StorageError as error:
        words = f"'{path.name}' is not a project that can be opened: {error.message}"
        raise StorageError(words, fix=error.fix) from error


def unpacked(data: bytes) -> Document:
    """The document in the bytes of a file of either kind. Raises StorageError, which names no file."""
    graph, trained = _parts(data)
    document = document_from(graph)
    if trained is not None:
        document.set_trained(trained)
    return document


def stamp(path: Path) -> Stamp | None:
    """When a file was written and how long it is, by which one sees that it is another; None where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


def document_from(graph: bytes) -> Document:
    """The document of a drawing in JSON. Raises StorageError, naming the node at fault where there is one."""
    return document_of(records.parse(graph))


def document_of(project: Project) -> Document:
    """The document that a parsed file tells of. Raises StorageError."""
    document = Document(project.title)
    for key in _inner_first(project):
        _add_block(document, key, project.blocks[key])
    _fill(document, project)
    _add_bookmarks(document, project)
    with _blamed("the blocks"):
        expansion.check(document.drawing)
    with _blamed("the training plan"):
        document.set_plan(**upgraded(project.training))
    if project.race is not None:
        with _blamed("the race"):
            document.set_race(_race(project.race))
    document.history.clear()
    return document


def _race(record: RaceRecord) -> Race:
    axes = tuple(
        Axis(
            axis.path, tuple(axis.values), Span(**msgspec.structs.asdict(axis.span)) if axis.span else None, axis.whole
        )
        for axis in record.axes
    )
    return Race(axes, record.mode, record.draws, record.seed, record.repeats)


@contextlib.contextmanager
def _blamed(place: str) -> Iterator[None]:
    """What is refused is the file's fault, at that place."""
    try:
        yield
    except NNStudioError as error:
        raise StorageError(f"{place}: {error.message}", fix=error.fix) from error


def _inner_first(project: Project) -> list[str]:
    """The blocks, each after those it uses."""
    uses = {key: record.uses & project.blocks.keys() for key, record in project.blocks.items()}
    order = nesting.inner_first(uses)
    wrong = next((record.name for key, record in project.blocks.items() if key not in order), "")
    with _blamed("the blocks"):
        rules.check_nesting(uses, wrong)
    return order


def _add_block(document: Document, key: str, record: BlockRecord) -> None:
    with _blamed(f"block '{record.name}'"):
        rules.check_block_name(record.name, {block.name for block in document.blocks.values()})
        block = Block(key, record.name)
        document.apply(ch.BlockAdded(block))
        sheet = document.sheet(key)
        _fill(sheet, record)
        promoted: list[Promoted] = []
        for offer in record.promoted:
            promoted.append(_promoted(sheet, offer, promoted))
        document.change_block(Block(key, record.name, grouped(promoted)))


def _promoted(sheet: Sheet, record: PromotedRecord, taken: list[Promoted]) -> Promoted:
    rules.check_offered_name(record.name)
    if record.node not in sheet.nodes or record.param not in sheet.nodes[record.node].params:
        raise StorageError(f"there is no parameter '{record.param}' of {record.node} in it.")
    if any((offer.node, offer.param) == (record.node, record.param) for offer in taken):
        raise StorageError(f"it can not offer '{record.param}' of {record.node}.")
    rules.check_offered_param(sheet.nodes[record.node], record.param)
    for offer in [offer for offer in taken if offer.name == record.name][:1]:
        _check_shared(offer, sheet.nodes[offer.node], record.param, sheet.nodes[record.node])
    return Promoted(record.name, record.node, record.param)


def _check_shared(offer: Promoted, first: Node, param: str, node: Node) -> None:
    """Raise DocumentError or StorageError unless the parameter can have a name together with that one."""
    rules.check_same_kind(offer.name, (first, offer.param), (node, param))
    if first.params[offer.param] != node.params[param]:
        words = f"'{first.name}.{offer.param}' and '{node.name}.{param}' have different values"
        raise StorageError(f"'{offer.name}' can not set both: {words}.", fix="Give them the same value.")


def _fill(sheet: Sheet, content: Project | BlockRecord) -> None:
    for record in content.nodes:
        with _blamed(f"node '{record.name}'"):
            _add(sheet, record)
    for wire in content.links:
        with _blamed(f"the wire from {wire.source} to {wire.target}"):
            _wire(sheet, wire)
    with _blamed("the wires"):
        _check_cycles(sheet)
    for note in content.notes:
        with _blamed(f"the note {note.id}"):
            _add_mark(sheet, note)


def _add(sheet: Sheet, record: NodeRecord) -> None:
    values = sheet.declaration(record.type, record.params).check(record.values)
    rules.check_name(record.name, sheet.names)
    if sheet.drawing.find(record.id):
        raise StorageError(f"the id {record.id} is there twice.")
    node = Node(record.id, record.type, record.name, values, record.at, record.muted, _tuning(record), _looks(record))
    if node.muted:
        rules.check_muted(node, sheet.block)
    if node.tuning != PLANNED:
        check_tunable(replace(node, face=sheet.declaration(record.type, record.params)))
    sheet.apply(ch.NodeAdded(node, sheet.block))


def _tuning(record: NodeRecord) -> Tuning:
    return Tuning(**checked_tuning({"frozen": record.frozen, "lr": record.lr}))


def _looks(record: NodeRecord) -> Looks:
    return Looks(**checked_looks(msgspec.structs.asdict(record.looks))) if record.looks else PLAIN


def _add_mark(sheet: Sheet, record: FrameRecord | CommentRecord) -> None:
    if record.id in sheet.drawing.marked:
        raise StorageError(f"the id {record.id} is there twice.")
    given = msgspec.structs.asdict(record)
    key, make = given.pop("id"), Frame if isinstance(record, FrameRecord) else Comment
    sheet.apply(ch.MarkAdded(make(key, **checked_mark(**given)), sheet.block))


def _add_bookmarks(document: Document, project: Project) -> None:
    for record in project.bookmarks:
        with _blamed(f"the bookmark '{record.name}'"):
            document.sheet(record.block or MAIN).add_bookmark(record.center, record.zoom, record.name)


def _wire(sheet: Sheet, record: LinkRecord) -> None:
    (source, output), (target, entry) = record.source.split("."), record.target.split(".")
    for end in (source, target):
        if end not in sheet.nodes:
            raise StorageError(f"There is no node '{end}' in that drawing.")
    link = Link(source, output, target, entry)
    rules.check_ends(sheet, link)
    sheet.apply(ch.LinkAdded(link, sheet.count_into(target, entry)))
    if record.via:
        sheet.lay(link, rules.check_way(record.via))


def _check_cycles(sheet: Sheet) -> None:
    """Once for all wires: a look along every wire for each would take hours in a file made for it."""
    wrong = sheet.cycle()
    if wrong is not None:
        raise rules.closes_cycle(sheet, wrong)


def _is_large(document: Document) -> bool:
    """Whether it is more than a file may hold."""
    sheets = [document, *map(document.sheet, document.blocks)]
    nodes, links, marks = (sum(len(getattr(s, each)) for s in sheets) for each in ("nodes", "links", "marks"))
    many = nodes > MAX_NODES or links > MAX_LINKS or len(sheets) > MAX_BLOCKS + 1
    return many or marks > MAX_MARKS or len(document.bookmarks) > MAX_BOOKMARKS


def _parts(data: bytes) -> tuple[bytes, Trained | None]:
    return archive.unpack(data) if archive.is_zip(data) else (data, None)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def _write(path: Path, data: bytes) -> None:
    """Write it so that after a crash there is the old file or the new one, never half. The old one stays as `.bak`."""
    path = path.resolve()
    if path.exists() and _is_sound(old := archive.read_capped(path)):
        write_whole(path.with_name(path.name + ".bak"), old, path)
    write_whole(path, data, path)


def _is_sound(data: bytes) -> bool:
    """Whether it is worth a place as `.bak`, where there may be a better one."""
    try:
        records.parse(_parts(data)[0])
    except StorageError:
        return False
    return True


def write_whole(path: Path, data: bytes, like: Path | None = None) -> None:
    """Temporary file, fsync, replace, fsync of the folder: after a crash there is the old file or the new one.

    The file may be read by whom `like` may be. Raises OSError.
    """
    temporary = path.with_name(f".nnstudio-{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if like is not None and like.exists():
            shutil.copymode(like, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # the file is there; not every file system can promise the folder's entry
            _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
