"""Layers that make images smaller."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.layers.convolution import EXTENT, THING, grid, most
from nnstudio.catalogue.shapes import windows
from nnstudio.catalogue.spec import Family, LayerType, Module
from nnstudio.params import Bool, Param, ParamSet, Size

family = Family("pooling", "Pooling & Resize", 40)

_COUNTED = Bool("count_include_pad", True, "Count padding zeros in the mean.")


def _pool(
    kind: str, axes: int, summary: str, *, gaps: bool = False, more: tuple[Param, ...] = (), **words: Any
) -> LayerType:
    high = most(axes)
    size = f"{EXTENT[axes]} of the window."
    far = "How far the window moves; empty means its own size."
    dilation = (Size("dilation", 1, "Gap between the points of a window.", axes=axes, high=high),) if gaps else ()
    params = (
        Size("kernel_size", 2, size, axes=axes, high=high, required=True, telling=True),
        Size("stride", None, far, axes=axes, high=high, optional=True),
        Size("padding", 0, f"Zeros around the {THING[axes]}.", axes=axes, low=0, high=high // 2),
        *dilation,
        Bool("ceil_mode", False, "Also use a last window that does not fit whole."),
        *more,
    )
    return LayerType(
        f"{kind}Pool{axes}d",
        summary,
        inputs=grid(axes),
        params=ParamSet(params),
        shape=windows.avg_pool3d if (kind, axes) == ("Avg", 3) else windows.pool,
        code=Module(f"nn.{kind}Pool{axes}d"),
        stem="pool",
        **words,
    )


def _max_pool(axes: int, **words: Any) -> LayerType:
    summary = "Keeps the largest value of each window."
    return _pool("Max", axes, summary, gaps=True, formula="y = max over the window", **words)


def _avg_pool(axes: int, **words: Any) -> LayerType:
    summary = "Takes the mean of each window."
    return _pool("Avg", axes, summary, more=(_COUNTED,), formula="y = mean over the window", **words)


def _adaptive(kind: str, axes: int, summary: str, **words: Any) -> LayerType:
    size = Size(
        "output_size", 1, f"{EXTENT[axes]} of the output.", axes=axes, high=most(axes), required=True, telling=True
    )
    return LayerType(
        f"Adaptive{kind}Pool{axes}d",
        summary,
        inputs=grid(axes),
        params=ParamSet((size,)),
        shape=windows.adaptive_pool,
        code=Module(f"nn.Adaptive{kind}Pool{axes}d"),
        formula=f"y = {'mean' if kind == 'Avg' else 'max'} over a window of size in / out",
        stem="pool",
        **words,
    )


MaxPool2d = _max_pool(
    2,
    help="Halves an image, usually, and keeps whether a pattern was found while forgetting exactly where. Put it "
    "after a convolution and its activation.",
    aliases=("max pooling", "max pooling 2d", "maxpooling2dlayer", "subsampling"),
)

AvgPool2d = _avg_pool(
    2,
    help="Makes an image smaller and smoother. Gentler than MaxPool2d: every value has a say, not the largest alone.",
    aliases=("average pooling", "average pooling 2d", "averagepooling2dlayer", "mean pooling"),
)

AdaptiveAvgPool2d = _adaptive(
    "Avg",
    2,
    "Takes means so that the output has the size you ask for.",
    help="With output_size 1 it is global average pooling: one number a channel, whatever the size of the image. "
    "Use it before the last Linear, so that the network takes images of any size.",
    paper="Lin, Chen, Yan, Network In Network, 2013",
    aliases=("global average pooling", "adaptive pooling", "adaptive average pooling"),
)

AdaptiveMaxPool2d = _adaptive(
    "Max",
    2,
    "Keeps the largest values so that the output has the size you ask for.",
    help="With output_size 1 it says for each channel how strongly its pattern appears anywhere in the image. Use it "
    "where one strong answer counts more than many weak ones.",
    aliases=("global max pooling", "globalmaxpooling2dlayer", "adaptive pooling", "adaptive max pooling"),
)

MaxPool1d = _max_pool(
    1,
    help="Shortens a signal and keeps the strongest answer of each stretch. Channels come first, as for Conv1d.",
    aliases=("max pooling 1d", "maxpooling1dlayer", "subsampling"),
)

AvgPool1d = _avg_pool(
    1,
    help="Shortens a signal and smooths it, as a moving average does. Channels come first, as for Conv1d.",
    aliases=("average pooling 1d", "averagepooling1dlayer", "moving average"),
)

AdaptiveAvgPool1d = _adaptive(
    "Avg",
    1,
    "Takes means so that the output has the length you ask for.",
    help="Use it before a Linear, so that the network takes signals of any length. With output_size 1 one number is "
    "left of each channel.",
    aliases=("global average pooling 1d", "adaptive pooling 1d"),
)

AdaptiveMaxPool1d = _adaptive(
    "Max",
    1,
    "Keeps the largest values so that the output has the length you ask for.",
    help="Text classifiers with Conv1d use it with output_size 1: each filter says how well its words were matched at "
    "their best place. The network then takes texts of any length.",
    paper="Kim, Convolutional Neural Networks for Sentence Classification, 2014",
    aliases=("max over time", "global max pooling 1d", "globalmaxpooling1dlayer", "textcnn"),
)

MaxPool3d = _max_pool(
    3,
    help="Makes a volume or a film smaller and keeps the strongest answers. With kernel_size 1, 2, 2 all frames of a "
    "film stay.",
    aliases=("max pooling 3d", "maxpooling3dlayer", "video"),
)

AvgPool3d = _avg_pool(
    3,
    help="Makes a volume or a film smaller and smoother. Every value has a say, not the largest alone.",
    aliases=("average pooling 3d", "averagepooling3dlayer", "video"),
)
