"""Where data comes in."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.catalogue.spec import Family, Given, LayerType, Port, Site
from nnstudio.catalogue.tensors import TensorSpec, of_field
from nnstudio.data.registry import dataset, datasets
from nnstudio.errors import BadParameter, UnknownDataset
from nnstudio.params import Choice, ParamSet, Values

family = Family("data", "Data", 10)


def _params(values: Mapping[str, object]) -> ParamSet:
    choice = Choice("dataset", "digits", datasets(), "Which data set the network learns from.", telling=True)
    try:
        own = dataset(str(values.get("dataset", choice.default))).params
    except UnknownDataset as error:
        raise BadParameter(error.message, name="dataset", fix=error.fix) from error
    return ParamSet((choice, *own))


def _outputs(values: Values) -> tuple[Port, ...]:
    fields = dataset(str(values["dataset"])).fields
    return tuple(Port(field.name, dtype=field.dtype, help=field.kind) for field in fields)


def _shape(site: Site) -> dict[str, TensorSpec]:
    return {field.name: of_field(field) for field in dataset(str(site.params["dataset"])).fields}


Dataset = LayerType(
    "Dataset",
    "Gives samples of a data set, one port for each field.",
    outputs=_outputs,
    params=_params,
    shape=_shape,
    code=Given(),
    help="Every drawing that is trained begins here. Connect the field the network sees to its first layer, and the "
    "field that holds the right answer to the target of the loss.",
    aliases=("data", "input", "source"),
)
