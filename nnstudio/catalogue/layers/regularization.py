"""Layers that keep a network from learning its samples by heart."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.layers.convolution import grid
from nnstudio.catalogue.shapes import elementwise
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, Ports
from nnstudio.params import Float, ParamSet

family = Family("regularization", "Regularization", 65)

_ANY = (Port("x", "..."),)
_ANY_OUT = (Port("y", "..."),)


def _dropout(name: str, summary: str, what: str, inputs: Ports = _ANY, **words: Any) -> LayerType:
    return LayerType(
        name,
        summary,
        inputs=inputs,
        outputs=_ANY_OUT,
        params=ParamSet((Float("p", 0.5, f"Share {what} dropped.", low=0.0, high=1.0, telling=True, live=True),)),
        shape=elementwise.flow,
        code=Module(f"nn.{name}"),
        **words,
    )


Dropout = _dropout(
    "Dropout",
    "While training, makes a random share of the numbers zero.",
    "that is",
    help="No unit can rely on another being there, so the network learns several ways to the same answer and "
    "overfits less. The rest is scaled up to make up for it; in use nothing is dropped.",
    formula="y = x·m / (1 - p), m random 0 or 1",
    paper="Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014",
    aliases=("dropoutlayer", "drop"),
)

Dropout2d = _dropout(
    "Dropout2d",
    "While training, makes a random share of the channels of an image zero.",
    "of the channels that is",
    grid(2),
    help="Points of an image next to each other are much alike, so dropping single ones hides little; this drops whole "
    "channels. Use it after convolutions.",
    formula="y[c] = x[c]·m[c] / (1 - p), m random 0 or 1",
    paper="Tompson et al., Efficient Object Localization Using Convolutional Networks, 2015",
    aliases=("spatial dropout", "spatialdropout2d", "spatialdropoutlayer"),
)

Dropout1d = _dropout(
    "Dropout1d",
    "While training, makes a random share of the channels of a signal zero.",
    "of the channels that is",
    grid(1),
    help="Drops whole channels, for the values of one next to each other are much alike. Use it after Conv1d; for a "
    "sequence N×L×D it drops whole places, as words of a text.",
    formula="y[c] = x[c]·m[c] / (1 - p), m random 0 or 1",
    paper="Tompson et al., Efficient Object Localization Using Convolutional Networks, 2015",
    aliases=("spatial dropout 1d", "word dropout"),
)

AlphaDropout = _dropout(
    "AlphaDropout",
    "Dropout that keeps mean and deviation as they are.",
    "that is",
    help="Goes with SELU, whose networks keep their numbers at mean 0 and deviation 1 by themselves. What is dropped "
    "becomes the lowest value of SELU, not zero.",
    formula="y = a·(x·m + α'·(1 - m)) + b, m random 0 or 1",
    paper="Klambauer, Unterthiner, Mayr, Hochreiter, Self-Normalizing Neural Networks, 2017",
    aliases=("selu", "self-normalizing"),
    stem="dropout",
)

GaussianNoise = LayerType(
    "GaussianNoise",
    "While training, adds random noise to every number.",
    inputs=_ANY,
    outputs=_ANY_OUT,
    params=ParamSet(
        (Float("std", 0.1, "How strong: the deviation of the noise.", low=0.0, high=100.0, telling=True, live=True),)
    ),
    shape=elementwise.flow,
    code=Module("GaussianNoise"),
    help="The network never sees a sample the same way twice, so it can not learn it by heart. Put it right after the "
    "data, or where an autoencoder is to take noise away.",
    formula="y = x + std·ε, ε normal",
    paper="Bishop, Training with Noise is Equivalent to Tikhonov Regularization, 1995",
    aliases=("noise", "denoising", "jitter", "gaussiannoiselayer"),
    stem="noise",
)
