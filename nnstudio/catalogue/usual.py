"""What usually comes after what: the order of offers for a person who has not shown habits yet. Nothing is forbidden.

A layer that is not named here is followed by what follows its family.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from nnstudio.catalogue.spec import LayerType

_AFTER: Final = {
    "Dataset": "Conv2d Linear Flatten Embedding Conv1d LSTM CrossEntropyLoss Standardize Augment",
    "Standardize": "Linear Conv2d Flatten Conv1d LSTM",
    "Augment": "Conv2d Standardize Flatten PatchEmbedding",
    "Input": "Linear Conv2d Embedding MultiheadAttention Add",
    "Value": "Multiply Add Subtract Tanh Power",
    "Constant": "MatMul Add Multiply",
    "Linear": "ReLU Linear Dropout CrossEntropyLoss MSELoss Softmax Tanh Add Output",
    "ReLU": "Conv2d Linear MaxPool2d Dropout BatchNorm2d Flatten",
    "Conv2d": "ReLU BatchNorm2d MaxPool2d Conv2d Add Flatten",
    "Conv1d": "ReLU BatchNorm1d MaxPool1d Conv1d GlobalAvgPool",
    "Conv3d": "ReLU BatchNorm3d MaxPool3d Conv3d GlobalAvgPool",
    "PatchEmbedding": "ClassToken LearnedPositions TransformerEncoder",
    "Unfold": "Linear Transpose LearnedPositions",
    "GlobalAvgPool": "Linear Dropout",
    "Flatten": "Linear Dropout BatchNorm1d",
    "BatchNorm1d": "ReLU Linear Dropout",
    "Dropout": "Linear Conv2d Add LayerNorm",
    "Embedding": "SinusoidalPositions LSTM GRU TransformerEncoder MultiheadAttention LearnedPositions Dropout",
    "EmbeddingBag": "Linear ReLU",
    "SinusoidalPositions": "TransformerEncoder MultiheadAttention Dropout LayerNorm",
    "LearnedPositions": "TransformerEncoder MultiheadAttention Dropout LayerNorm",
    "LSTM": "LastStep Linear LSTM Dropout",
    "LastStep": "Linear Dropout ReLU",
    "Add": "LayerNorm ReLU Linear Conv2d Add",
    "Softmax": "MatMul NLLLoss Output",
    "Sigmoid": "BCELoss Multiply Linear",
    "LogSoftmax": "NLLLoss",
    "LayerNorm": "Linear MultiheadAttention ReLU Dropout",
    "TransformerEncoder": "Select Linear Mean LastStep TransformerEncoder LayerNorm",
    "Select": "Linear LayerNorm",
    "CausalMask": "MultiheadAttention ScaledDotProductAttention",
    "PaddingMask": "MultiheadAttention TransformerEncoder",
}
_AFTER_FAMILY: Final = {
    "data": "Linear Conv2d Embedding Flatten",
    "linear": "ReLU Linear Dropout CrossEntropyLoss",
    "convolution": "ReLU BatchNorm2d MaxPool2d Conv2d",
    "pooling": "Conv2d Flatten Linear Dropout",
    "embedding": "LSTM TransformerEncoder Linear Dropout",
    "recurrent": "LastStep Linear Dropout",
    "attention": "Add Linear LayerNorm Dropout",
    "transformer": "LastStep Linear Mean LayerNorm",
    "activation": "Linear Conv2d MaxPool2d Dropout BatchNorm2d Flatten",
    "normalization": "ReLU Linear Conv2d Dropout",
    "regularization": "Linear Conv2d Add",
    "reshape": "Linear Conv2d Conv1d LSTM",
    "merge": "ReLU Linear Conv2d LayerNorm",
    "custom": "ReLU Linear",
    "block": "ReLU Linear Flatten Add",
}
FIRST: Final = ("Dataset", "Input", "Value", "Linear", "Conv2d")
"""What an empty drawing begins with."""


def after(layer: LayerType) -> tuple[str, ...]:
    """The types that usually follow, the most usual first."""
    return tuple((_AFTER.get(layer.type) or _AFTER_FAMILY.get(layer.family.key, "")).split())


def before(layer: LayerType) -> tuple[str, ...]:
    """The types that it usually follows, common ones first."""
    found = [
        (key in _RARE, names.split().index(layer.type), key)
        for key, names in _AFTER.items()
        if layer.type in names.split()
    ]
    return tuple(key for _, _, key in sorted(found, key=lambda each: each[:2]))


_RARE: Final = {"Unfold", "EmbeddingBag", "CausalMask", "PaddingMask", "Constant", "Power", "ClassToken", "LogSoftmax"}


@cache
def common() -> frozenset[str]:
    """The types that are in most drawings, and so what a few letters most likely mean; 2d ones before 1d and 3d."""
    named = {*_AFTER, *" ".join(_AFTER.values()).split()}
    return frozenset(name for name in named - _RARE if not name.endswith(("1d", "3d")))
