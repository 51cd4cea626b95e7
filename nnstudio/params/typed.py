"""Parameters that a person types in at length: a tensor's numbers, names, and code."""

from __future__ import annotations

import keyword
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from nnstudio.params.spec import Param, Value

MOST_NUMBERS = 4096
DEEPEST = 4
LONGEST_CODE = 20_000
LONGEST_TEXT = 200


@dataclass(frozen=True, kw_only=True)
class TensorParam(Param):
    """A number, or nested lists of numbers in which all rows are of one length: a tensor typed in."""

    default: float | tuple[Value, ...]
    kind: ClassVar[str] = "tensor"

    def _check(self, value: object) -> Value:
        shape = shape_of(value)
        if shape is None or len(shape) > DEEPEST or math.prod(shape) > MOST_NUMBERS or 0 in shape:
            raise self.refuse(value)
        return _as_floats(value)

    def wants(self) -> str:
        return "a number, or lists of numbers with rows of one length, as [[1, 2], [3, 4]]"


@dataclass(frozen=True, kw_only=True)
class NamesParam(Param):
    """Names as Python has them, separated by commas."""

    default: str
    most: int = 8
    kind: ClassVar[str] = "names"

    def _check(self, value: object) -> str:
        names = split_names(value) if isinstance(value, str) and len(value) <= 64 * self.most else ()
        if not 1 <= len(names) <= self.most or len(set(names)) != len(names) or not all(map(_is_name, names)):
            raise self.refuse(value)
        return ", ".join(names)

    def wants(self) -> str:
        return f"1 to {self.most} different names, separated by commas"


@dataclass(frozen=True, kw_only=True)
class TextParam(Param):
    """A line of text."""

    default: str | None
    kind: ClassVar[str] = "text"

    def _check(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
            raise self.refuse(value)
        return value

    def wants(self) -> str:
        return f"a line of {LONGEST_TEXT} characters at most"


@dataclass(frozen=True, kw_only=True)
class CodeParam(Param):
    """Python source, looked at by whoever declares it, never run here. Lines end as they do on Unix."""

    default: str
    kind: ClassVar[str] = "code"

    def _check(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_CODE or "\0" in value or _has_halves(value):
            raise self.refuse(value)
        return value.replace("\r\n", "\n").replace("\r", "\n")

    def wants(self) -> str:
        return f"Python source of {LONGEST_CODE:,} characters at most"


def shape_of(value: object) -> tuple[int, ...] | None:
    """The shape of nested lists of finite numbers; None where rows differ or something is no number."""
    if isinstance(value, list | tuple):
        shapes = {shape_of(item) for item in value}
        if not shapes:
            return (0,)
        first = shapes.pop()
        return None if shapes or first is None else (len(value), *first)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 3.4e38
    return () if fits else None


def split_names(text: str) -> tuple[str, ...]:
    """The names in a text with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _has_halves(text: str) -> bool:
    """Whether there are halves of characters in it, which no file can hold."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def _is_name(name: str) -> bool:
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("_")


def _as_floats(value: Any) -> Value:
    return tuple(map(_as_floats, value)) if isinstance(value, list | tuple) else float(value)


def Tensor(name: str, default: float | tuple[Value, ...], help: str = "", **more: Any) -> TensorParam:
    """A tensor typed in: at most four deep."""
    return TensorParam(name=name, default=default, help=help, **more)


def Names(name: str, default: str, help: str = "", **more: Any) -> NamesParam:
    """Names separated by commas: `most`."""
    return NamesParam(name=name, default=default, help=help, **more)


def Text(name: str, default: str | None, help: str = "", **more: Any) -> TextParam:
    """A line of text."""
    return TextParam(name=name, default=default, help=help, **more)


def Source(name: str, default: str, help: str = "", **more: Any) -> CodeParam:
    """Python source."""
    return CodeParam(name=name, default=default, help=help, **more)
