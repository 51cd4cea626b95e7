"""What the engine tells of a file, as the dialog reads it: what is not told is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.registry import dataset, datasets
from nnstudio.data.text import tokens
from nnstudio.errors import NNStudioError
from nnstudio.graph.nodes import Node
from nnstudio.params import ChoiceParam, Column, ColumnsParam, Param, PathParam, Values, columns_of
from nnstudio.project.carrying import as_lists
from nnstudio.protocol import messages as msg
from nnstudio.ui.data.words import tr

PATH = "path"
"""The parameter of every own data set that names its file."""
SAID_HERE = ("by", "most", "input", "target", "layout", "target_kind")
"""Hidden parameters that the dialog lets a person choose: others follow from them, so the file is looked into anew."""
NO_ARRAY = "(none)"
"""Stands for no target among the arrays."""
SHOWN_CHARACTERS = 2000
"""Of a text."""
TABLES, TEXTS = (".csv", ".tsv", ".tab"), (".txt", ".md")


@dataclass(frozen=True)
class Wanted:
    """What is to be taken in: a file, read in this way as far as it is said, for a Dataset node or for a new one.

    `columns` are those that the node had: their kinds and roles are kept by name. `sha256` is that of the node's file:
    where this is the same one, there is nothing to ask.
    """

    path: Path
    node: str = ""
    dataset: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class Picture:
    """C×H×W, from 0 to 1, the class that its folder names, and the name of its file."""

    label: str
    name: str
    pixels: NDArray[np.float32]


@dataclass(frozen=True)
class Entry:
    """One array of a file."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Found:
    """How a file can be read. `values` are all parameters of the data set, checked."""

    dataset: str
    values: Values
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Of a table."""
        return columns_of(self.values["columns"]) if "columns" in self.values else ()

    @property
    def kind(self) -> str:
        """What there is: "table", "images", "text" or "arrays"."""
        return str(self.facts.get("kind", ""))

    @property
    def rows(self) -> list[list[str]]:
        """The first rows of a table, a text for each column."""
        return [[str(cell) for cell in row] for row in self.facts.get("preview", ())]

    @property
    def missing(self) -> list[int]:
        """How many cells of each column hold nothing."""
        return [int(column.get("missing", 0)) for column in self._told.values()]

    @cached_property
    def _told(self) -> dict[str, dict[str, Any]]:
        """What is known of each column, by its name."""
        return {str(column["name"]): column for column in self.facts.get("columns", ())}

    def classes_of(self, name: str) -> tuple[str, ...]:
        """The texts of a column that would be its classes; none where it can not be one of some."""
        return tuple(map(str, self._told.get(name, {}).get("classes", ())))

    def may_be(self, name: str, kind: str) -> bool:
        """Whether a column can hold this: numbers, or one of some classes."""
        if kind == "class":
            return bool(self.classes_of(name))
        return str(self._told.get(name, {}).get("kind", kind)) == kind

    def using(self, columns: Iterable[Column]) -> Found:
        """The same, with kinds and roles as these columns have them, by their names and as far as that can be."""
        wanted = {column.name: column for column in columns}
        used = tuple(self._like(column, wanted.get(column.name, column)).value() for column in self.columns)
        return replace(self, values={**self.values, "columns": used}) if self.columns else self

    def _like(self, column: Column, wanted: Column) -> Column:
        kind = wanted.kind if self.may_be(column.name, wanted.kind) else column.kind
        return Column(column.name, kind, wanted.role, self.classes_of(column.name) if kind == "class" else ())

    @property
    def classes(self) -> dict[str, int]:
        """How many pictures each class has."""
        return {str(name): int(count) for name, count in self.facts.get("classes", ())}

    @property
    def pictures(self) -> Iterator[Picture]:
        """Some pictures, as they will be learned."""
        for each in self.facts.get("pictures", ()):
            pixels = np.frombuffer(each["pixels"], np.uint8).reshape(each["shape"])
            scaled = np.moveaxis(pixels, -1, 0).astype(np.float32) / np.float32(255)
            yield Picture(str(each["class"]), str(each["name"]), scaled)

    @property
    def tokens(self) -> list[str]:
        """How a text begins, cut as it will be."""
        lines = "\n".join(map(str, self.facts.get("preview", ())))
        return tokens.pieces(lines[:SHOWN_CHARACTERS], str(self.values.get("by", "characters")))

    @property
    def arrays(self) -> list[Entry]:
        """The arrays of a file."""
        given = self.facts.get("arrays", ())
        return [Entry(str(name), tuple(map(int, shape)), str(dtype)) for name, shape, dtype in given]

    @property
    def warnings(self) -> list[str]:
        """What a person should know before it is taken in."""
        return [str(words) for words in self.facts.get("warnings", ())]

    def number(self, name: str) -> int:
        """A number that is told, or 0."""
        return int(self.facts.get(name, 0))


def found(reply: msg.Inspected) -> Found:
    """The reply, its parameters checked. Raises UnknownDataset and BadParameter."""
    kind = dataset(reply.dataset)
    return Found(reply.dataset, kind.params.check(reply.params), reply.facts)


def reading_of(node: Node, *, moved: bool = False) -> dict[str, Any]:
    """How a Dataset node's file is read, as it travels. Of a moved one, other files are looked for anew."""
    own = [each for each in dataset(str(node.params["dataset"])).params if is_said(each)]
    return {each.name: as_lists(node.params[each.name]) for each in own if not (moved and isinstance(each, PathParam))}


def is_said(param: Param) -> bool:
    """Whether a person says it, and it does not merely follow from what is in the file."""
    if isinstance(param, ColumnsParam) or param.name == PATH:
        return False
    return param.name in SAID_HERE or not param.hidden


def offered(found: Found) -> list[Param]:
    """What can be said of how it is read, and of which of its arrays is what."""
    return [_offered(param, found) for param in dataset(found.dataset).params_for(found.values) if is_said(param)]


def _offered(param: Param, found: Found) -> Param:
    if param.name not in ("input", "target") or not found.arrays:
        return replace(param, hidden=False)
    names = tuple(entry.name for entry in found.arrays)
    choices = names if param.name == "input" else (*names, NO_ARRAY)
    return ChoiceParam(name=param.name, default=choices[0], help=param.help, choices=choices)


def columns_in(node: Node) -> tuple[Column, ...]:
    """The columns that a Dataset node has; none where it reads no table."""
    return columns_of(node.params["columns"]) if "columns" in node.params else ()


def likely(path: Path) -> str:
    """The data set that reads files of such a name, as far as a name tells; else an empty text."""
    name = "table" if path.suffix.lower() in TABLES else "text_file" if path.suffix.lower() in TEXTS else ""
    return name if name in datasets() else ""


def why_not(found: Found) -> str:
    """Why it can not be learned from like this; empty where it can."""
    if found.columns and not any(column.role == "input" for column in found.columns):
        return tr("No column is an input.")
    try:
        fields = dataset(found.dataset).fields_for(found.values)
    except NNStudioError as error:
        return str(error)
    return "" if fields else tr("There is nothing in it to learn from.")
