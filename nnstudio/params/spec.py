"""What a parameter is: a name, a default, and a check; and an ordered set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from nnstudio.errors import BadParameter

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | None"
Values: TypeAlias = Mapping[str, Value]

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
    argument: bool = True
    """Whether it is an argument of the call in the source, and not something that the declaration works with."""
    hidden: bool = False
    """Not in a form: others set it, as what is known of a file."""
    live: bool = False
    """A run that goes on takes another value over at its next step."""

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
        return BadParameter(f"{self.name} takes {self.wants()}, not {shown(value)}.", name=self.name)


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


def shown(value: object) -> str:
    """A value in a message: on one line, and short."""
    try:
        text = repr(value)
    except ValueError:  # Python writes out no whole number of more than some thousand digits
        text = "a number too long to show"
    return text if len(text) <= 60 else f"{text[:59]}…"
