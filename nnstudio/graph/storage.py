"""The project file: `name.nnstudio.json` is the drawing alone, sorted and diffable; `name.nnstudio` is a zip with the weights too.

Reading trusts nothing: a closed schema, a closed registry, caps on every size, duplicate keys and later versions refused. A file
that can not be read gives one StorageError, and the document that is open is not touched.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import msgspec

from nnstudio.errors import NNStudioError, StorageError
from nnstudio.graph import archive, rules
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.training import PLAN_PARAMS
from nnstudio.catalogue import registry
from nnstudio.params import Value

VERSION = 1
MAX_GRAPH_BYTES = 16 * 2**20
MAX_NODES = 20_000
MAX_LINKS = 100_000

_Id = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}$")]
_End = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}\.[A-Za-z_][A-Za-z0-9_]{0,63}$")]
_Coordinate = Annotated[float, msgspec.Meta(ge=-1e7, le=1e7)]
_Literal = bool | int | float | str | None | list[int]


class _NodeRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: _Id
    type: Annotated[str, msgspec.Meta(max_length=64)]
    name: Annotated[str, msgspec.Meta(max_length=64)]
    params: dict[str, _Literal]
    at: tuple[_Coordinate, _Coordinate]
    muted: bool = False


class _LinkRecord(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    source: _End
    target: _End


class _Project(msgspec.Struct, forbid_unknown_fields=True):
    nnstudio: int
    title: Annotated[str, msgspec.Meta(max_length=200)]
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
    data = graph if path.suffix == ".json" else archive.pack(graph, document.trained)
    try:
        _write(path, data)
    except OSError as error:
        raise StorageError(
            f"'{path.name}' could not be written: {error.strerror or error}.", fix="Choose another folder with Save As."
        ) from error


def load(path: Path) -> Document:
    """The document in a file. Raises StorageError."""
    try:
        data = archive.read_capped(path)
    except OSError as error:
        raise StorageError(f"'{path.name}' could not be read: {error.strerror or error}.") from error
    try:
        graph, trained = archive.unpack(data) if archive.is_zip(data) else (data, None)
        document = document_from(graph)
    except StorageError as error:
        raise StorageError(f"'{path.name}' is not a project that can be opened: {error.message}", fix=error.fix) from error
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
        "links": [{"from": f"{link.source}.{link.output}", "to": f"{link.target}.{link.input}"} for link in _sorted(document)],
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
        place = "the training plan"
        document.set_plan(**project.training)
    except NNStudioError as error:
        raise StorageError(f"{place}: {error.message}", fix=error.fix) from error
    document.history.clear()
    return document


def _parse(graph: bytes) -> _Project:
    if len(graph) > MAX_GRAPH_BYTES:
        raise StorageError(f"its drawing is larger than {MAX_GRAPH_BYTES >> 20} MB.")
    try:
        raw = json.loads(graph, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"it is not proper JSON ({error}).") from error
    version = raw.get("nnstudio") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise StorageError(f"it was written by a later NNStudio (format {version}).", fix="Get the newest version.")
    try:
        project = msgspec.convert(raw, _Project)
    except msgspec.ValidationError as error:
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
    rules.check_link(document, link)
    document.apply(ch.LinkAdded(link, len(document.links_into(target, entry))))


def _node_record(node: Node) -> dict[str, Any]:
    params = {name: _jsonable(value) for name, value in sorted(node.params.items())}
    record = {"id": node.id, "type": node.type, "name": node.name, "params": params, "at": [*map(_short, node.at)]}
    return record | ({"muted": True} if node.muted else {})


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
    """Temporary file, fsync, replace, fsync of the folder: after a crash there is the old file or the new one, never half."""
    path = path.resolve()
    if path.exists():
        _replace(path.with_name(path.name + ".bak"), path.read_bytes())
    _replace(path, data)


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


