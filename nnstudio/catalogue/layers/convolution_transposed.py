"""Convolutions backwards: from a small image to a larger one."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.layers.convolution import (
    BIAS,
    CHANNELS,
    THING,
    dilation,
    family,
    grid,
    groups,
    kernel,
    most,
    out_channels,
    stride,
)
from nnstudio.catalogue.shapes import windows
from nnstudio.catalogue.spec import LayerType, Module
from nnstudio.params import ParamSet, Size

__all__ = ["family"]


def _conv_transpose(axes: int, summary: str, **words: Any) -> LayerType:
    thing = THING[axes]
    return LayerType(
        f"ConvTranspose{axes}d",
        summary,
        inputs=grid(axes),
        params=ParamSet(
            (
                out_channels(),
                kernel(axes, 2),
                stride(axes, 2, f"How many times larger the {thing} gets.", torch_default=1),
                Size("padding", 0, f"Taken off around the {thing}.", axes=axes, low=0, high=most(axes)),
                Size("output_padding", 0, "Added at the end of each axis.", axes=axes, low=0, high=most(axes)),
                groups(),
                BIAS,
                dilation(axes),
            )
        ),
        shape=windows.conv_transpose,
        code=Module(f"nn.ConvTranspose{axes}d", inferred=(CHANNELS,)),
        weights=windows.conv_transpose_weights,
        flops=windows.conv_transpose_flops,
        formula="y = Σ over places p of w·x[p], put down at p·stride",
        paper="Zeiler, Krishnan, Taylor, Fergus, Deconvolutional Networks, 2010",
        stem="upconv",
        **words,
    )


ConvTranspose2d = _conv_transpose(
    2,
    "Makes an image larger: each point puts down a learned patch.",
    help="The way up in generators, decoders and U-Nets, where a Conv2d is the way down. Take a kernel_size that "
    "stride divides, or the result gets a pattern of squares.",
    aliases=(
        "deconvolution",
        "transposed convolution",
        "transposedconv2dlayer",
        "conv2dtranspose",
        "deconv",
        "up-convolution",
        "unet",
    ),
)

ConvTranspose1d = _conv_transpose(
    1,
    "Makes a signal longer: each point puts down a learned piece.",
    help="The way back in networks that shorten a signal with Conv1d, as those that make sound do. With the defaults "
    "the signal gets twice as long.",
    aliases=("deconvolution 1d", "transposed convolution 1d", "transposedconv1dlayer", "conv1dtranspose", "deconv 1d"),
)
