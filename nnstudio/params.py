"""Parameter kinds: what a person can set on a layer, a data set or a training plan.

One kind knows how to check a value, and what a form needs to show it. Values are plain JSON (bool, int, float, str,
None, tuples of ints), so they can be saved, sent and written into source as literals.

`required` says that PyTorch itself has no default, so the argument is always written. `torch_default` is PyTorch's own
default where ours differs: an argument equal to it is left out of the source.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from nnstudio.errors import BadParameter

Value: TypeAlias = bool | int | float | str | tuple[int, ...] | None
Values: TypeAlias = Mapping[str, Value]

_LARGEST = sys.float_info.max

OURS: Any = object()
"""Marks "PyTorch's default is the same as ours"."""


@dataclass(frozen=True, kw_only=True)
class Param:
    """One settable value. Sub-classes check it; `default` always passes the check."""

    name: str
    default: Value
    help: str = ""
    required: bool = False
    torch_default: Any = OURS
    optional: bool = False
    """None is a value too."""
    telling: bool = False
    """Shown on the node's card."""

    kind: ClassVar[str] = "any"

    @property
    def omitted_at(self) -> Value:
        """The value at which the argument may be left out of the source."""
        return self.default if self.torch_default is OURS else self.torch_default

    def check(self, value: object) -> Value:
        """The value in its proper type. Raises BadParameter, naming the parameter and what it takes."""
        if value is None and self.optional:
            return None
        return self._check(value)

    def _check(self, value: object) -> Value:
        raise self.refuse(value)

    def wants(self) -> str:
        """What the parameter takes, in words, for messages and tips."""
        return "a value"

    def refuse(self, value: object) -> BadParameter:
        return BadParameter(f"{self.name} takes {self.wants()}, not {_shown(value)}.", name=self.name)


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
        return "a whole number" + _range_words(self.low, self.high, -(2**31), 2**31 - 1)


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
            return f"a number{_range_words(self.low, math.inf, -math.inf, math.inf)} and below {self.high:g}"
        return "a number" + _range_words(self.low, self.high, -math.inf, math.inf)


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
        each = _range_words(self.low, self.high, -(2**31), 2**20)
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
    inferred: bool = False
    """One size may be -1: as many as are left."""
    kind: ClassVar[str] = "shape"

    def _check(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, tuple | list) or not 1 <= len(value) <= self.longest:
            raise self.refuse(value)
        lows = sum(1 for item in value if item == -1)
        good = all(isinstance(i, int) and not isinstance(i, bool) and (1 <= i <= 2**31 or i == -1) for i in value)
        if not good or lows > int(self.inferred):
            raise self.refuse(value)
        return tuple(value)

    def wants(self) -> str:
        return f"1 to {self.longest} sizes" + (", one of them may be -1" if self.inferred else "")


@dataclass(frozen=True)
class ParamSet:
    """An ordered set of parameters, with the checks that go over a whole set of values."""

    params: tuple[Param, ...] = field(default=())

    def __iter__(self) -> Any:
        return iter(self.params)

    def __len__(self) -> int:
        return len(self.params)

    def __contains__(self, name: object) -> bool:
        return any(param.name == name for param in self.params)

    def __getitem__(self, name: str) -> Param:
        for param in self.params:
            if param.name == name:
                return param
        known = ", ".join(param.name for param in self.params) or "none"
        raise BadParameter(f"There is no parameter '{name}'.", name=name, fix=f"The parameters are: {known}.")

    def defaults(self) -> dict[str, Value]:
        return {param.name: param.default for param in self.params}

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """All values: those given, checked, and defaults for the rest. Raises BadParameter."""
        given = {name: self[name].check(value) for name, value in values.items()}
        return {param.name: given.get(param.name, param.default) for param in self.params}


def _shown(value: object) -> str:
    """A value in a message: on one line, and short."""
    try:
        text = repr(value)
    except ValueError:  # Python writes out no whole number of more than some thousand digits
        text = "a number too long to show"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _range_words(low: float, high: float, lowest: float, highest: float) -> str:
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


def Bool(name: str, default: bool, help: str = "", **more: Any) -> BoolParam:
    """Yes or no."""
    return BoolParam(name=name, default=default, help=help, **more)


def Choice(name: str, default: str, choices: Iterable[str], help: str = "", **more: Any) -> ChoiceParam:
    """One of a few words."""
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
