"""What can be put into a drawing: layers of the catalogue, data sets, blocks of the document and of the library.

The library is a folder of project files; each holds a definition, and one instance of it in its main drawing. Its
files are listed by their heads alone and read when a block is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from nnstudio import paths
from nnstudio.catalogue import registry, usual
from nnstudio.catalogue.search import Entry, Index
from nnstudio.catalogue.spec import LayerType
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS, DatasetType
from nnstudio.errors import StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.fitting import values_of
from nnstudio.graph.nodes import BLOCK, DATASET, Node, Position
from nnstudio.params import Value

FAMILY = "block"
BLOCKS, DATASETS = "Blocks", "Data sets"
OWN, LIBRARY, DATA = "block:", "library:", "dataset:"
"""What the keys of blocks and data sets begin with, before an id or a name; that of a layer is its type."""
SUFFIX = ".nnstudio.json"


@dataclass(frozen=True)
class Item:
    """One thing to choose. `key` says what it is, wherever it is dragged."""

    key: str
    title: str
    summary: str
    family: str
    place: str
    """Where it is listed, in words."""


class _Head(msgspec.Struct):
    title: str = ""


def of_layer(layer: LayerType) -> Item:
    """A layer of the catalogue."""
    return Item(layer.type, layer.type, layer.summary, layer.family.key, layer.family.title)


def of_dataset(declared: DatasetType) -> Item:
    """A Dataset with that data set."""
    return Item(DATA + declared.name, declared.title, declared.summary, "data", DATASETS)


def grouped_data() -> dict[str, list[Item]]:
    """All data sets by the title of their group; without groups that have none."""
    every = datasets().values()
    found = {title: [of_dataset(each) for each in every if each.group == key] for key, title in GROUPS.items()}
    return {title: items for title, items in found.items() if items}


def own(document: Document) -> list[Item]:
    """The blocks that the document defines, by name."""
    blocks = sorted(document.blocks.values(), key=lambda block: block.name)
    return [Item(OWN + block.id, block.name, "A block of this project.", FAMILY, BLOCKS) for block in blocks]


@cache
def library() -> tuple[Item, ...]:
    """The blocks that come with NNStudio, by name."""
    files = sorted(paths.resource("blocks").glob(f"*{SUFFIX}"))
    return tuple(Item(LIBRARY + _stem(file), _stem(file), _title(file), FAMILY, BLOCKS) for file in files)


def everything(document: Document | None) -> list[Item]:
    """All there is: layers, data sets, and blocks of the project and of the library."""
    data = [item for items in grouped_data().values() for item in items]
    return [*map(of_layer, registry.layers().values()), *data, *(own(document) if document else ()), *library()]


def entry(item: Item) -> Entry:
    """What a search knows of it."""
    declared = datasets().get(item.key.removeprefix(DATA)) if item.key.startswith(DATA) else None
    if declared is not None:
        return Entry(item.key, item.title, (declared.name, *declared.aliases), item.place, item.summary)
    layer = registry.layers().get(item.key)
    if layer is None:
        return Entry(item.key, item.title, ("block",), item.place, item.summary)
    return Entry(item.key, item.title, layer.aliases, layer.family.title, layer.summary, item.key in usual.common())


def search(text: str, document: Document | None) -> list[Item]:
    """What the text finds, best first."""
    items = {item.key: item for item in everything(document)}
    return [items[key] for key in Index(map(entry, items.values())).find(text)]


def declaration(sheet: Sheet, key: str) -> tuple[LayerType, Mapping[str, Value]]:
    """What a new node of that key looks like from outside, with the values it would have.

    Raises StorageError for a file of the library that cannot be read, and what adding a node raises.
    """
    if key.startswith(LIBRARY):
        sample = _sample(_source(key.removeprefix(LIBRARY)))
        return sample.layer, sample.params
    type_name, given = _asked(key)
    layer = sheet.declaration(type_name, given)
    return layer, values_of(layer, given)


def may_be_put(sheet: Sheet, key: str) -> bool:
    """Whether the drawing can hold it."""
    type_name, given = _asked(key)
    return key.startswith(LIBRARY) or sheet.may_hold(type_name, **given)


def _asked(key: str) -> tuple[str, dict[str, Any]]:
    """The type of a new node, and the values that the key gives it."""
    if key.startswith(OWN):
        return BLOCK, {"block": key.removeprefix(OWN)}
    return (DATASET, {"dataset": key.removeprefix(DATA)}) if key.startswith(DATA) else (key, {})


def title_of(document: Document, key: str) -> str:
    """What to call it."""
    if key.startswith(OWN):
        block = document.blocks.get(key.removeprefix(OWN))
        return block.name if block else key
    if key.startswith(DATA):
        declared = datasets().get(key.removeprefix(DATA))
        return declared.title if declared else key
    return key.removeprefix(LIBRARY)


def goes_between(document: Document, key: str) -> bool:
    """Whether it can be put into a wire: something comes in, and it is no end."""
    if key.startswith(OWN):
        inside = document.blocks.get(key.removeprefix(OWN))
        return inside is not None and any(node.type == "Input" for node in document.sheet(inside.id).nodes.values())
    layer = registry.layers().get(key)
    return key.startswith(LIBRARY) or (layer is not None and bool(layer.inputs) and not layer.is_loss)


def put(sheet: Sheet, key: str, at: Position) -> Node:
    """A new node in the drawing, as one undo step.

    Raises StorageError for a file of the library that cannot be read, and what adding a node raises.
    """
    if key.startswith(OWN):
        return sheet.place(key.removeprefix(OWN), at)
    if key.startswith(LIBRARY):
        return _put_from_library(sheet, key.removeprefix(LIBRARY), at)
    type_name, given = _asked(key)
    with sheet.transaction(f"Add {title_of(sheet.document, key)}"):
        return sheet.add(type_name, at=at, **given)


def _put_from_library(sheet: Sheet, name: str, at: Position) -> Node:
    source = _source(name)
    sample = _sample(source)
    with sheet.transaction(f"Add {name}"):
        block = sheet.document.import_block(source, sample.block)
        params: dict[str, Any] = {**sample.params, "block": block.id}
        return sheet.add(BLOCK, at=at, **params)


def _source(name: str) -> Document:
    return _loaded(paths.resource("blocks") / f"{name}{SUFFIX}")


@cache
def _loaded(file: Path) -> Document:
    """The library does not change while the program runs."""
    return storage.load(file)


def _sample(source: Document) -> Node:
    """The instance in a file of the library."""
    sample = next((node for node in source.nodes.values() if node.block), None)
    if sample is None:
        raise StorageError(f"The library's file '{source.title}' holds no block.", fix="Install NNStudio again.")
    return sample


def _stem(file: Path) -> str:
    return file.name.removesuffix(SUFFIX)


def _title(file: Path) -> str:
    """The project's title; nothing where the file is broken, which is told when it is wanted."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Head).title
    except (OSError, msgspec.DecodeError):
        return ""
