"""Layers that slide filters. What they share among one, two and three axes is here too."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.shapes import windows
from nnstudio.catalogue.spec import Derived, Family, LayerType, Module, Port, Ports, dim
from nnstudio.params import Bool, Choice, Int, IntParam, Padding, Param, ParamSet, Size, SizeParam

family = Family("convolution", "Convolution", 30)

CHANNELS = dim("x", "C", "in_channels")
EXTENT = {1: "Length", 2: "Height and width", 3: "Depth, height and width"}
"""What the size of a window is called, by the number of axes."""
THING = {1: "signal", 2: "image", 3: "volume"}
"""What has so many axes."""
_PATTERN = {1: "N C L", 2: "N C H W", 3: "N C D H W"}


def grid(axes: int, **more: Any) -> Ports:
    """The input of a layer that works along so many axes: channels first."""
    pattern = _PATTERN[axes]
    return (Port("x", pattern, wants=f"{_a(THING[axes])} {pattern.replace(' ', '×')}", **more),)


def most(axes: int) -> int:
    """The largest window, step or gap: less where there are three axes, so that no size is beyond counting."""
    return 128 if axes == 3 else 1024


def out_channels() -> IntParam:
    """How many filters there are."""
    return Int("out_channels", 16, "How many filters.", low=1, high=65_536, required=True, telling=True)


def kernel(axes: int, default: int = 3) -> SizeParam:
    """The size of a filter."""
    help = f"{EXTENT[axes]} of a filter."
    return Size("kernel_size", default, help, axes=axes, high=most(axes), required=True, telling=True)


def stride(axes: int, default: int = 1, help: str = "How far the filter moves each time.", **more: Any) -> SizeParam:
    """How far the filter moves."""
    return Size("stride", default, help, axes=axes, high=most(axes), **more)


def dilation(axes: int) -> SizeParam:
    """The gap between the points of a filter."""
    return Size("dilation", 1, "Gap between the points a filter looks at.", axes=axes, high=most(axes))


def groups() -> IntParam:
    """Channels that do not see each other."""
    return Int("groups", 1, "Channels are split into so many groups that do not see each other.", low=1, high=65_536)


BIAS = Bool("bias", True, "Add a learned number to each channel.")


def _sliding(axes: int, *between: Param) -> tuple[Param, ...]:
    """Everything but how many filters; `between` comes before the bias."""
    around = f'Zeros around the {THING[axes]}; "same" keeps its size.'
    return (
        kernel(axes),
        stride(axes),
        Padding("padding", "same", around, axes=axes, high=most(axes), torch_default=0),
        dilation(axes),
        *between,
        BIAS,
        Choice(
            "padding_mode",
            "zeros",
            ("zeros", "reflect", "replicate", "circular"),
            "What the padding is made of: zeros, a mirror, the border, or the other end.",
        ),
    )


def _conv(axes: int, summary: str, **words: Any) -> LayerType:
    return LayerType(
        f"Conv{axes}d",
        summary,
        inputs=grid(axes),
        params=ParamSet((out_channels(), *_sliding(axes, groups()))),
        shape=windows.conv,
        code=Module(f"nn.Conv{axes}d", inferred=(CHANNELS,)),
        weights=windows.conv_weights,
        flops=windows.conv_flops,
        formula="y[o] = b[o] + Σᵢ w[o, i] ⋆ x[i]",
        stem="conv",
        **words,
    )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


Conv2d = _conv(
    2,
    "Slides learned filters over an image; each filter answers where its pattern appears.",
    help="The layer for images: the same small filter is tried everywhere, so a pattern is found wherever it is. "
    "The first ones find edges, later ones shapes made of them.",
    paper="LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998",
    aliases=("convolution 2d", "convolution2dlayer", "cnn", "filter", "convolution", "convolutional"),
)

Conv1d = _conv(
    1,
    "Slides learned filters along a signal or a sequence; each filter answers where its pattern appears.",
    help="For sound, sensors and text. Channels come first, so put a Transpose before it where a sequence has its "
    "vectors last, as after an Embedding; dilation lets it look far back with few weights.",
    paper="Waibel et al., Phoneme Recognition Using Time-Delay Neural Networks, 1989",
    aliases=("convolution 1d", "convolution1dlayer", "temporal convolution", "tdnn", "signal"),
)

Conv3d = _conv(
    3,
    "Slides learned filters through a volume, or through the frames of a film.",
    help="For scans of the body and for video, in which the third axis is depth or time. It needs many more "
    "multiplications than Conv2d, so keep channels few and kernels small.",
    paper="Ji, Xu, Yang, Yu, 3D Convolutional Neural Networks for Human Action Recognition, 2013",
    aliases=("convolution 3d", "convolution3dlayer", "video", "volume", "voxel"),
)

DepthwiseConv2d = LayerType(
    "DepthwiseConv2d",
    "Slides filters over each channel of an image alone.",
    inputs=grid(2),
    params=ParamSet(
        (
            *_sliding(2),
            Int("depth_multiplier", 1, "Filters for each channel.", low=1, high=256, argument=False, telling=True),
        )
    ),
    shape=windows.depthwise,
    code=Module(
        "nn.Conv2d",
        inferred=(CHANNELS, Derived(windows.depthwise_channels, "out_channels")),
        fixed=(("groups", Derived(lambda site: site.dims["x.C"])),),
    ),
    weights=windows.depthwise_weights,
    flops=windows.depthwise_flops,
    help="Finds patterns within a channel and mixes none of them, so it has very few weights. Follow it with a Conv2d "
    "of kernel_size 1, which mixes; this is what MobileNet is made of.",
    formula="y[c] = b[c] + w[c] ⋆ x[c]",
    paper="Howard et al., MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, 2017",
    aliases=("depthwise convolution", "groupedconvolution2dlayer", "channel-wise", "mobilenet", "dwconv"),
    stem="depthwise",
)

SeparableConv2d = LayerType(
    "SeparableConv2d",
    "A convolution over each channel alone, then one of single points that mixes the channels.",
    inputs=grid(2),
    params=ParamSet(
        (
            out_channels(),
            kernel(2),
            stride(2),
            Padding("padding", "same", 'Zeros around the image; "same" keeps its size.', high=1024, torch_default=0),
            dilation(2),
            BIAS,
        )
    ),
    shape=windows.separable,
    code=Module("SeparableConv2d", inferred=(CHANNELS,)),
    weights=windows.separable_weights,
    flops=windows.separable_flops,
    help="Does almost what a Conv2d does with a fraction of its weights and work. Use it where a network has to be "
    "small or quick.",
    formula="y[o] = b[o] + Σᵢ v[o, i]·(w[i] ⋆ x[i])",
    paper="Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, 2017",
    aliases=("separable convolution", "depthwise separable", "xception", "sepconv"),
    stem="separable",
)
