"""What a layer is: ports, parameters, a shape rule and structured code.

A declaration is about ten lines; everything else derives from it:

    Linear = LayerType(
        "Linear", "Multiplies by a learned matrix and adds a bias.",
        inputs=(Port("x", "N ... F"),), outputs=(Port("y"),),
        params=ParamSet((Int("out_features", 64, low=1, required=True), Bool("bias", True))),
        shape=shapes.linear, code=Module("nn.Linear", inferred=(dim("x", "F"),)), weights=shapes.linear_weights)

`code` is structure, never text: the compiler alone writes text, from identifiers and literals it has checked, so that a
project file can not inject code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError
from nnstudio.params import ParamSet, Value, Values


@dataclass(frozen=True)
class Family:
    """A group in the palette. `key` chooses colour and icon."""

    key: str
    title: str
    order: int = 100


@dataclass(frozen=True)
class Port:
    """Where a wire ends. `pattern` names the sizes of the shape, `...` stands for any number of them.

    `many`: takes any number of wires, in order.
    `target`: takes what the data set says is right (a loss's second input).
    `refuses`: a kind of tensor that would be a mistake here though PyTorch could compute it.
    `insert`: a layer that mends a shape that does not match, when put in before the port.
    """

    name: str
    pattern: str = "N ..."
    many: bool = False
    target: bool = False
    dtype: str = "float32"
    wants: str = ""
    insert: str = ""
    refuses: str = ""
    help: str = ""

    def match(self, spec: TensorSpec) -> dict[str, int]:
        """The named sizes, by the pattern. Raises ShapeError naming the port, what came and what is needed."""
        names = self.pattern.split()
        found = self._sizes(names, spec.shape)
        if found is None or (self.refuses and spec.kind == self.refuses):
            fix = f"Insert {self.insert} before it." if self.insert else ""
            words = f"gets {shape_text(spec.shape)} and needs {self.needs()}."
            raise ShapeError(words, port=self.name, fix=fix, insert=self.insert)
        if self.dtype not in ("any", spec.dtype):
            raise ShapeError(f"gets {_dtype_words(spec.dtype)} and needs {_dtype_words(self.dtype)}.", port=self.name)
        return found

    def needs(self) -> str:
        """What the port takes, in words."""
        return self.wants or self.pattern.replace(" ", "×").replace("...", "…")

    @staticmethod
    def _sizes(names: list[str], shape: Shape) -> dict[str, int] | None:
        if "..." in names:
            gap = names.index("...")
            missing = len(shape) - (len(names) - 1)
            if missing < 0:
                return None
            names = names[:gap] + [f"*{i}" for i in range(missing)] + names[gap + 1 :]
        if len(names) != len(shape):
            return None
        pairs = list(zip(names, shape, strict=True))
        if any((name == "N") != (size == N) for name, size in pairs):
            return None
        return {name: size for name, size in pairs if not name.startswith("*")}


@dataclass(frozen=True)
class Site:
    """One layer at its place: parameter values, and what comes in at each port."""

    params: Values
    inputs: Mapping[str, tuple[TensorSpec, ...]] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    """Sizes named by the ports' patterns, as "x.C"."""

    def one(self, port: str = "x") -> TensorSpec:
        """What comes in at a port that takes one wire."""
        return self.inputs[port][0]

    def number(self, name: str) -> int:
        """A parameter that is a whole number."""
        value = self.params[name]
        assert isinstance(value, int), name
        return value

    def axes(self, name: str, count: int = 2) -> tuple[int, ...]:
        """A size parameter as one number for each axis."""
        value = self.params[name]
        if isinstance(value, tuple):
            return value
        assert isinstance(value, int), name
        return (value,) * count


ShapeRule: TypeAlias = Callable[[Site], "Shape | TensorSpec | Mapping[str, TensorSpec]"]
WeightsRule: TypeAlias = Callable[[Site], dict[str, Shape]]
FlopsRule: TypeAlias = Callable[[Site], int]


@dataclass(frozen=True)
class Dim:
    """An argument that is a size of an input."""

    port: str
    size: str


@dataclass(frozen=True)
class Derived:
    """An argument computed from the place of the layer."""

    rule: Callable[[Site], Value]


Inferred: TypeAlias = Dim | Derived


def dim(port: str, size: str) -> Dim:
    """The size that `port`'s pattern calls `size`."""
    return Dim(port, size)


@dataclass(frozen=True)
class Adapt:
    """A method called on an input before the layer sees it, as `label.float()`."""

    method: str
    args: tuple[int, ...] = ()


@dataclass(frozen=True)
class Module:
    """An attribute made once and called in forward: `self.conv1 = nn.Conv2d(1, 16, 3)`.

    Arguments are the inferred ones, then the required parameters, then by keyword those that differ from PyTorch's
    default.
    """

    callee: str
    inferred: tuple[Inferred, ...] = ()
    adapt: Callable[[Site], Mapping[str, tuple[Adapt, ...]]] | None = None


@dataclass(frozen=True)
class Infix:
    """The inputs joined by an operator: `a + b`."""

    operator: str


@dataclass(frozen=True)
class Function:
    """A function of all inputs as one tuple: `torch.cat((a, b), dim=1)`."""

    callee: str


@dataclass(frozen=True)
class Method:
    """A method of the first input: `x.reshape(-1, 4, 7)`."""

    name: str
    inferred: tuple[Inferred, ...] = ()


@dataclass(frozen=True)
class Given:
    """No code: the values are arguments of forward, from the data."""


Code: TypeAlias = Module | Infix | Function | Method | Given
Ports: TypeAlias = tuple[Port, ...]


@dataclass(frozen=True)
class LayerType:
    """One kind of layer. `outputs` and `params` may follow from the values: a Dataset's ports are its fields."""

    type: str
    summary: str
    inputs: Ports = ()
    outputs: Ports | Callable[[Values], Ports] = (Port("y"),)
    params: ParamSet | Callable[[Mapping[str, object]], ParamSet] = field(default_factory=ParamSet)
    shape: ShapeRule = field(kw_only=True)
    code: Code = field(kw_only=True)
    weights: WeightsRule | None = None
    flops: FlopsRule | None = None
    task: Callable[[Site], str] | None = None
    """For a loss: how its prediction is read. "classes", "logit", "probability" or "values"."""
    help: str = ""
    formula: str = ""
    paper: str = ""
    aliases: tuple[str, ...] = ()
    stem: str = ""
    """What new nodes are called; by default the type in lower case without its 2d."""
    family: Family = Family("other", "Other")
    """Set by the registry from the module's `family`."""

    def outputs_for(self, params: Values) -> Ports:
        """The output ports with these parameter values."""
        return self.outputs(params) if callable(self.outputs) else self.outputs

    def params_for(self, params: Mapping[str, object]) -> ParamSet:
        """The parameters there are with these values."""
        return self.params(params) if callable(self.params) else self.params

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """All parameter values, checked, defaults filled in. Raises BadParameter."""
        return self.params_for(values).check(values)

    @property
    def is_loss(self) -> bool:
        return self.family.key == "loss"

    def place(self, params: Values, inputs: Mapping[str, tuple[TensorSpec, ...]]) -> Site:
        """The site with its named sizes. Raises ShapeError for an input that does not match its port."""
        dims: dict[str, int] = {}
        for port in self.inputs:
            for spec in inputs[port.name]:
                found = port.match(spec)
                dims.update({f"{port.name}.{name}": size for name, size in found.items()})
        return Site(params, inputs, dims)

    def output_specs(self, site: Site) -> dict[str, TensorSpec]:
        """What each output port puts out. Raises ShapeError."""
        result = self.shape(site)
        names = [port.name for port in self.outputs_for(site.params)]
        if isinstance(result, Mapping):
            return dict(result)
        if isinstance(result, TensorSpec):
            return {names[0]: result}
        return {names[0]: TensorSpec(result).with_shape(result)}

    def weight_shapes(self, site: Site) -> dict[str, Shape]:
        """The trainable parameters by their names in PyTorch."""
        return self.weights(site) if self.weights else {}


def _dtype_words(dtype: str) -> str:
    return {"float32": "numbers", "int64": "class numbers"}.get(dtype, dtype)
