"""What makes data ready for a network, as part of the drawing: seen, trained with, and exported with it."""

from __future__ import annotations

from nnstudio.catalogue.layers.convolution import grid
from nnstudio.catalogue.layers.data import family as family
from nnstudio.catalogue.shapes import elementwise, normalization
from nnstudio.catalogue.spec import Derived, LayerType, Module, Port
from nnstudio.params import Float, ParamSet

Standardize = LayerType(
    "Standardize",
    "Brings each feature to mean 0 and deviation 1, as measured on the training set.",
    inputs=(Port("x", "N ... F", wants="at least one size after the batch"),),
    outputs=(Port("y", "N ... F"),),
    shape=elementwise.flow,
    code=Module("Standardize", inferred=(Derived(normalization.standardized_shape, "shape"),)),
    help="Put it right behind a Dataset whose columns differ in size, such as ages beside incomes: the network then "
    "learns from all of them. Images are brought to it by channel, everything else by its last size. Means and "
    "deviations are measured anew when training starts, on the training set alone, and are saved and exported with the "
    "weights. On the way to a target it makes the loss count in deviations.",
    formula="y = (x - mean) / deviation",
    aliases=("scale", "scaler", "standardscaler", "standard score", "z-score", "normalize", "whiten", "preprocessing"),
    stem="standardize",
)

Augment = LayerType(
    "Augment",
    "While training, moves, turns and mirrors each image by chance, and adds noise.",
    inputs=grid(2),
    outputs=(Port("y", "N C H W"),),
    params=ParamSet(
        (
            Float("shift", 0.1, "How far at most, as a share of the size.", low=0.0, high=1.0, telling=True),
            Float("flip", 0.0, "How many are mirrored left to right, from none (0) to all (1).", low=0.0, high=1.0),
            Float("rotation", 10.0, "How far at most, in degrees.", low=0.0, high=180.0, telling=True),
            Float("noise", 0.0, "How strong: the deviation of the noise.", low=0.0, high=100.0),
        )
    ),
    shape=elementwise.flow,
    code=Module("Augment"),
    help="The network never sees a picture twice the same way, so it learns what is in it and not where. Only training "
    "is changed: tests, predictions and exports see pictures as they are. Put it right behind the Dataset. Mirror only "
    "what means the same in a mirror: photographs, not letters or digits.",
    formula="y = x moved, turned, mirrored, + noise",
    paper="Simard, Steinkraus, Platt, Best Practices for Convolutional Neural Networks, 2003",
    aliases=("augmentation", "data augmentation", "flip", "mirror", "rotate", "shift", "jitter", "random crop"),
    stem="augment",
)
