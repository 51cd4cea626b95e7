"""Layers that lay the same numbers out in another shape."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Derived, Family, LayerType, Method, Module, Port, Site
from nnstudio.params import ParamSet, Sizes, Value

family = Family("reshape", "Reshape", 70)


def _sizes(site: Site) -> Value:
    return (-1, *shapes.resolved_sizes(site))


Flatten = LayerType(
    "Flatten",
    "Lays all numbers of a sample out as one vector.",
    inputs=(Port("x", "N D ...", wants="at least one size after the batch"),),
    shape=shapes.flatten,
    code=Module("nn.Flatten"),
    help="Goes between layers for images and layers for vectors. Nothing is computed and nothing is lost but the "
    "layout.",
    formula="N×C×H×W → N×(C·H·W)",
    aliases=("vectorize",),
)

Reshape = LayerType(
    "Reshape",
    "Lays the numbers of a sample out in a shape you give.",
    inputs=(Port("x", dtype="any"),),
    params=ParamSet(
        (
            Sizes(
                "shape",
                (-1,),
                "Sizes without the batch; -1 means what is left.",
                inferred=True,
                required=True,
                telling=True,
            ),
        )
    ),
    shape=lambda site: site.one().with_shape(
        shapes.reshape(site), "image" if len(shapes.resolved_sizes(site)) == 3 else ""
    ),
    code=Method("reshape", inferred=(Derived(_sizes),)),
    help="Turns a vector back into an image, or an image into a sequence. The count of numbers stays the same; "
    "their order too.",
    formula="N×(a·b) → N×a×b",
    aliases=("view",),
)
