"""What a probe is: a function from a model and its data to arrays and facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.discovery import declared
from nnstudio.protocol.messages import Model, Option

Tensors: TypeAlias = Mapping[str, torch.Tensor]


def _nameless(_field: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Look:
    """What a probe may look at. The engine has put the model into eval mode and switched gradients off.

    `trace(inputs)` runs forward on tensors in the order of `spec.inputs` and gives every variable of it by name, which
    is the node's name. `train` and `test` hold the data set's fields.
    """

    model: nn.Module
    spec: Model
    train: Tensors
    test: Tensors
    trace: Callable[[Sequence[torch.Tensor]], dict[str, torch.Tensor]]
    class_names: tuple[str, ...] = ()
    """Names of the classes of `spec.target`, empty where it has none."""
    names_of: Callable[[str], tuple[str, ...]] = _nameless
    """Names of the classes or tokens of a field, as far as they have some."""
    step: int = 0
    """Training steps that the model has seen."""


@dataclass(frozen=True)
class Found:
    """What a probe found, ready to travel."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    facts: dict[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """One declaration. `look` may raise DataError with a sentence for the person when there is nothing to see."""

    name: str
    summary: str
    look: Callable[[Look, Mapping[str, Option]], Found]


@cache
def probes() -> dict[str, Probe]:
    """Every Probe at the top level of a module of this package."""
    return {probe.name: probe for _, probe in declared("nnstudio.probes", Probe)}


def float32(tensor: torch.Tensor) -> NDArray[np.float32]:
    """A tensor as a float32 array."""
    return tensor.detach().to("cpu", torch.float32).numpy()
