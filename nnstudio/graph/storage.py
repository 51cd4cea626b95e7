"""The project file: `name.nnstudio.json` is the drawing alone, sorted and diffable; `name.nnstudio` is a zip with the
weights too.

Reading trusts nothing: a closed schema, a closed registry, caps on every size, duplicate keys and later versions
refused. A file that can not be read gives one StorageError, and the document that is open is not touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Annotated, Any

import msgspec

from nnstudio.catalogue import registry
from nnstudio.errors import NNStudioError, StorageError
from nnstudio.graph import archive, rules
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.training import PLAN_PARAMS, Trained
from nnstudio.params import Value

VERSION = 1
MAX_NODES = 20_000
MAX_LINKS = 100_000

_Id = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}$")]
_End = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}\.[A-Za-z_][A-Za-z0-9_]{0,63}$")]
_Coordinate = Annotated[float, msgspec.Meta(ge=-rules.FARTHEST, le=rules.FARTHEST)]
_Literal = bool | int | float | str | None | list[int]


class _NodeRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: _Id
    type: Annotated[str, msgspec.Meta(max_length=64)]
    name: Annotated[str, msgspec.Meta(max_length=rules.LONGEST_NAME)]
    params: dict[str, _Literal]
    at: tuple[_Coordinate, _Coordinate]
    muted: bool = False


class _LinkRecord(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    source: _End
    target: _End


class _Project(msgspec.Struct, forbid_unknown_fields=True):
    nnstudio: int
    title: Annotated[str, msgspec.Meta(max_length=rules.LONGEST_TITLE)]
    nodes: Annotated[list[_NodeRecord], msgspec.Meta(max_length=MAX_NODES)]
    links: Annotated[list[_LinkRecord], msgspec.Meta(max_length=MAX_LINKS)]
    training: dict[str, _Literal] = {}
    blocks: dict[str, Any] = {}
    notes: list[Any] = []


def save(document: Document, path: Path) -> None:
    """Write the project whole or not at all; what was there before is kept as `.bak`. Raises StorageError.

    A name that ends in `.json` takes the drawing alone, any other takes the weights and the history too.
    """
    graph = graph_bytes(document)
    if len(graph) > archive.MAX_GRAPH_BYTES or len(document.nodes) > MAX_NODES or len(document.links) > MAX_LINKS:
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
        graph, trained = _parts(data)
        document = document_from(graph)
    except StorageError as error:
        words = f"'{path.name}' is not a project that can be opened: {error.message}"
        raise StorageError(words, fix=error.fix) from error
    if trained is not None:
        document.set_trained(trained)
    return document


def graph_bytes(document: Document) -> bytes:
    """The drawing and the plan as sorted JSON; the same document gives the same bytes."""
    nodes = sorted(document.nodes.values(), key=lambda node: node.order)
    records = {
        "nnstudio": VERSION,
        "title": document.title,
        "nodes": [_node_record(node) for node in nodes],
        "links": [_link_record(link) for link in _sorted(document)],
        "blocks": {},
        "notes": [],
        "training": {param.name: document.plan.value(param.name) for param in PLAN_PARAMS},
    }
    lines = [f"  {json.dumps(key)}: {_block(value)}" for key, value in records.items()]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def document_from(graph: bytes) -> Document:
    """The document of a drawing in JSON. Raises StorageError, naming the node at fault where there is one."""
    project = _parse(graph)
    document = Document(project.title)
    place = "the project"
    try:
        for record in project.nodes:
            place = f"node '{record.name}'"
            _add(document, record)
        for wire in project.links:
            place = f"the wire from {wire.source} to {wire.target}"
            _wire(document, wire)
        place = "the wires"
        _check_cycles(document)
        place = "the training plan"
        document.set_plan(**project.training)
    except NNStudioError as error:
        raise StorageError(f"{place}: {error.message}", fix=error.fix) from error
    document.history.clear()
    return document


def _parts(data: bytes) -> tuple[bytes, Trained | None]:
    return archive.unpack(data) if archive.is_zip(data) else (data, None)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def _parse(graph: bytes) -> _Project:
    if not graph.strip():
        raise StorageError("it is empty.")
    if len(graph) > archive.MAX_GRAPH_BYTES:
        raise StorageError(f"its drawing is larger than {archive.MAX_GRAPH_BYTES >> 20} MB.")
    try:
        raw = json.loads(graph, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"it is not proper JSON ({error}).") from error
    version = raw.get("nnstudio") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > VERSION:
        words = f"it was written by a later NNStudio (format {str(version)[:20]})."
        raise StorageError(words, fix="Get the newest version.")
    try:
        project = msgspec.convert(raw, _Project)
    except (msgspec.ValidationError, OverflowError) as error:
        raise StorageError(f"{error}.") from error
    if project.nnstudio != VERSION or project.blocks or project.notes:
        raise StorageError("it uses what this version does not know.", fix="Get the newest version.")
    return project


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _add(document: Document, record: _NodeRecord) -> None:
    values = registry.layer(record.type).check(record.params)
    rules.check_name(record.name, (record.name,) if record.name in document else ())
    if record.id in document.nodes:
        raise StorageError(f"the id {record.id} is there twice.")
    document.apply(ch.NodeAdded(Node(record.id, record.type, record.name, values, record.at, record.muted)))


def _wire(document: Document, record: _LinkRecord) -> None:
    (source, output), (target, entry) = record.source.split("."), record.target.split(".")
    link = Link(source, output, target, entry)
    rules.check_ends(document, link)
    document.apply(ch.LinkAdded(link, document.count_into(target, entry)))


def _check_cycles(document: Document) -> None:
    """Once for all wires: a look along every wire for each would take hours in a file made for it."""
    wrong = document.cycle()
    if wrong is not None:
        raise rules.closes_cycle(document, wrong)


def _node_record(node: Node) -> dict[str, Any]:
    params = {name: _jsonable(value) for name, value in sorted(node.params.items())}
    record = {"id": node.id, "type": node.type, "name": node.name, "params": params, "at": [*map(_short, node.at)]}
    return record | ({"muted": True} if node.muted else {})


def _link_record(link: Link) -> dict[str, str]:
    return {"from": f"{link.source}.{link.output}", "to": f"{link.target}.{link.input}"}


def _jsonable(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _short(coordinate: float) -> float | int:
    return int(coordinate) if float(coordinate).is_integer() else float(coordinate)


def _sorted(document: Document) -> list[Link]:
    """Wires by where they end; those of one input keep their order, which means something."""
    ports = {node.id: [port.name for port in node.inputs] for node in document.nodes.values()}
    return sorted(document.links, key=lambda link: (int(link.target[1:]), ports[link.target].index(link.input)))


def _block(value: Any) -> str:
    """A list of records takes a line for each, so that a change is a line in a diff."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n  ]"
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, data: bytes) -> None:
    """Write it so that after a crash there is the old file or the new one, never half. The old one stays as `.bak`."""
    path = path.resolve()
    if path.exists() and _is_sound(old := archive.read_capped(path)):
        _replace(path.with_name(path.name + ".bak"), old, path)
    _replace(path, data, path)


def _is_sound(data: bytes) -> bool:
    """Whether it is worth a place as `.bak`, where there may be a better one."""
    try:
        _parse(_parts(data)[0])
    except StorageError:
        return False
    return True


def _replace(path: Path, data: bytes, like: Path) -> None:
    """Temporary file, fsync, replace, fsync of the folder. The file may be read by whom `like` may be."""
    temporary = path.with_name(f".nnstudio-{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if like.exists():
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
