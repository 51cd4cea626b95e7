"""A layer whose class a person types in."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.catalogue.spec import Family, LayerType, Port, Ports, Site, Typed
from nnstudio.catalogue.tensors import Shape
from nnstudio.catalogue.typed import read_class
from nnstudio.errors import ShapeError
from nnstudio.params import Names, ParamSet, Source, Values, split_names

family = Family("custom", "Custom", 95)

EXAMPLE = '''class Scale(nn.Module):
    """Multiplies by a learned number."""

    def __init__(self, start: float = 1.0) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(start))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x
'''
"""What a new node holds."""


def _params(values: Mapping[str, object]) -> ParamSet:
    code = Source("code", EXAMPLE, "The class, in Python; torch and nn are there.", argument=False)
    outputs = Names("outputs", "y", "A name for each tensor that forward gives.", argument=False)
    return ParamSet((code, outputs, *read_class(_text(values)).arguments))


def _text(values: Mapping[str, object]) -> str:
    """The code, as far as it is any: what is none is refused when it is checked."""
    code = values.get("code", EXAMPLE)
    return code if isinstance(code, str) else ""


def _inputs(values: Values) -> Ports:
    return read_class(_text(values)).inputs


def _outputs(values: Values) -> Ports:
    return tuple(Port(name, "...", dtype="any") for name in split_names(str(values["outputs"])))


def _not_here(site: Site) -> Shape:
    """The engine alone knows: the compiler asks for what it has measured."""
    raise ShapeError("has a shape that the engine must measure.")


Custom = LayerType(
    "Custom",
    "A small nn.Module that you type in.",
    inputs=_inputs,
    outputs=_outputs,
    params=_params,
    shape=_not_here,
    code=Typed(),
    help="Write one class that derives from nn.Module. The arguments of forward are the inputs, those of __init__ with "
    "a default are the parameters, and outputs has a name for each tensor that forward gives. The engine runs the "
    "class with two sizes of batch to learn its shapes, and gives what comes in from the training set to a method "
    "fit(batches), where it has one, before training. Code that comes with a project does not run before you have read "
    "and allowed it.",
    formula="y = forward(x)",
    aliases=("python", "code", "module", "own", "script", "lambda", "function"),
)
