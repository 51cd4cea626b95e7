"""Layers that slide filters."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, dim
from nnstudio.params import Bool, Int, Padding, ParamSet, Size

family = Family("convolution", "Convolution", 30)

Conv2d = LayerType(
    "Conv2d",
    "Slides learned filters over an image; each filter answers where its pattern appears.",
    inputs=(Port("x", "N C H W", wants="an image N×C×H×W"),),
    params=ParamSet(
        (
            Int("out_channels", 16, "How many filters.", low=1, high=65_536, required=True, telling=True),
            Size("kernel_size", 3, "Height and width of a filter.", high=1024, required=True, telling=True),
            Size("stride", 1, "How far the filter moves each time.", high=1024),
            Padding("padding", "same", 'Zeros around the image; "same" keeps its size.', high=1024, torch_default=0),
            Size("dilation", 1, "Gap between the points a filter looks at.", high=1024),
            Int("groups", 1, "Channels are split into so many groups that do not see each other.", low=1, high=65_536),
            Bool("bias", True, "Add a learned number to each channel."),
        )
    ),
    shape=shapes.conv2d,
    code=Module("nn.Conv2d", inferred=(dim("x", "C"),)),
    weights=shapes.conv2d_weights,
    flops=shapes.conv2d_flops,
    help="The layer for images: the same small filter is tried everywhere, so a pattern is found wherever it is. "
    "The first ones find edges, later ones shapes made of them.",
    formula="y[o] = b[o] + Σᵢ w[o, i] ⋆ x[i]",
    paper="LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998",
    aliases=("convolution 2d", "cnn", "filter"),
    stem="conv",
)
