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
from nnstudio.errors import NNStudioError
from nnstudio.graph.nodes import Node
from nnstudio.params import Column, ColumnsParam, Param, PathParam, StringsParam, Value, Values, columns_of
from nnstudio.protocol import messages as msg

SPECIAL = (PathParam, ColumnsParam, StringsParam)
"""Parameters that the dialog shows in its own way, and not in the form."""

TABLES, TEXTS = (".csv", ".tsv", ".tab"), (".txt", ".md")


@dataclass(frozen=True)
class Picture:
    """C×H×W, from 0 to 1, and the class that its folder names."""

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
        return {str(name): int(count) for name, count in dict(self.facts.get("classes", {})).items()}

    @property
    def pictures(self) -> Iterator[Picture]:
        """The first pictures, as they will be learned."""
        for each in self.facts.get("pictures", ()):
            pixels = np.frombuffer(each["data"], np.uint8).reshape(each["shape"])
            yield Picture(str(each["class"]), pixels.astype(np.float32) / np.float32(255))

    @property
    def tokens(self) -> list[str]:
        """How a text begins."""
        return [str(token) for token in self.facts.get("beginning", ())]

    @property
    def arrays(self) -> list[Entry]:
        """The arrays of a file."""
        given = self.facts.get("arrays", ())
        return [Entry(str(one["name"]), tuple(map(int, one["shape"])), str(one["dtype"])) for one in given]

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
    return Found(reply.dataset, kind.params.check({name: tuples(value) for name, value in reply.params.items()}),
                 reply.facts)  # fmt: skip


def reading_of(node: Node) -> dict[str, Any]:
    """How a Dataset node's file is read, as it travels; what is found by looking into it is left out."""
    own = [each for each in dataset(str(node.params["dataset"])).params if may_be_typed(each)]
    return {each.name: lists(node.params[each.name]) for each in own}


def may_be_typed(param: Param) -> bool:
    """Whether a person says it, and it is not found by looking into a file."""
    return not param.hidden and not isinstance(param, SPECIAL)


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
        return "No column is an input."
    try:
        fields = dataset(found.dataset).fields_for(found.values)
    except NNStudioError as error:
        return str(error)
    return "" if fields else "There is nothing in it to learn from."


def tuples(value: Any) -> Value:
    """Lists, which is what tuples travel as, back into tuples."""
    return tuple(map(tuples, value)) if isinstance(value, list | tuple) else value


def lists(value: Any) -> Any:
    """A value as it travels."""
    return [lists(item) for item in value] if isinstance(value, list | tuple) else value
