"""Where wires end, and one layer at its place: what comes in at each port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError
from nnstudio.params import Value, Values


@dataclass(frozen=True)
class Adapt:
    """A method called on a tensor on its way, as `label.float()`."""

    method: str
    args: tuple[int, ...] = ()


@dataclass(frozen=True)
class Port:
    """Where a wire ends. `pattern` names the sizes of the shape, `...` stands for any number of them.

    A pattern with `N` wants a batch; one of sizes alone (`L L`, or nothing at all) wants none; `...` alone takes both.

    `many`: takes any number of wires, in order.
    `optional`: may stay without a wire.
    `target`: takes what the data set says is right (a loss's second input).
    `refuses`: a kind of tensor that would be a mistake here though PyTorch could compute it.
    `insert`: a layer that mends a shape that does not match, when put in before the port.

    Of outputs alone:
    `attribute`: it is no result of the call but an attribute of the module (an embedding's weight).
    `after`: methods called on what the module gives, to have the batch first.
    """

    name: str
    pattern: str = "N ..."
    many: bool = False
    optional: bool = False
    target: bool = False
    dtype: str = "float32"
    wants: str = ""
    insert: str = ""
    refuses: str = ""
    help: str = ""
    attribute: str = ""
    after: tuple[Adapt, ...] = ()

    def match(self, spec: TensorSpec) -> dict[str, int]:
        """The named sizes, by the pattern. Raises ShapeError naming the port, what came and what is needed."""
        found = _sizes(self.pattern.split(), spec.shape)
        if found is None or (self.refuses and spec.kind == self.refuses):
            fix = f"Insert {self.insert} before it." if self.insert else ""
            words = f"gets {shape_text(spec.shape)} and needs {self.needs()}."
            raise ShapeError(words, port=self.name, fix=fix, insert=self.insert)
        if self.dtype not in ("any", spec.dtype):
            raise ShapeError(f"gets {dtype_words(spec.dtype)} and needs {dtype_words(self.dtype)}.", port=self.name)
        return found

    def needs(self) -> str:
        """What the port takes, in words."""
        return self.wants or self.pattern.replace(" ", "×").replace("...", "…") or "scalar"


Ports: TypeAlias = tuple[Port, ...]


def _sizes(names: list[str], shape: Shape) -> dict[str, int] | None:
    """The sizes by name; None where the shape is another. `...` may stand for the batch too, if nothing else does."""
    batched = "N" in names
    if "..." in names:
        gap = names.index("...")
        missing = len(shape) - (len(names) - 1)
        if missing < 0:
            return None
        names = names[:gap] + [f"*{i}" for i in range(missing)] + names[gap + 1 :]
    if len(names) != len(shape):
        return None
    pairs = list(zip(names, shape, strict=True))
    if any((name == "N") != (size == N) and (batched or not name.startswith("*")) for name, size in pairs):
        return None
    return {name: size for name, size in pairs if not name.startswith("*")}


@dataclass(frozen=True)
class Site:
    """One layer at its place: parameter values, and what comes in at each port; nothing at one that is left free."""

    params: Values
    inputs: Mapping[str, tuple[TensorSpec, ...]] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    """Sizes named by the ports' patterns, as "x.C"."""

    def one(self, port: str = "x") -> TensorSpec:
        """What comes in at a port that takes one wire."""
        return self.inputs[port][0]

    def maybe(self, port: str) -> TensorSpec | None:
        """What comes in at an optional port, if anything does."""
        specs = self.inputs.get(port)
        return specs[0] if specs else None

    def number(self, name: str) -> int:
        """A parameter that is a whole number."""
        value = self.params[name]
        assert isinstance(value, int), name
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A parameter that is a list of whole numbers."""
        value = self.params[name]
        assert isinstance(value, tuple), name
        return tuple(whole(item) for item in value)

    def axes(self, name: str, count: int = 2) -> tuple[int, ...]:
        """A size parameter as one number for each axis."""
        value = self.params[name]
        return self.numbers(name) if isinstance(value, tuple) else (whole(value),) * count


def whole(value: Value) -> int:
    """The value, which is a whole number."""
    assert isinstance(value, int), value
    return value


def dtype_words(dtype: str) -> str:
    """What a type is to a person."""
    return {"float32": "numbers", "int64": "class numbers or tokens", "bool": "yes or no"}.get(dtype, dtype)
