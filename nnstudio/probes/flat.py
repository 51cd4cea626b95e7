"""Units that give no gradient: an activation that is flat wherever any of the samples puts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import torch
from torch import nn

_NEARLY = 0.99
"""Of the way to where an activation levels off; there it passes on a fiftieth of the gradient, or less."""

IsFlat: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
"""Of each output, whether the activation is flat there."""

DEAD: Mapping[type[nn.Module], IsFlat] = {
    nn.ReLU: lambda y: y <= 0,
    nn.ReLU6: lambda y: (y <= 0) | (y >= 6),
}
"""What is zero for good: the unit is dead."""
SATURATED: Mapping[type[nn.Module], IsFlat] = {
    nn.Tanh: lambda y: y.abs() > _NEARLY,
    nn.Hardtanh: lambda y: y.abs() >= 1,
    nn.Sigmoid: lambda y: (y < 1 - _NEARLY) | (y > _NEARLY),
    nn.Hardsigmoid: lambda y: (y <= 0) | (y >= 1),
}
"""What lies at its end: the unit is saturated."""


def flatness(module: nn.Module | None) -> IsFlat | None:
    """How one sees it; None for what is flat nowhere, and for what is no activation."""
    return DEAD.get(type(module)) or SATURATED.get(type(module)) if module is not None else None


def flat_share(output: torch.Tensor, is_flat: IsFlat, axis: int) -> torch.Tensor:
    """The share of the units along `axis` that are flat for every sample, and at every place or time."""
    flat = is_flat(output)
    others = [dim for dim in range(flat.ndim) if dim != axis]
    return (flat.all(dim=others) if others else flat).float().mean()


def unit_axis(output: torch.Tensor, channels_first: bool) -> int:
    """Where the units lie: behind the batch for vectors and images, and last for sequences unless told otherwise."""
    return 1 if output.ndim != 3 or channels_first else 2
