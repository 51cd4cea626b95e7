"""Layers that keep numbers at a good size."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, dim
from nnstudio.params import Bool, Float, ParamSet

family = Family("normalization", "Normalization", 60)

_BATCH = ParamSet(
    (
        Float("eps", 1e-5, "Keeps the division safe.", low=1e-12, high=1.0),
        Float("momentum", 0.1, "How fast the running mean follows.", low=0.0, high=1.0),
        Bool("affine", True, "Learn a scale and a shift for each channel."),
        Bool("track_running_stats", True, "Keep means over the training for use afterwards."),
    )
)
_BATCH_HELP = (
    "Makes each channel's numbers, over the batch, mean 0 and deviation 1, then scales and shifts them by learned "
    "amounts. Training gets faster and steadier; in use it works with the means of the training."
)
_BATCH_PAPER = "Ioffe, Szegedy, Batch Normalization, 2015"
_FORMULA = "y = (x - mean) / √(var + eps) · γ + β"

BatchNorm1d = LayerType(
    "BatchNorm1d",
    "Normalizes each feature over the batch.",
    inputs=(Port("x", "N C", wants="a vector N×C", insert="Flatten"),),
    params=_BATCH,
    shape=shapes.flow,
    code=Module("nn.BatchNorm1d", inferred=(dim("x", "C"),)),
    weights=shapes.batch_norm_weights,
    help=_BATCH_HELP,
    formula=_FORMULA,
    paper=_BATCH_PAPER,
    aliases=("batch normalization",),
    stem="norm",
)

BatchNorm2d = LayerType(
    "BatchNorm2d",
    "Normalizes each channel of images over the batch.",
    inputs=(Port("x", "N C H W", wants="an image N×C×H×W"),),
    params=_BATCH,
    shape=shapes.flow,
    code=Module("nn.BatchNorm2d", inferred=(dim("x", "C"),)),
    weights=shapes.batch_norm_weights,
    help=_BATCH_HELP,
    formula=_FORMULA,
    paper=_BATCH_PAPER,
    aliases=("batch normalization",),
    stem="norm",
)

LayerNorm = LayerType(
    "LayerNorm",
    "Normalizes each sample over its last size.",
    inputs=(Port("x", "N ... F"),),
    params=ParamSet(
        (
            Float("eps", 1e-5, "Keeps the division safe.", low=1e-12, high=1.0),
            Bool("elementwise_affine", True, "Learn a scale and a shift for each feature."),
            Bool("bias", True, "Learn the shift too."),
        )
    ),
    shape=shapes.flow,
    code=Module("nn.LayerNorm", inferred=(dim("x", "F"),)),
    weights=shapes.layer_norm_weights,
    help="Each sample is normalized by itself, so it does the same in training and in use and with any batch. The "
    "usual choice in Transformers and recurrent networks.",
    formula=_FORMULA,
    paper="Ba, Kiros, Hinton, Layer Normalization, 2016",
    aliases=("layer normalization",),
    stem="norm",
)
