"""Where data come in, and where results go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from nnstudio.catalogue.site import whole
from nnstudio.catalogue.spec import Family, Given, LayerType, Port, Same, Site, Stored
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of, of_field
from nnstudio.data.registry import dataset, datasets
from nnstudio.data.spec import DType
from nnstudio.errors import BadParameter, UnknownDataset
from nnstudio.params import Choice, Int, ParamSet, Sizes, Tensor, Values, shape_of

family = Family("data", "Data", 10)

_DTYPES: tuple[DType, ...] = get_args(DType)


def _params(values: Mapping[str, object]) -> ParamSet:
    choice = Choice("dataset", "digits", datasets(), "Which data set the network learns from.", telling=True)
    try:
        own = dataset(str(values.get("dataset", choice.default))).params_for(values)
    except UnknownDataset as error:
        raise BadParameter(error.message, name="dataset", fix=error.fix) from error
    return ParamSet((choice, *own))


def _outputs(values: Values) -> tuple[Port, ...]:
    fields = dataset(str(values["dataset"])).fields_for(values)
    return tuple(Port(field.name, dtype=field.dtype, help=field.kind) for field in fields)


def _shape(site: Site) -> dict[str, TensorSpec]:
    return {field.name: of_field(field) for field in dataset(str(site.params["dataset"])).fields_for(site.params)}


Dataset = LayerType(
    "Dataset",
    "Gives samples of a data set, one port for each field.",
    outputs=_outputs,
    params=_params,
    shape=_shape,
    code=Given(),
    help="A drawing that learns from samples begins here. Connect the field the network sees to its first layer, and "
    "the field that holds the right answer to the target of the loss.",
    formula="N samples at a time",
    aliases=("data", "source", "samples", "training data", "dataloader", "load"),
)


def _dtype(values: Values) -> DType:
    return next(dtype for dtype in _DTYPES if dtype == values["dtype"])


def _input(site: Site) -> TensorSpec:
    shape, dtype = (N, *site.numbers("shape")), _dtype(site.params)
    kind = {"int64": "tokens", "bool": "any"}.get(dtype, "image" if len(shape) == 4 else kind_of(shape))
    return TensorSpec(shape, dtype, kind, whole(site.params["classes"]) if dtype == "int64" else 0)


Input = LayerType(
    "Input",
    "A place where a tensor comes in; inside a block, one of its inputs.",
    outputs=lambda values: (Port("y", dtype=_dtype(values)),),
    params=ParamSet(
        (
            Sizes("shape", (1, 8, 8), "Sizes of one sample, without the batch.", telling=True, argument=False),
            Choice("dtype", "float32", _DTYPES, "float32 for numbers, int64 for classes or tokens.", argument=False),
            Int("classes", 0, "int64 only: how many different values there are.", low=0, argument=False),
        )
    ),
    shape=_input,
    code=Given(),
    help="Use it for a network that is drawn without data, to see its shapes, its size and its code, and to export "
    "it. Inside a block it is one of the block's inputs, and takes the shape of what is connected outside.",
    formula="N×shape",
    aliases=("placeholder", "argument", "inputlayer", "entry"),
)


def _stored(site: Site) -> TensorSpec:
    shape = shape_of(site.params["value"]) or ()
    dtype = _dtype(site.params) if "dtype" in site.params else "float32"
    kind = {0: "scalar", 1: "vector"}.get(len(shape), "any")
    return TensorSpec(shape, dtype, kind)


Constant = LayerType(
    "Constant",
    "A tensor you type in, which training leaves as it is.",
    outputs=lambda values: (Port("y", "...", dtype=_dtype(values)),),
    params=ParamSet(
        (
            Tensor("value", 1.0, "A number, or lists of numbers, as [[1, 2], [3, 4]].", telling=True, argument=False),
            Choice("dtype", "float32", _DTYPES, "float32 for numbers.", argument=False),
        )
    ),
    shape=_stored,
    code=Stored(trainable=False),
    help="Use it for numbers that belong to the drawing: the inputs of a small computation, queries and keys of an "
    "attention worked out by hand, a factor. It has no batch and needs no data set.",
    formula="y = value",
    aliases=("tensor", "number", "literal"),
)


def _value_weights(site: Site) -> dict[str, Shape]:
    return {"": shape_of(site.params["value"]) or ()}


Value = LayerType(
    "Value",
    "A trainable number or small tensor, with the value you type in to begin with.",
    outputs=(Port("y", "..."),),
    params=ParamSet((Tensor("value", 1.0, "Where training begins, as 4 or [1, 2].", telling=True, argument=False),)),
    shape=_stored,
    code=Stored(trainable=True),
    weights=_value_weights,
    help="A weight you can see: draw a computation out of numbers, and watch each one's gradient. Use it to follow "
    "back-propagation by hand, or to add a learned number of your own to a larger network.",
    formula="y = value, and ∂L/∂y moves it",
    paper="Rumelhart, Hinton, Williams, Learning Representations by Back-Propagating Errors, 1986",
    aliases=("parameter", "scalar", "weight", "variable"),
)


def _same(site: Site) -> TensorSpec:
    return site.one()


Output = LayerType(
    "Output",
    "Gives a result its name; inside a block, one of its outputs.",
    inputs=(Port("x", "...", dtype="any"),),
    outputs=(Port("y", "...", dtype="any"),),
    shape=_same,
    code=Same(),
    help="What arrives here is returned by the model under this name, whether or not something else uses it. Inside a "
    "block it is one of the block's outputs.",
    formula="y = x",
    aliases=("result", "return", "outputlayer", "exit"),
)
