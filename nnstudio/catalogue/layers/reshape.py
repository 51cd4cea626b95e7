"""Layers that lay the same numbers out in another shape."""

from __future__ import annotations

from nnstudio.catalogue.shapes import layout
from nnstudio.catalogue.spec import Derived, Family, LayerType, Method, Module, Port, Site
from nnstudio.params import Int, IntParam, ParamSet, Sizes, Value

family = Family("reshape", "Reshape", 70)

_SAMPLES = (Port("x", dtype="any"),)
_ALL = (Port("x", "...", dtype="any"),)
_OUT = (Port("y", "...", dtype="any"),)


def dim(name: str, default: int | None, help: str, *, low: int = -5, **more: object) -> IntParam:
    """A parameter that names one of the sizes, which may be counted from either end."""
    return Int(name, default, help, low=low, high=5, **more)


_NTH = "Which size; 1 is the first after the batch."


def _sizes(site: Site) -> Value:
    return (-1, *layout.resolved_sizes(site))


def _squeezed(site: Site) -> Value:
    """One size as a number, several as a tuple in the tuple of arguments."""
    if site.params["dim"] is not None:
        return site.params["dim"]
    found = layout.ones(site)
    return found[0] if len(found) == 1 else (found,)


Flatten = LayerType(
    "Flatten",
    "Lays all numbers of a sample out as one vector.",
    inputs=(Port("x", "N D ...", dtype="any", wants="at least one size after the batch"),),
    outputs=_OUT,
    params=ParamSet(
        (
            dim("start_dim", 1, "The first of the sizes that become one.", low=1),
            dim("end_dim", -1, "The last of them; -1 is the last there is."),
        )
    ),
    shape=layout.flatten,
    code=Module("nn.Flatten"),
    help="Goes between layers for images and layers for vectors. Nothing is computed and nothing is lost but the "
    "layout.",
    formula="N×C×H×W → N×(C·H·W)",
    aliases=("vectorize", "flattenlayer", "ravel", "unroll", "to vector"),
)

Unflatten = LayerType(
    "Unflatten",
    "Splits one size into several.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (
            dim("dim", 1, _NTH, required=True),
            Sizes("unflattened_size", (1, -1), "What it becomes.", inferred=True, required=True, telling=True),
        )
    ),
    shape=layout.unflatten,
    code=Module("nn.Unflatten"),
    help="The opposite of Flatten: a vector becomes channels of an image, or features become heads. The other sizes "
    "stay as they are.",
    formula="N×(a·b) → N×a×b",
    aliases=("split size", "unfold size"),
)

Reshape = LayerType(
    "Reshape",
    "Lays the numbers of a sample out in a shape you give.",
    inputs=_SAMPLES,
    outputs=_OUT,
    params=ParamSet(
        (
            Sizes(
                "shape",
                (-1,),
                "Sizes without the batch; -1 means what is left.",
                inferred=True,
                argument=False,
                telling=True,
            ),
        )
    ),
    shape=layout.reshape,
    code=Method("reshape", inferred=(Derived(_sizes),)),
    help="Turns a vector back into an image, or an image into a sequence. The count of numbers stays the same; "
    "their order too.",
    formula="N×(a·b) → N×a×b",
    aliases=("view", "reshapelayer"),
)

Permute = LayerType(
    "Permute",
    "Puts the sizes in another order.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (
            Sizes(
                "dims",
                (2, 1),
                "The sizes in their new order; 1 is the first after the batch.",
                low=0,
                argument=False,
                telling=True,
            ),
        )
    ),
    shape=layout.permute,
    code=Method("permute", inferred=(Derived(layout.order_of),)),
    help="Brings channels to the end or back to the front, or turns a table. The batch stays where it is; a tensor "
    "without batch counts its sizes from 0.",
    formula="y[n, j, i] = x[n, i, j]",
    aliases=("reorder", "permute dimensions", "permutelayer", "channels last", "moveaxis", "channels first"),
)

Transpose = LayerType(
    "Transpose",
    "Lets two sizes change places.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (
            dim("dim0", 1, "One of them.", required=True),
            dim("dim1", 2, "The other.", required=True),
        )
    ),
    shape=layout.transpose,
    code=Method("transpose"),
    help="Rows become columns. Use it on keys before MatMul to work out an attention by hand, with dim0 -2 and dim1 "
    "-1, or between a sequence N×L×D and channels N×D×L.",
    formula="y[j, i] = x[i, j]",
    aliases=("swap", "swapaxes", "matrix transpose"),
)

Squeeze = LayerType(
    "Squeeze",
    "Takes sizes of 1 out of the shape.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (dim("dim", None, "Which size; empty for all that are 1.", optional=True, argument=False, telling=True),)
    ),
    shape=layout.squeeze,
    code=Method("squeeze", inferred=(Derived(_squeezed),)),
    help="After a layer that leaves one number along a size, as N×1 scores or N×C×1×1 averages. The batch stays, even "
    "when it holds one sample.",
    formula="N×1×D → N×D",
    aliases=("drop size", "singleton", "squeezelayer"),
)

Unsqueeze = LayerType(
    "Unsqueeze",
    "Puts a size of 1 into the shape.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet((dim("dim", 1, "Where; 1 is right after the batch.", required=True, telling=True),)),
    shape=layout.unsqueeze,
    code=Method("unsqueeze"),
    help="Gives a picture without colours its channel, or a vector a place to be stretched along by Add and Multiply. "
    "No number changes.",
    formula="N×D → N×1×D",
    aliases=("expand dims", "new axis", "add size"),
)
