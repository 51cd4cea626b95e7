"""Runs models and compares what they make: an export counts only when it makes the same as the model did."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from nnstudio.errors import NNStudioError
from nnstudio.export.spec import ExportType, Tensors, Work
from nnstudio.protocol.messages import Model


@dataclass(frozen=True)
class Written:
    """Files with their size in bytes, and the largest difference of their outputs from the model's own."""

    files: tuple[Path, ...]
    size: int
    difference: float


def work_of(model: nn.Module, spec: Model, inputs: Tensors) -> Work:
    """What is exported: a copy of the model on the CPU in eval mode, and what it makes of the test set.

    All samples run at once, as the exports are run: in another batch size the last bits may differ.
    """
    frozen = copy.deepcopy(model).cpu().eval()
    on_cpu = [tensor.cpu() for tensor in inputs]
    return Work(frozen, spec, on_cpu, run_model(frozen, on_cpu))


def write_and_check(declared: ExportType, work: Work, path: Path) -> Written:
    """Write, read back, run, compare. Raises NNStudioError where any of it fails."""
    files = declared.write(work, path)
    difference = largest_difference(work.outputs, declared.run(work, files))
    if difference > (0.0 if declared.exact else declared.tolerance):
        raise NNStudioError(
            f"'{files[0].name}' gives other results than the model, by up to {difference:.3g}.",
            fix="Do not use it; please report this with your project.",
        )
    return Written(tuple(files), sum(file.stat().st_size for file in files), difference)


def state_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights on the CPU, each with storage of its own: shared ones are written once for each name."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in model.state_dict().items()}


def run_model(model: nn.Module, inputs: Tensors) -> list[torch.Tensor]:
    """The outputs for all samples at once."""
    with torch.no_grad():
        made = model(*inputs)
    return [made] if isinstance(made, torch.Tensor) else list(made)


def run_with(state: Mapping[str, torch.Tensor], work: Work) -> list[torch.Tensor]:
    """What the model makes with these weights; they must be all of its weights and no others."""
    model = copy.deepcopy(work.model)
    model.load_state_dict(state, strict=True)
    return run_model(model.eval(), work.inputs)


def largest_difference(ours: Sequence[torch.Tensor], theirs: Sequence[torch.Tensor]) -> float:
    """Over all outputs; infinite where shapes or types differ, or only one of the two is a number."""
    if [(one.shape, one.dtype) for one in ours] != [(other.shape, other.dtype) for other in theirs]:
        return float("inf")
    return max((_difference(one, other) for one, other in zip(ours, theirs, strict=True)), default=0.0)


def _difference(one: torch.Tensor, other: torch.Tensor) -> float:
    """A weight that is not a number makes outputs that are none: the same in both is no difference."""
    a, b = one.cpu().double(), other.cpu().double()
    same = (a == b) | (a.isnan() & b.isnan())
    apart = (a - b).abs().nan_to_num(nan=float("inf"), posinf=float("inf")).masked_fill(same, 0.0)
    return float(apart.max()) if apart.numel() else 0.0
