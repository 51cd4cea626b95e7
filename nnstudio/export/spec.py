"""What an export is: a function that writes, and one that reads back what was written and runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import torch
from torch import nn

from nnstudio.discovery import declared
from nnstudio.errors import NNStudioError
from nnstudio.protocol.messages import Model, Plan

Tensors: TypeAlias = Sequence[torch.Tensor]


@dataclass(frozen=True)
class TrainedWeight:
    """A weight and how it is trained. `scheme` names how it begins, or is empty where the layer's own way holds.

    `lr` is its own instead of the plan's; `hidden` ones are those that an optimizer for matrices takes,
    `fusable` ones those that torch's fused optimizers take.
    """

    name: str
    lr: float | None = None
    frozen: bool = False
    hidden: bool = False
    scheme: str = ""
    fusable: bool = True


@dataclass(frozen=True)
class Training:
    """How the model is trained, for exports that train it from the beginning.

    `train` and `test` are the fields of the data set that take part. `fitted` are the layers that measure the training
    set first, in their order, in batches of `fit_batch` samples. `losses` are those of the first steps. `weights` are
    in the model's order. With `channels_last` those of convolutions lie in memory that way.
    """

    plan: Plan
    train: Mapping[str, torch.Tensor]
    test: Mapping[str, torch.Tensor]
    losses: torch.Tensor
    weights: tuple[TrainedWeight, ...]
    threads: int = 1
    fitted: tuple[str, ...] = ()
    fit_batch: int = 1
    channels_last: bool = False


@dataclass(frozen=True)
class Work:
    """What is exported. `inputs` is the test set, in the order of `spec.inputs`; `outputs` what the model
    makes of it. `training` is there for exports that train.
    """

    model: nn.Module
    spec: Model
    inputs: Tensors
    outputs: Tensors
    training: Training | None = None


@dataclass(frozen=True)
class ExportType:
    """One declaration. `write` gives the files it wrote, the main one first; `run` gives what the written files make
    of `work.inputs`, in the batches of check.run_batches.

    Both raise NNStudioError with a sentence for the person. `exact`: the outputs must be the same to the last bit.
    `trains`: what is compared are the losses of the first steps of a training, as one tensor.
    """

    kind: str
    title: str
    suffix: str
    summary: str
    write: Callable[[Work, Path], list[Path]]
    run: Callable[[Work, list[Path]], list[torch.Tensor]]
    exact: bool = True
    tolerance: float = 0.0
    """How much the outputs may differ where they are not exact, for outputs up to 1; it grows with larger ones."""
    trains: bool = False

    @property
    def of(self) -> str:
        """What is compared, in words."""
        return "losses" if self.trains else "outputs of the test set"

    def expected(self, work: Work) -> Tensors:
        """What `run` has to give. Raises NNStudioError where the export trains and there is nothing to train."""
        if not self.trains:
            return work.outputs
        return [training_of(work).losses]


def training_of(work: Work) -> Training:
    """How it is trained. Raises NNStudioError where that is not known."""
    if work.training is None:
        raise NNStudioError("There is nothing to train.", fix="Add a Dataset and a loss first.")
    return work.training


@cache
def exports() -> dict[str, ExportType]:
    """Every ExportType at the top level of a module of this package."""
    return {export.kind: export for _, export in declared("nnstudio.export", ExportType)}
