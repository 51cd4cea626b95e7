"""The kinds of parameters, and short ways to declare one."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from nnstudio.params.spec import Param

_LARGEST = sys.float_info.max


@dataclass(frozen=True, kw_only=True)
class IntParam(Param):
    """A whole number."""

    default: int | None
    low: int = -(2**31)
    high: int = 2**31 - 1
    kind: ClassVar[str] = "int"

    def _check(self, value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise self.refuse(value)
        return value

    def wants(self) -> str:
        return "a whole number" + range_words(self.low, self.high, -(2**31), 2**31 - 1)


@dataclass(frozen=True, kw_only=True)
class FloatParam(Param):
    """A finite number."""

    default: float | None
    low: float = -math.inf
    high: float = math.inf
    open_high: bool = False
    """`high` itself is not allowed."""
    kind: ClassVar[str] = "float"

    def _check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self._inside(value):
            raise self.refuse(value)
        return float(value)

    def _inside(self, value: float) -> bool:
        if abs(value) > _LARGEST or value != value:  # also a whole number that no float can hold
            return False
        return self.low <= value < self.high or (value == self.high and not self.open_high)

    def wants(self) -> str:
        if self.open_high:
            return f"a number{range_words(self.low, math.inf, -math.inf, math.inf)} and below {self.high:g}"
        return "a number" + range_words(self.low, self.high, -math.inf, math.inf)


@dataclass(frozen=True, kw_only=True)
class FloatsParam(Param):
    """As many finite numbers as the default has (`betas`)."""

    default: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf
    open_high: bool = False
    kind: ClassVar[str] = "floats"

    @property
    def each(self) -> FloatParam:
        """What one of the numbers takes."""
        return FloatParam(
            name=self.name, default=self.default[0], low=self.low, high=self.high, open_high=self.open_high
        )

    def _check(self, value: object) -> tuple[float, ...]:
        if not isinstance(value, tuple | list) or len(value) != len(self.default):
            raise self.refuse(value)
        return tuple(float(self.each.check(item)) for item in value)  # type: ignore[arg-type]  # a float

    def wants(self) -> str:
        return f"{len(self.default)} numbers, each {self.each.wants()}"


@dataclass(frozen=True, kw_only=True)
class BoolParam(Param):
    """Yes or no."""

    default: bool
    kind: ClassVar[str] = "bool"

    def _check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def wants(self) -> str:
        return "true or false"


@dataclass(frozen=True, kw_only=True)
class ChoiceParam(Param):
    """One of a few words."""

    default: str
    choices: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """What a person reads for each of the choices; empty where they are read as they are."""
    tips: tuple[str, ...] = ()
    """What there is to say of each of the choices, or empty."""
    kind: ClassVar[str] = "choice"

    def _check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self.refuse(value)
        return value

    def wants(self) -> str:
        return "one of " + ", ".join(self.choices)


@dataclass(frozen=True, kw_only=True)
class SizeParam(Param):
    """A size along one or several axes: one int for all, or one each (`kernel_size`, `stride`)."""

    default: int | tuple[int, ...] | None
    axes: int = 2
    low: int = 1
    high: int = 2**20
    kind: ClassVar[str] = "size"

    def _check(self, value: object) -> int | tuple[int, ...]:
        if self._fits(value):
            return value  # type: ignore[return-value]  # _fits says it is an int
        if not isinstance(value, tuple | list) or len(value) != self.axes or not all(map(self._fits, value)):
            raise self.refuse(value)
        first = value[0]
        return int(first) if all(item == first for item in value) else tuple(value)

    def _fits(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    def wants(self) -> str:
        each = range_words(self.low, self.high, -(2**31), 2**20)
        return f"a whole number{each}, or {self.axes} of them"


@dataclass(frozen=True, kw_only=True)
class PaddingParam(SizeParam):
    """A size of zero or more, or a word: "same" keeps the size, "valid" adds nothing."""

    default: int | tuple[int, ...] | str | None  # type: ignore[assignment]  # a word as well
    low: int = 0
    words: tuple[str, ...] = ("same", "valid")
    kind: ClassVar[str] = "padding"

    def _check(self, value: object) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        return super()._check(value)

    def wants(self) -> str:
        return "one of " + ", ".join(self.words) + f", or {super().wants()}"


@dataclass(frozen=True, kw_only=True)
class ShapeParam(Param):
    """A list of sizes, without the batch (`Reshape`)."""

    default: tuple[int, ...]
    longest: int = 8
    low: int = 1
    inferred: bool = False
    """One size may be -1: as many as are left."""
    kind: ClassVar[str] = "shape"

    def _check(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, tuple | list) or not 1 <= len(value) <= self.longest:
            raise self.refuse(value)
        lows = sum(1 for item in value if item == -1)
        good = all(
            isinstance(i, int) and not isinstance(i, bool) and (self.low <= i <= 2**31 or i == -1) for i in value
        )
        if not good or lows > int(self.inferred):
            raise self.refuse(value)
        return tuple(value)

    def wants(self) -> str:
        return f"1 to {self.longest} sizes" + (", one of them may be -1" if self.inferred else "")


def range_words(low: float, high: float, lowest: float, highest: float) -> str:
    """`from 1 to 9`, `of at least 1` ...; nothing where there are no bounds."""
    if low > lowest and high < highest:
        return f" from {_number(low)} to {_number(high)}"
    if low > lowest:
        return f" of at least {_number(low)}"
    if high < highest:
        return f" of at most {_number(high)}"
    return ""


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def Int(name: str, default: int | None, help: str = "", **more: Any) -> IntParam:
    """A whole number: `low`, `high`."""
    return IntParam(name=name, default=default, help=help, **more)


def Float(name: str, default: float | None, help: str = "", **more: Any) -> FloatParam:
    """A finite number: `low`, `high`, `open_high`."""
    return FloatParam(name=name, default=default, help=help, **more)


def Floats(name: str, default: tuple[float, ...], help: str = "", **more: Any) -> FloatsParam:
    """As many finite numbers as the default has: `low`, `high`, `open_high`."""
    return FloatsParam(name=name, default=default, help=help, **more)


def Bool(name: str, default: bool, help: str = "", **more: Any) -> BoolParam:
    """Yes or no."""
    return BoolParam(name=name, default=default, help=help, **more)


def Choice(name: str, default: str, choices: Iterable[str], help: str = "", **more: Any) -> ChoiceParam:
    """One of a few words: `titles`, `tips`."""
    return ChoiceParam(name=name, default=default, choices=tuple(choices), help=help, **more)


def Size(name: str, default: int | tuple[int, ...] | None, help: str = "", **more: Any) -> SizeParam:
    """One size for all axes or one for each: `axes`, `low`, `high`."""
    return SizeParam(name=name, default=default, help=help, **more)


def Padding(name: str, default: int | str, help: str = "", **more: Any) -> PaddingParam:
    """A size, or "same" or "valid"."""
    return PaddingParam(name=name, default=default, help=help, **more)


def Sizes(name: str, default: tuple[int, ...], help: str = "", **more: Any) -> ShapeParam:
    """A list of sizes: `longest`, `inferred`."""
    return ShapeParam(name=name, default=default, help=help, **more)
