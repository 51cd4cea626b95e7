"""How weights begin, for each kind of layer. Adding a scheme is adding a declaration here."""

from __future__ import annotations

from nnstudio.training.spec import InitializationType

_GLOROT = "Glorot, Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010"
_TANH = "Keeps the variance through tanh and sigmoid."
_HE = "He et al., Delving Deep into Rectifiers, 2015"

KINDS = {
    "linear": "Linear layers, and the projections of attention",
    "convolution": "Convolutions",
    "recurrent": "RNN, LSTM and GRU",
    "embedding": "Embeddings",
}
"""Kinds of layers that can be given a scheme, with what they are."""

DEFAULT = InitializationType("default", "PyTorch's", "What each layer of PyTorch does by itself.")
XAVIER_UNIFORM = InitializationType(
    "xavier_uniform",
    "Xavier, uniform",
    "Keeps the variance through tanh and sigmoid.",
    "xavier_uniform_",
    paper=_GLOROT,
)
XAVIER_NORMAL = InitializationType("xavier_normal", "Xavier, normal", _TANH, "xavier_normal_", paper=_GLOROT)
KAIMING_UNIFORM = InitializationType(
    "kaiming_uniform",
    "Kaiming, uniform",
    "Keeps the variance through ReLU.",
    "kaiming_uniform_",
    {"nonlinearity": "relu"},
    paper=_HE,
)
KAIMING_NORMAL = InitializationType(
    "kaiming_normal",
    "Kaiming, normal",
    "Keeps the variance through ReLU.",
    "kaiming_normal_",
    {"nonlinearity": "relu"},
    paper=_HE,
)
ORTHOGONAL = InitializationType(
    "orthogonal",
    "Orthogonal",
    "Keeps lengths: good for deep and recurrent networks.",
    "orthogonal_",
    paper="Saxe, McClelland, Ganguli, Exact Solutions to the Nonlinear Dynamics of Learning, 2013",
)
NORMAL = InitializationType(
    "normal", "Normal, deviation 0.02", "Small random numbers, as in GPT.", "normal_", {"mean": 0.0, "std": 0.02}
)
UNIFORM = InitializationType(
    "uniform", "Uniform, −0.1 to 0.1", "Small random numbers.", "uniform_", {"a": -0.1, "b": 0.1}
)
ZEROS = InitializationType("zeros", "Zeros", "All alike: shows why chance is needed.", "zeros_")
