"""Hypothesis strategies for layers: values by the kind of the parameter, inputs by the pattern of the port."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from nnstudio import params as kinds
from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.catalogue.tensors import Shape
from nnstudio.data.sets.regression import CoefficientsParam
from nnstudio.data.spec import DType, Field
from nnstudio.params import Param, Value, files
from nnstudio.params.typed import DEEPEST, MOST_NUMBERS

SIZES = st.sampled_from((4, 6, 8, 4, 6, 8, 2, 3, 1, 10))
"""None of them is a size of a batch, so that a size in the wrong place shows."""

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Feed:
    """What is wired to a port: a field of the data; without a batch, a node that holds a tensor typed in."""

    field: Field
    node: str = "Dataset"
    """Or "Constant", or "Value"."""

    @property
    def batched(self) -> bool:
        return self.node == "Dataset"


@dataclass(frozen=True)
class Example:
    """A layer with parameter values, what is wired to each of its ports, and which of its outputs are looked at."""

    type: str
    params: Mapping[str, Any]
    wires: Mapping[str, tuple[Feed, ...]]
    outputs: tuple[str, ...] = ()
    """Those that have an Output node behind them. With none, the model returns the first."""

    @property
    def layer(self) -> LayerType:
        """The declaration."""
        return registry.layer(self.type)

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """Each feed once."""
        return tuple(dict.fromkeys(feed for feeds in self.wires.values() for feed in feeds))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the data, each once."""
        return tuple(feed.field for feed in self.feeds if feed.batched)

    def __str__(self) -> str:
        wires = {port: [f"{feed.node} {feed.field.shape}" for feed in feeds] for port, feeds in self.wires.items()}
        return f"{self.type} {dict(self.params)} {wires} -> {self.outputs}"


@st.composite
def examples(draw: Draw, layer: LayerType) -> Example:
    """A layer, most often one that is well, sometimes one that is not."""
    sizes = draw(_agreements())
    sizes.turned = layer.type == "MatMul"
    wires = {} if callable(layer.inputs) else draw(wires_of(layer.inputs, sizes))
    bold = draw(st.booleans())
    values: dict[str, Value] = {}
    while missing := [param for param in layer.params_for(values) if param.name not in values]:
        values[missing[0].name] = draw(_value_at(missing[0], wires, sizes, bold))
    wires = wires or draw(wires_of(layer.inputs_for(values), sizes))
    return Example(layer.type, values, wires, draw(_looked_at(layer, values)))


@st.composite
def _value_at(draw: Draw, param: Param, wires: Mapping[str, tuple[Feed, ...]], sizes: Agreed, bold: bool) -> Value:
    """One that suits what comes in, where that can be told; the default or any other."""
    first = next((feed for feeds in wires.values() for feed in feeds), None)
    suiting = _suiting(param, first, sizes) if first is not None else None
    if suiting is not None and draw(st.integers(0, 3)) < 3:
        return draw(suiting)
    other = bold or draw(st.integers(0, 2)) == 2
    return draw(values_of(param, first.field.shape if first is not None else ())) if other else param.default


def _suiting(param: Param, first: Feed, sizes: Agreed) -> st.SearchStrategy[Value] | None:
    """What makes it likely that all is well: a state as wide and deep as the parameters say, heads that share evenly,
    a number for each size; and few layers, which are quick."""
    shape = first.field.shape
    axes = range(int(first.batched), int(first.batched) + len(shape))
    agreed = {"hidden_size": "H", "num_layers": "S"}.get(param.name, "")
    match param.name:
        case "hidden_size" | "num_layers" if {"H", agreed} <= sizes.named.keys():
            return st.just(sizes.named[agreed])
        case "num_layers" | "num_encoder_layers" | "num_decoder_layers":
            return st.sampled_from((1, 2))
        case "num_heads" | "nhead" if shape:
            return st.sampled_from([heads for heads in (2, 1, 4) if shape[-1] % heads == 0])
        case "dims" if isinstance(param, kinds.ShapeParam) and shape:
            return st.permutations(axes).map(tuple)
        case "repeats" if isinstance(param, kinds.ShapeParam) and shape:
            return st.tuples(*(st.integers(param.low, param.low + 2) for _ in axes))
    return None


@st.composite
def _looked_at(draw: Draw, layer: LayerType, values: Mapping[str, Value]) -> tuple[str, ...]:
    """All outputs, or one of them; or none where there is but one."""
    names = tuple(port.name for port in layer.outputs_for(values))
    if layer.is_loss or layer.type in ("Dataset", "Output"):
        return ()
    if len(names) == 1:
        return draw(st.sampled_from(((), names)))
    return draw(st.sampled_from((names, names, *((name,) for name in names))))


# Inputs


@dataclass
class Agreed:
    """What the ports of one example agree on."""

    rest: tuple[int, ...]
    batched: bool
    named: dict[str, int] = field(default_factory=dict)
    before: tuple[int, ...] = ()
    """The shape at the port before."""
    turned: bool = False
    """Whether a shape is mostly the one before with its last sizes turned around, as for a product of matrices."""


@st.composite
def _agreements(draw: Draw) -> Agreed:
    count = draw(st.sampled_from((2, 1, 3, 2, 1, 0)))
    return Agreed(tuple(draw(SIZES) for _ in range(count)), draw(st.integers(0, 4)) < 4)


@st.composite
def wires_of(draw: Draw, ports: tuple[Port, ...], sizes: Agreed) -> dict[str, tuple[Feed, ...]]:
    """Feeds that match the pattern of each port. Ports mostly agree on sizes that they call the same."""
    return {port.name: draw(_feeds(port, sizes)) for port in ports}


@st.composite
def _feeds(draw: Draw, port: Port, sizes: Agreed) -> tuple[Feed, ...]:
    if port.optional and draw(st.booleans()):
        return ()
    shape, batched = draw(_shape(port, sizes)), draw(_has_batch(port, sizes))
    sizes.before = shape
    count = draw(st.integers(0, 2)) if port.many else 0
    shapes = [shape, *(draw(_variant(shape)) for _ in range(count))]
    feeds = []
    for number, drawn in enumerate(shapes, 1):
        has_batch = batched if number == 1 else draw(_has_batch(port, sizes))
        feeds.append(draw(_feed(port, f"{port.name}{number}", drawn, has_batch)))
    again = port.many and draw(st.integers(0, 5)) == 5
    return (*feeds, *feeds[:1]) if again else tuple(feeds)


@st.composite
def _has_batch(draw: Draw, port: Port, sizes: Agreed) -> bool:
    """As the pattern says; where it leaves that open, mostly as at the other ports."""
    names = port.pattern.split()
    if "N" in names or names[:1] != ["..."]:
        return "N" in names
    return sizes.batched != (draw(st.integers(0, 9)) == 9)


@st.composite
def _shape(draw: Draw, port: Port, sizes: Agreed) -> tuple[int, ...]:
    """Without the batch."""
    shape: list[int] = []
    rest, before = sizes.rest, sizes.before
    if sizes.turned and len(before) > 1 and draw(st.integers(0, 3)):
        return (*before[:-2], before[-1], before[-2])
    for name in port.pattern.split():
        if name == "...":
            usual = [rest] * 6 + [before[:-1]] * 2 if port.target else [rest] * 16 + [before[:-1]]
            shape += draw(st.sampled_from([*usual, (), (*rest, 1), rest[:-1]]))
        elif name != "N":
            if name not in sizes.named or draw(st.integers(0, 15)) == 15:
                sizes.named[name] = draw(SIZES if name != "S" else st.sampled_from((2, 1, 4, 3)))
            shape.append(sizes.named[name])
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
def _feed(draw: Draw, port: Port, name: str, shape: tuple[int, ...], batched: bool) -> Feed:
    dtype: DType = draw(st.sampled_from(("float32", "float32", "int64", "bool"))) if port.dtype == "any" else port.dtype
    if not batched:
        # A Value is trained, so it shows that gradients arrive; what is right does not move.
        trained = dtype == "float32" and not port.target and draw(st.booleans())
        return Feed(Field(name, _typeable(shape), dtype, "any"), "Value" if trained else "Constant")
    if dtype == "int64":
        classes = draw(st.sampled_from((2, 4, 3, 2, 4, 1, 0)))
        kind = "tokens" if shape else "label"
        return Feed(Field(name, shape, dtype, kind, names=tuple(f"class {n}" for n in range(classes))))
    usual = {1: "vector", 2: "sequence", 3: "image"}.get(len(shape), "any") if dtype == "float32" else "any"
    kind = "any" if usual == port.refuses and draw(st.integers(0, 3)) else usual
    return Feed(Field(name, shape, dtype, kind))


def _typeable(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The last sizes, so many that a person can type them in."""
    while len(shape) > DEEPEST or math.prod(shape) > MOST_NUMBERS:
        shape = shape[1:]
    return shape


# Parameter values


def values_of(param: Param, shape: Shape = ()) -> st.SearchStrategy[Value]:
    """Values that the parameter takes, bounds among them. Every kind of parameter has a strategy, or this fails.

    `shape` is that of a sample at the first input, for lists of sizes that should fit it.
    """
    usual = _BY_KIND[type(param)]
    drawn = (_BY_NAME.get(param.name, usual) if isinstance(param, kinds.ShapeParam) else usual)(param, shape)
    if param.optional:
        drawn = st.one_of(drawn, st.none())
    return drawn


def _whole(low: int, high: int) -> st.SearchStrategy[int]:
    """Small ones, mostly; the bounds too."""
    small = [number for number in range(-3, 9) if low <= number <= high] or list(range(low, min(low + 8, high + 1)))
    likely = [number for number in (1, 2, -1, 0, 3) if number in small]
    wide = range(low, high + 1) if high - low <= 32 else (low, high)
    return st.sampled_from([*likely * 5, *small * 2, *wide])


def _int(param: kinds.IntParam, shape: Shape) -> st.SearchStrategy[Value]:
    return _whole(param.low, param.high)


def _float(param: kinds.FloatParam, shape: Shape) -> st.SearchStrategy[Value]:
    low, high = max(param.low, -1e3), min(param.high, 1e3)
    top = math.nextafter(high, -math.inf) if param.open_high else high
    return st.one_of(st.sampled_from((low, top)), st.floats(low, top, exclude_max=False))


def _floats(param: kinds.FloatsParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.tuples(*[_float(param.each, shape)] * len(param.default))


def _bool(param: kinds.BoolParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.booleans()


def _choice(param: kinds.ChoiceParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.sampled_from(param.choices)


def _size(param: kinds.SizeParam, shape: Shape) -> st.SearchStrategy[Value]:
    small = st.integers(param.low, param.low + 3)
    one = st.sampled_from([*range(param.low, param.low + 4)] * 8 + [param.high])
    return st.one_of(one, st.tuples(*[small] * param.axes), st.tuples(*[small] * param.axes))


def _padding(param: kinds.PaddingParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.one_of(st.sampled_from(param.words), _size(param, shape))


@st.composite
def _sizes(draw: Draw, param: kinds.ShapeParam, shape: Shape) -> Value:
    """Sizes whose product is how many numbers there are, or -1 for one of them; sometimes any."""
    if draw(st.integers(0, 4)) == 4:
        return tuple(draw(st.lists(SIZES, min_size=1, max_size=param.longest)))
    sizes, left = [], math.prod(shape)
    for _ in range(draw(st.integers(0, min(3, param.longest - 1)))):
        sizes.append(draw(st.sampled_from([size for size in range(1, left + 1) if left % size == 0])))
        left //= sizes[-1]
    last = -1 if param.inferred and draw(st.booleans()) else left
    return tuple(draw(st.permutations([*sizes, last])))


@st.composite
def _parts(draw: Draw, param: kinds.ShapeParam, shape: Shape) -> Value:
    """Sizes whose product is one of the sizes."""
    return draw(_sizes(param, (draw(st.sampled_from(shape or (1,))),)))


def _tensor(param: kinds.TensorParam, shape: Shape) -> st.SearchStrategy[Value]:
    """A number, or rows of one length."""
    return st.lists(st.integers(1, 4), max_size=DEEPEST).flatmap(_rows)


def _rows(shape: list[int]) -> st.SearchStrategy[Value]:
    numbers: st.SearchStrategy[Value] = st.floats(-100, 100, width=32)
    for size in reversed(shape):
        numbers = st.tuples(*[numbers] * size)
    return numbers


def _names(param: kinds.NamesParam, shape: Shape) -> st.SearchStrategy[Value]:
    names = st.lists(st.sampled_from(("x", "y", "query", "mask", "a1", "state")), min_size=1, unique=True)
    return names.map(lambda found: ", ".join(found[: param.most]))


def _code(param: kinds.CodeParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.sampled_from((param.default, "", "1 +", "x = 'ü'\n"))


def _points(param: kinds.PointsParam, shape: Shape) -> st.SearchStrategy[Value]:
    place = st.floats(-kinds.REACH, kinds.REACH)
    points = st.lists(st.tuples(place, place, st.integers(0, kinds.MOST_CLASSES - 1)), max_size=8)
    return points.map(lambda found: param.check(found))


def _coefficients(param: CoefficientsParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.sampled_from(((1.0, -2.0), (0.0, 0.0, 3.5), (1.0,) * 9))


def _text(param: kinds.TextParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.sampled_from((param.default, "", "a line", "größer"))


def _path(param: kinds.PathParam, shape: Shape) -> st.SearchStrategy[Value]:
    return st.sampled_from(("", "/nowhere/table.csv", "C:\\data\\bilder ü"))


def _strings(param: kinds.StringsParam, shape: Shape) -> st.SearchStrategy[Value]:
    texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=5, unique=True)
    return texts.map(lambda found: tuple(found[: param.most]))


def _columns(param: kinds.ColumnsParam, shape: Shape) -> st.SearchStrategy[Value]:
    classes = st.lists(st.sampled_from(("a", "b", "c", "ü")), unique=True)
    rows = st.tuples(st.sampled_from(files.KINDS), st.sampled_from(files.ROLES), classes)
    return st.lists(rows, max_size=6).map(
        lambda found: tuple(kinds.Column(f"c{n}", row[0], row[1], tuple(row[2])).value() for n, row in enumerate(found))
    )


_BY_KIND: dict[type[Param], Callable[[Any, Shape], st.SearchStrategy[Value]]] = {
    kinds.IntParam: _int,
    kinds.FloatParam: _float,
    kinds.FloatsParam: _floats,
    kinds.BoolParam: _bool,
    kinds.ChoiceParam: _choice,
    kinds.SizeParam: _size,
    kinds.PaddingParam: _padding,
    kinds.ShapeParam: _sizes,
    kinds.TensorParam: _tensor,
    kinds.PointsParam: _points,
    kinds.NamesParam: _names,
    kinds.CodeParam: _code,
    kinds.TextParam: _text,
    CoefficientsParam: _coefficients,
    kinds.PathParam: _path,
    files.InsteadParam: _path,
    kinds.StringsParam: _strings,
    kinds.ColumnsParam: _columns,
}

_BY_NAME: dict[str, Callable[[Any, Shape], st.SearchStrategy[Value]]] = {
    "unflattened_size": _parts,
}
"""Lists that have to fit the input in another way than by their product."""
