"""How the weights of convolutions lie in memory: with the channels last, a CPU trains a third quicker.

oneDNN's kernels then need no copy in another order, and pooling goes over channels that lie side by side. What comes
out is the same but for rounding, and lies the same way, so that a text which counts on the usual order, as `view` does,
keeps it. Chance goes through a tensor as it lies: a Dropout behind a convolution drops others than in the usual order,
by the same seed always the same.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

FEWEST = 2
"""Of one convolution alone, what comes out is soon in another order again."""
_ORDERED = (
    ".view(",
    "view_as",
    ".stride(",
    ".strides",
    "as_strided",
    "is_contiguous",
    "data_ptr",
    "storage(",
    "memory_format",
)
_KNOWN = frozenset({"torch", "numpy", "nnstudio", *sys.stdlib_module_names})
"""What comes from elsewhere may count on the usual order where nobody sees it, as torchvision's shuffling does."""


def suits(model: nn.Module, source: str) -> bool:
    """Whether its convolutions are quicker with channels last, and its text takes them so."""
    found = list(_convolutions(model))
    on_cpu = all(layer.weight.device.type == "cpu" for layer in found)
    return len(found) >= FEWEST and on_cpu and not any(word in source for word in _ORDERED) and _is_all(source)


def lay_out(model: nn.Module, *, channels_last: bool) -> None:
    """Bring the weights of its convolutions into that order. The same parameters, without gradients."""
    order = torch.channels_last if channels_last else torch.contiguous_format
    for layer in _convolutions(model):
        layer.to(memory_format=order)


def lay_out_state(optimizer: torch.optim.Optimizer) -> None:
    """What an optimizer was given of a weight lies as the weight does: its kernels go through both side by side."""
    for parameter, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                state[name] = _like(value, parameter)


def _is_all(source: str) -> bool:
    """Whether what the text does stands in it, but for what is known to take tensors in any order."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return all(name.partition(".")[0] in _KNOWN for name in names)


def _like(value: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    if value.stride() == other.stride():
        return value
    return torch.empty_like(other, dtype=value.dtype, requires_grad=False).copy_(value)


def _convolutions(model: nn.Module) -> Iterator[Any]:
    """Plain ones: what has been made of one by others may keep its weight elsewhere."""
    return (layer for layer in model.modules() if type(layer) in (nn.Conv2d, nn.ConvTranspose2d))
