"""Layers that keep numbers at a good size."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.layers.convolution import grid
from nnstudio.catalogue.shapes import elementwise, normalization
from nnstudio.catalogue.spec import Derived, Family, LayerType, Module, Port, Ports, ShapeRule, dim
from nnstudio.params import Bool, Float, FloatParam, Int, Param, ParamSet

family = Family("normalization", "Normalization", 60)

_SCALED = "Learn a scale and a shift for each channel."
_FORMULA = "y = (x - mean) / √(var + eps) · γ + β"
_SAMPLE = (Port("x", "... F", wants="at least one size after the batch"),)
_FEATURES = dim("x", "C", "num_features")


def _eps(default: float | None = 1e-5, help: str = "Keeps the division safe.", **more: Any) -> FloatParam:
    return Float("eps", default, help, low=1e-12, high=1.0, **more)


def _channelwise(*, affine: bool, tracked: bool) -> ParamSet:
    return ParamSet(
        (
            _eps(),
            Float("momentum", 0.1, "How fast the running mean follows.", low=0.0, high=1.0),
            Bool("affine", affine, _SCALED),
            Bool("track_running_stats", tracked, "Keep means over the training for use afterwards."),
        )
    )


def _batch_norm(axes: int, summary: str, inputs: Ports, shape: ShapeRule = elementwise.flow, **words: Any) -> LayerType:
    return LayerType(
        f"BatchNorm{axes}d",
        summary,
        inputs=inputs,
        params=_channelwise(affine=True, tracked=True),
        shape=shape,
        code=Module(f"nn.BatchNorm{axes}d", inferred=(_FEATURES,)),
        weights=normalization.channel_weights,
        help="Makes each channel's numbers, over the batch, mean 0 and deviation 1, then scales and shifts them by "
        "learned amounts. Training gets faster and steadier; in use it works with the means of the training.",
        formula=_FORMULA,
        paper="Ioffe, Szegedy, Batch Normalization, 2015",
        stem="norm",
        **words,
    )


def _over_last(*params: Param) -> ParamSet:
    """With over how many sizes each sample is normalized."""
    over = Int("dims", 1, "Over how many of the last sizes.", low=1, high=8, argument=False)
    return ParamSet((*params, over))


_LAST = Derived(normalization.normalized_shape, "normalized_shape")

BatchNorm1d = _batch_norm(
    1,
    "Normalizes each feature over the batch.",
    (Port("x", "N C ...", wants="a vector N×C or a signal N×C×L", insert="Flatten"),),
    normalization.batch_norm_1d,
    aliases=("batch normalization", "batchnormalizationlayer"),
)

BatchNorm2d = _batch_norm(
    2,
    "Normalizes each channel of images over the batch.",
    grid(2),
    aliases=("batch normalization", "batchnormalizationlayer"),
)

BatchNorm3d = _batch_norm(
    3,
    "Normalizes each channel of volumes over the batch.",
    grid(3),
    aliases=("batch normalization", "batchnormalizationlayer", "video"),
)

LayerNorm = LayerType(
    "LayerNorm",
    "Normalizes each sample over its last size, or its last sizes.",
    inputs=_SAMPLE,
    outputs=(Port("y", "... F"),),
    params=_over_last(
        _eps(),
        Bool("elementwise_affine", True, "Learn a scale and a shift for each feature."),
        Bool("bias", True, "Learn the shift too."),
    ),
    shape=normalization.layer_norm,
    code=Module("nn.LayerNorm", inferred=(_LAST,)),
    weights=normalization.layer_norm_weights,
    help="Each sample is normalized by itself, so it does the same in training and in use and with any batch. The "
    "usual choice in Transformers and recurrent networks.",
    formula=_FORMULA,
    paper="Ba, Kiros, Hinton, Layer Normalization, 2016",
    aliases=("layer normalization", "layernormalizationlayer", "ln"),
    stem="norm",
)

RMSNorm = LayerType(
    "RMSNorm",
    "Divides each sample by the size its numbers have on the whole.",
    inputs=_SAMPLE,
    outputs=(Port("y", "... F"),),
    params=_over_last(
        _eps(None, "Keeps the division safe; empty means the smallest step of a number.", optional=True),
        Bool("elementwise_affine", True, "Learn a scale for each feature."),
    ),
    shape=normalization.layer_norm,
    code=Module("nn.RMSNorm", inferred=(_LAST,)),
    weights=normalization.rms_norm_weights,
    help="A LayerNorm that leaves the mean as it is, which is cheaper and as good. Large language models such as "
    "LLaMA use it.",
    formula="y = x / √(mean of x² + eps) · γ",
    paper="Zhang, Sennrich, Root Mean Square Layer Normalization, 2019",
    aliases=("root mean square", "rms normalization", "llama"),
    stem="norm",
)

GroupNorm = LayerType(
    "GroupNorm",
    "Normalizes groups of channels, each sample by itself.",
    inputs=(Port("x", "N C ...", wants="channels N×C×…"),),
    outputs=(Port("y", "N C ..."),),
    params=ParamSet(
        (
            Int(
                "num_groups",
                4,
                "How many groups; it divides the channels.",
                low=1,
                high=65_536,
                argument=False,
                telling=True,
            ),
            _eps(),
            Bool("affine", True, _SCALED),
        )
    ),
    shape=normalization.group_norm,
    code=Module(
        "nn.GroupNorm",
        # PyTorch wants the groups before the channels.
        inferred=(Derived(lambda site: site.number("num_groups"), "num_groups"), dim("x", "C", "num_channels")),
    ),
    weights=normalization.channel_weights,
    help="Does not depend on the batch, so use it in the place of BatchNorm2d where batches are small. With one group "
    "all channels are normalized together, with as many groups as channels each by itself.",
    formula=_FORMULA,
    paper="Wu, He, Group Normalization, 2018",
    aliases=("group normalization", "groupnormalizationlayer", "gn"),
    stem="norm",
)

InstanceNorm2d = LayerType(
    "InstanceNorm2d",
    "Normalizes each channel of each image by itself.",
    inputs=grid(2),
    outputs=(Port("y", "N C H W"),),
    params=_channelwise(affine=False, tracked=False),
    shape=normalization.instance_norm,
    code=Module("nn.InstanceNorm2d", inferred=(_FEATURES,)),
    weights=normalization.channel_weights,
    help="Takes an image's own contrast away and keeps its shapes. Use it where one picture is turned into another, as "
    "in style transfer; it is less good for telling classes apart.",
    formula=_FORMULA,
    paper="Ulyanov, Vedaldi, Lempitsky, Instance Normalization: The Missing Ingredient for Fast Stylization, 2016",
    aliases=("instance normalization", "instancenormalizationlayer", "contrast", "style transfer"),
    stem="norm",
)
