"""Hypothesis strategies for layers: values by the kind of the parameter, inputs by the pattern of the port."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from nnstudio import params as kinds
from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.data.spec import Field
from nnstudio.params import Param, Value

SIZES = st.sampled_from((1, 2, 3, 4, 6, 6, 8, 8, 10, 10))
"""None of them is a size of a batch, so that a size in the wrong place shows."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Example:
    """A layer with parameter values, and the fields that are wired to each of its ports."""

    type: str
    params: Mapping[str, Any]
    wires: Mapping[str, tuple[Field, ...]]

    @property
    def layer(self) -> LayerType:
        """The declaration."""
        return registry.layer(self.type)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Each field once."""
        return tuple(dict.fromkeys(found for fields in self.wires.values() for found in fields))

    @property
    def numbers(self) -> int:
        """How many numbers a sample of the first input has."""
        return math.prod(self.fields[0].shape) if self.fields else 1


@st.composite
def examples(draw: Draw, layer: LayerType) -> Example:
    """A layer, most often one that is well, sometimes one that is not."""
    wires = draw(wires_of(layer))
    bold = draw(st.booleans())
    values: dict[str, Value] = {}
    while missing := [param for param in layer.params_for(values) if param.name not in values]:
        param = missing[0]
        other = bold or draw(st.integers(0, 2)) == 2
        drawn = values_of(param, Example(layer.type, {}, wires).numbers) if other else st.just(param.default)
        values[param.name] = draw(drawn)
    return Example(layer.type, values, wires)


# Inputs


@st.composite
def wires_of(draw: Draw, layer: LayerType) -> dict[str, tuple[Field, ...]]:
    """Fields that match the pattern of each port. Ports mostly agree on sizes that they call the same."""
    sizes: dict[str, int] = {}
    rest = draw(st.lists(SIZES, max_size=3))
    wires: dict[str, tuple[Field, ...]] = {}
    for port in layer.inputs:
        shape = draw(_shape(port, sizes, rest))
        shapes = [shape] + ([draw(_variant(shape)) for _ in range(draw(st.integers(0, 2)))] if port.many else [])
        fields = [draw(_field(port, f"{port.name}{number}", shape)) for number, shape in enumerate(shapes, 1)]
        again = port.many and draw(st.integers(0, 5)) == 5
        wires[port.name] = (*fields, *fields[:1]) if again else tuple(fields)
    return wires


@st.composite
def _shape(draw: Draw, port: Port, sizes: dict[str, int], rest: list[int]) -> tuple[int, ...]:
    shape: list[int] = []
    for name in port.pattern.split()[1:]:
        if name == "...":
            shape += draw(st.sampled_from(([rest] * 6) + [[], [*rest, 1], rest[:-1]]))
            continue
        if name not in sizes or draw(st.integers(0, 9)) == 9:
            sizes[name] = draw(SIZES)
        shape.append(sizes[name])
    return tuple(shape)


@st.composite
def _variant(draw: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The same shape, or one that differs in a size, or rarely in the number of them."""
    what = draw(st.sampled_from(("same", "same", "one", "size", "rank") if shape else ("same",)))
    if what == "rank":
        return shape[1:]
    if what == "same":
        return shape
    place = draw(st.integers(0, len(shape) - 1))
    return (*shape[:place], 1 if what == "one" else draw(SIZES), *shape[place + 1 :])


@st.composite
def _field(draw: Draw, port: Port, name: str, shape: tuple[int, ...]) -> Field:
    if port.dtype == "int64" or (port.dtype == "any" and draw(st.booleans())):
        classes = draw(st.sampled_from((0, 1, 2, 2, 3, 4)))
        return Field(name, shape, "int64", kind="label", names=tuple(f"class {n}" for n in range(classes)))
    usual = {1: "vector", 2: "sequence", 3: "image"}.get(len(shape), "any")
    kind = "any" if usual == port.refuses and draw(st.integers(0, 3)) else usual
    return Field(name, shape, "float32", kind=kind)


# Parameter values


def values_of(param: Param, numbers: int = 1) -> st.SearchStrategy[Value]:
    """Values that the parameter takes, bounds among them. Every kind of parameter has a strategy, or this fails.

    `numbers` is how many numbers a sample has, for lists of sizes that should fit them.
    """
    drawn = _BY_KIND[type(param)](param, numbers)
    if param.optional:
        drawn = st.one_of(drawn, st.none())
    return drawn


def _whole(low: int, high: int) -> st.SearchStrategy[int]:
    """Small ones, mostly; the bounds too."""
    if high - low <= 32:
        return st.integers(low, high)
    near = max(low, -8)
    return st.sampled_from([*range(near, near + 8)] * 4 + [low, high])


def _int(param: kinds.IntParam, numbers: int) -> st.SearchStrategy[Value]:
    return _whole(param.low, param.high)


def _float(param: kinds.FloatParam, numbers: int) -> st.SearchStrategy[Value]:
    low, high = max(param.low, -1e3), min(param.high, 1e3)
    top = math.nextafter(high, -math.inf) if param.open_high else high
    return st.one_of(st.sampled_from((low, top)), st.floats(low, top, exclude_max=False))


def _bool(param: kinds.BoolParam, numbers: int) -> st.SearchStrategy[Value]:
    return st.booleans()


def _choice(param: kinds.ChoiceParam, numbers: int) -> st.SearchStrategy[Value]:
    return st.sampled_from(param.choices)


def _size(param: kinds.SizeParam, numbers: int) -> st.SearchStrategy[Value]:
    small = st.integers(param.low, param.low + 3)
    one = st.sampled_from([*range(param.low, param.low + 4)] * 8 + [param.high])
    return st.one_of(one, st.tuples(*[small] * param.axes), st.tuples(*[small] * param.axes))


def _padding(param: kinds.PaddingParam, numbers: int) -> st.SearchStrategy[Value]:
    return st.one_of(st.sampled_from(param.words), _size(param, numbers))


@st.composite
def _sizes(draw: Draw, param: kinds.ShapeParam, numbers: int) -> Value:
    """Sizes whose product is the number of numbers, or -1 for one of them; sometimes any."""
    if draw(st.integers(0, 4)) == 4:
        return tuple(draw(st.lists(SIZES, min_size=1, max_size=param.longest)))
    sizes, left = [], numbers
    for _ in range(draw(st.integers(0, min(3, param.longest - 1)))):
        sizes.append(draw(st.sampled_from([size for size in range(1, left + 1) if left % size == 0])))
        left //= sizes[-1]
    last = -1 if param.inferred and draw(st.booleans()) else left
    return tuple(draw(st.permutations([*sizes, last])))


_BY_KIND: dict[type[Param], Callable[[Any, int], st.SearchStrategy[Value]]] = {
    kinds.IntParam: _int,
    kinds.FloatParam: _float,
    kinds.BoolParam: _bool,
    kinds.ChoiceParam: _choice,
    kinds.SizeParam: _size,
    kinds.PaddingParam: _padding,
    kinds.ShapeParam: _sizes,
}
