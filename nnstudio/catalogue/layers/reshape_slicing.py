"""Layers that take a part of a tensor, or put more around it."""

from __future__ import annotations

from nnstudio.catalogue.layers.reshape import dim
from nnstudio.catalogue.layers.reshape import family as family
from nnstudio.catalogue.shapes import layout, padding
from nnstudio.catalogue.spec import Code, Derived, Function, LayerType, Method, Port, Site
from nnstudio.params import Choice, Float, Int, ParamSet, Sizes, Value

_ALL = (Port("x", "...", dtype="any"),)
_OUT = (Port("y", "...", dtype="any"),)
_NTH = "Along which size; 1 is the first after the batch."

Slice = LayerType(
    "Slice",
    "Takes some places of a size, one after the other.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (
            dim("dim", 1, _NTH, required=True),
            Int("start", 0, "The first place; -1 is the last.", low=-1_000_000, high=1_000_000, required=True),
            Int("length", 1, "How many places.", low=1, high=1_000_000, required=True, telling=True),
        )
    ),
    shape=layout.narrow,
    code=Method("narrow"),
    help="A few features, the beginning of a sequence, some of the channels. Two of them split a tensor in parts that "
    "go different ways.",
    formula="y = x[:, start : start + length]",
    aliases=("narrow", "crop", "part", "split"),
)

Select = LayerType(
    "Select",
    "Takes one place of a size, which goes away.",
    inputs=_ALL,
    outputs=_OUT,
    params=ParamSet(
        (
            dim("dim", 1, _NTH, required=True),
            Int(
                "index",
                0,
                "Which place; -1 is the last.",
                low=-1_000_000,
                high=1_000_000,
                required=True,
                telling=True,
            ),
        )
    ),
    shape=layout.select,
    code=Method("select"),
    help="The last step of a sequence, the class token of a Transformer, one of the channels. Use Slice to keep the "
    "size.",
    formula="y = x[:, index]",
    aliases=("index", "pick", "last step", "cls token", "gather", "getitem"),
)

Repeat = LayerType(
    "Repeat",
    "Repeats a sample along its sizes.",
    inputs=(Port("x", dtype="any"),),
    outputs=_OUT,
    params=ParamSet(
        (Sizes("repeats", (2,), "How many times, for each size after the batch.", argument=False, telling=True),)
    ),
    shape=layout.repeat,
    code=Method("repeat", inferred=(Derived(lambda site: (1, *site.numbers("repeats"))),)),
    help="The whole is put beside itself, as a vector [1, 2] becomes [1, 2, 1, 2]. After Unsqueeze it gives every step "
    "of a sequence the same vector.",
    formula="y = [x, x, …]",
    aliases=("tile", "repeatvector", "copies", "expand", "broadcast"),
)


def _pad(site: Site) -> Code:
    value: Value = padding.fill(site)
    return Function("F.pad", fixed=() if value is None else (("value", value),))


Pad = LayerType(
    "Pad",
    "Puts more numbers before and after the last sizes.",
    inputs=(Port("x", "N D ...", dtype="any", wants="at least one size after the batch"),),
    outputs=_OUT,
    params=ParamSet(
        (
            Sizes(
                "pad",
                (1, 1),
                "Before and after the last size, then the one before it: left, right, top, bottom.",
                low=0,
                longest=6,
                required=True,
                telling=True,
            ),
            Choice(
                "mode",
                "constant",
                ("constant", "reflect", "replicate", "circular"),
                "One value, a mirror, the number at the edge, or the other side.",
            ),
            Float("value", 0.0, "For mode constant: the number put in.", low=-1e6, high=1e6, argument=False),
        )
    ),
    shape=padding.pad,
    code=_pad,
    help="Gives a convolution room at the edges in a way of your choice, or brings sequences to a length. Reflect "
    "avoids the dark frame that zeros leave in generated pictures.",
    formula="y = [0 … 0, x, 0 … 0]",
    aliases=("padding", "zero padding", "reflect", "border", "mirror"),
)
