"""Layers that make images smaller."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port
from nnstudio.params import Bool, ParamSet, Size

family = Family("pooling", "Pooling", 40)

_IMAGE = (Port("x", "N C H W", wants="an image N×C×H×W"),)
_WINDOW = (
    Size("kernel_size", 2, "Height and width of the window.", high=1024, required=True, telling=True),
    Size("stride", None, "How far the window moves; empty means its own size.", high=1024, optional=True),
    Size("padding", 0, "Zeros around the image.", low=0, high=512),
)
_CEIL = Bool("ceil_mode", False, "Also use a last window that does not fit whole.")

MaxPool2d = LayerType(
    "MaxPool2d",
    "Keeps the largest value of each window.",
    inputs=_IMAGE,
    params=ParamSet((*_WINDOW, Size("dilation", 1, "Gap between the points of a window.", high=1024), _CEIL)),
    shape=shapes.pool2d,
    code=Module("nn.MaxPool2d"),
    help="Halves an image, usually, and keeps whether a pattern was found while forgetting exactly where. Put it "
    "after a convolution and its activation.",
    formula="y = max over the window",
    aliases=("max pooling", "subsampling"),
    stem="pool",
)

AvgPool2d = LayerType(
    "AvgPool2d",
    "Takes the mean of each window.",
    inputs=_IMAGE,
    params=ParamSet((*_WINDOW, _CEIL, Bool("count_include_pad", True, "Count padding zeros in the mean."))),
    shape=shapes.pool2d,
    code=Module("nn.AvgPool2d"),
    help="Makes an image smaller and smoother. Gentler than MaxPool2d: every value has a say, not the largest alone.",
    formula="y = mean over the window",
    aliases=("average pooling", "mean pooling"),
    stem="pool",
)

AdaptiveAvgPool2d = LayerType(
    "AdaptiveAvgPool2d",
    "Takes means so that the output has the size you ask for.",
    inputs=_IMAGE,
    params=ParamSet(
        (Size("output_size", 1, "Height and width of the output.", high=1024, required=True, telling=True),)
    ),
    shape=shapes.adaptive_pool2d,
    code=Module("nn.AdaptiveAvgPool2d"),
    help="With output_size 1 it is global average pooling: one number a channel, whatever the size of the image. "
    "Use it before the last Linear, so that the network takes images of any size.",
    formula="y = mean over a window of size in / out",
    paper="Lin, Chen, Yan, Network In Network, 2013",
    aliases=("global average pooling", "adaptive pooling"),
    stem="pool",
)
