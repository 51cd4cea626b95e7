"""What an export is: a function that writes, and one that reads back what was written and runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import torch
from torch import nn

from nnstudio.discovery import declared
from nnstudio.protocol.messages import Model

Tensors: TypeAlias = Sequence[torch.Tensor]


@dataclass(frozen=True)
class Work:
    """What is exported. `inputs` is the test set, in the order of `spec.inputs`; `outputs` what the model
    makes of it.
    """

    model: nn.Module
    spec: Model
    inputs: Tensors
    outputs: Tensors


@dataclass(frozen=True)
class ExportType:
    """One declaration. `write` gives the files it wrote, the main one first; `run` gives what the written files make
    of `work.inputs`, in the batches of check.run_batches.

    Both raise NNStudioError with a sentence for the person. `exact`: the outputs must be the same to the last bit.
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


@cache
def exports() -> dict[str, ExportType]:
    """Every ExportType at the top level of a module of this package."""
    return {export.kind: export for _, export in declared("nnstudio.export", ExportType)}
