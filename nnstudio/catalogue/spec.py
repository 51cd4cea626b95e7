"""What a layer is: ports, parameters, a shape rule and structured code.

A declaration is about ten lines; everything else derives from it:

    Linear = LayerType(
        "Linear", "Multiplies by a learned matrix and adds a bias.",
        inputs=(Port("x", "N ... F"),), outputs=(Port("y"),),
        params=ParamSet((Int("out_features", 64, low=1, required=True), Bool("bias", True))),
        shape=shapes.linear, code=Module("nn.Linear", inferred=(dim("x", "F", "in_features"),)),
        weights=shapes.linear_weights)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.catalogue.code import (
    Argument as Argument,
)
from nnstudio.catalogue.code import (
    Call as Call,
)
from nnstudio.catalogue.code import (
    Code as Code,
)
from nnstudio.catalogue.code import (
    Derived as Derived,
)
from nnstudio.catalogue.code import (
    Dim as Dim,
)
from nnstudio.catalogue.code import (
    Function as Function,
)
from nnstudio.catalogue.code import (
    Given as Given,
)
from nnstudio.catalogue.code import (
    Helper as Helper,
)
from nnstudio.catalogue.code import (
    In as In,
)
from nnstudio.catalogue.code import (
    Inferred as Inferred,
)
from nnstudio.catalogue.code import (
    Infix as Infix,
)
from nnstudio.catalogue.code import (
    Literal as Literal,
)
from nnstudio.catalogue.code import (
    Method as Method,
)
from nnstudio.catalogue.code import (
    Module as Module,
)
from nnstudio.catalogue.code import (
    Named as Named,
)
from nnstudio.catalogue.code import (
    Pack as Pack,
)
from nnstudio.catalogue.code import (
    Same as Same,
)
from nnstudio.catalogue.code import (
    Stored as Stored,
)
from nnstudio.catalogue.code import (
    SubGraph as SubGraph,
)
from nnstudio.catalogue.code import (
    Typed as Typed,
)
from nnstudio.catalogue.code import (
    Wired as Wired,
)
from nnstudio.catalogue.code import (
    dim as dim,
)
from nnstudio.catalogue.site import Adapt as Adapt
from nnstudio.catalogue.site import Port as Port
from nnstudio.catalogue.site import Ports as Ports
from nnstudio.catalogue.site import Site as Site
from nnstudio.catalogue.tensors import Shape, TensorSpec
from nnstudio.params import ParamSet, Value, Values


@dataclass(frozen=True)
class Family:
    """A group in the palette. `key` chooses colour and icon."""

    key: str
    title: str
    order: int = 100


ShapeRule: TypeAlias = Callable[[Site], "Shape | TensorSpec | Mapping[str, TensorSpec]"]
WeightsRule: TypeAlias = Callable[[Site], dict[str, Shape]]
FlopsRule: TypeAlias = Callable[[Site], int]


@dataclass(frozen=True)
class LayerType:
    """One kind of layer. Ports and parameters may follow from the values: a Dataset's ports are its fields.

    `code` may follow from the place of the layer, as where an option needs another module.
    """

    type: str
    summary: str
    inputs: Ports | Callable[[Values], Ports] = ()
    outputs: Ports | Callable[[Values], Ports] = (Port("y"),)
    params: ParamSet | Callable[[Mapping[str, object]], ParamSet] = field(default_factory=ParamSet)
    shape: ShapeRule = field(kw_only=True)
    code: Code | Callable[[Site], Code] = field(kw_only=True)
    weights: WeightsRule | None = None
    """Trainable tensors by their names in PyTorch; the name is empty where the layer itself is the tensor."""
    flops: FlopsRule | None = None
    task: Callable[[Site], str] | None = None
    """For a loss: how its prediction is read. "classes", "tokens", "logit", "probability" or "values"."""
    help: str = ""
    formula: str = ""
    paper: str = ""
    aliases: tuple[str, ...] = ()
    stem: str = ""
    """What new nodes are called; by default the type in lower case without its 2d."""
    family: Family = Family("other", "Other")
    """Set by the registry from the module's `family`."""

    def inputs_for(self, params: Values) -> Ports:
        """The input ports with these parameter values."""
        return self.inputs(params) if callable(self.inputs) else self.inputs

    def outputs_for(self, params: Values) -> Ports:
        """The output ports with these parameter values."""
        return self.outputs(params) if callable(self.outputs) else self.outputs

    def params_for(self, params: Mapping[str, object]) -> ParamSet:
        """The parameters there are with these values."""
        return self.params(params) if callable(self.params) else self.params

    def code_for(self, site: Site) -> Code:
        """The code at this place."""
        return self.code(site) if callable(self.code) else self.code

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """All parameter values, checked, defaults filled in. Raises BadParameter."""
        return self.params_for(values).check(values)

    @property
    def is_loss(self) -> bool:
        return self.family.key == "loss"

    @property
    def may_learn(self) -> bool:
        """Whether it can have weights; those of a block or of typed-in code are known once it is understood."""
        return self.weights is not None or isinstance(self.code, SubGraph | Typed)

    @property
    def is_given(self) -> bool:
        """Whether its values come from outside: arguments of forward."""
        return isinstance(self.code, Given)

    @property
    def is_block(self) -> bool:
        return isinstance(self.code, SubGraph)

    def place(self, params: Values, inputs: Mapping[str, tuple[TensorSpec, ...]]) -> Site:
        """The site with its named sizes. Raises ShapeError for an input that does not match its port."""
        dims: dict[str, int] = {}
        for port in self.inputs_for(params):
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
