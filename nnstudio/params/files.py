"""Parameters of data sets made of a person's own files: where the file is, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from nnstudio.params.spec import Param, Value

LONGEST_PATH = 4096
MOST_STRINGS = 100_000
LONGEST_STRING = 200
MOST_COLUMNS = 10_000
KINDS = ("number", "class")
"""What a column holds."""
ROLES = ("input", "target", "unused")
"""What a column is for."""


@dataclass(frozen=True, kw_only=True)
class PathParam(Param):
    """The absolute path of a file or folder, or nothing."""

    default: str = ""
    kind: ClassVar[str] = "path"

    def _check(self, value: object) -> str:
        return _path(self, value)

    def wants(self) -> str:
        return "the path of a file or folder"


@dataclass(frozen=True, kw_only=True)
class InsteadParam(Param):
    """The absolute path of files that a person has already, in place of those that are fetched; usually nothing."""

    default: str = ""
    kind: ClassVar[str] = "instead"

    def _check(self, value: object) -> str:
        return _path(self, value)

    def wants(self) -> str:
        return "the path of a file or folder, or nothing"


@dataclass(frozen=True, kw_only=True)
class StringsParam(Param):
    """Texts in an order, each once: names of classes, words of a vocabulary."""

    default: tuple[str, ...] = ()
    most: int = MOST_STRINGS
    kind: ClassVar[str] = "strings"

    def _check(self, value: object) -> Value:
        if not isinstance(value, list | tuple) or len(value) > self.most or not all(map(_is_short, value)):
            raise self.refuse(value)
        if len(set(value)) != len(value):
            raise self.refuse(value)
        return tuple(value)

    def wants(self) -> str:
        return f"at most {self.most:,} different texts of {LONGEST_STRING} characters at most"


@dataclass(frozen=True)
class Column:
    """One column of a table. `classes` are the texts that stand for the classes, in their order."""

    name: str
    kind: str = "number"
    role: str = "input"
    classes: tuple[str, ...] = ()

    def value(self) -> Value:
        """As a parameter holds it."""
        return (self.name, self.kind, self.role, self.classes)


@dataclass(frozen=True, kw_only=True)
class ColumnsParam(Param):
    """The columns of a table, each as (name, kind, role, classes): see Column."""

    default: tuple[Value, ...] = ()
    kind: ClassVar[str] = "columns"

    def _check(self, value: object) -> Value:
        if not isinstance(value, list | tuple) or len(value) > MOST_COLUMNS:
            raise self.refuse(value)
        try:
            return _all_checked(self, tuple(value))
        except TypeError:  # lists, as they come out of a file, have no hash
            return tuple(self.column(item).value() for item in value)

    def column(self, item: object) -> Column:
        """One of them, checked. Raises BadParameter."""
        if not isinstance(item, list | tuple) or len(item) != 4:
            raise self.refuse(item)
        name, kind, role, classes = item
        if not _is_short(name) or kind not in KINDS or role not in ROLES or not isinstance(classes, list | tuple):
            raise self.refuse(item)
        if not all(map(_is_short, classes)) or len(set(classes)) != len(classes):
            raise self.refuse(item)
        return Column(str(name), str(kind), str(role), tuple(map(str, classes)))

    def wants(self) -> str:
        return "columns, each with its name, its kind (number or class), its role (input, target, unused) and classes"


@lru_cache(maxsize=8)
def _all_checked(param: ColumnsParam, value: tuple[Value, ...]) -> tuple[Value, ...]:
    """Every edit asks several times for the fields of a table, which may have ten thousand columns."""
    return tuple(param.column(item).value() for item in value)


def columns_of(value: Value) -> tuple[Column, ...]:
    """The columns that a checked parameter holds."""
    assert isinstance(value, tuple)
    return tuple(Column(*item) for item in value if isinstance(item, tuple))  # type: ignore[arg-type]  # checked


def _path(param: Param, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PATH or "\0" in value or _has_halves(value):
        raise param.refuse(value)
    return value


def _is_short(value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_STRING:
        return False
    return not _has_halves(value)


def _has_halves(text: str) -> bool:
    """Halves of characters, which no file can hold, and no message either."""
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def FilePath(name: str, help: str = "", **more: Any) -> PathParam:
    """The path of a file or folder."""
    return PathParam(name=name, help=help, **more)


def Instead(name: str, help: str = "", **more: Any) -> InsteadParam:
    """The path of files in place of fetched ones."""
    return InsteadParam(name=name, help=help, **more)


def Strings(name: str, help: str = "", **more: Any) -> StringsParam:
    """Texts in an order: `most`."""
    return StringsParam(name=name, help=help, **more)


def Columns(name: str, help: str = "", **more: Any) -> ColumnsParam:
    """Columns of a table."""
    return ColumnsParam(name=name, help=help, **more)
