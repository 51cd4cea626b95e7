"""Writes an export, reads it back, runs it and compares: one that is not the model is no export."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from nnstudio.errors import NNStudioError
from nnstudio.export.files import put_in_place, staged
from nnstudio.export.spec import ExportType, Tensors, Work
from nnstudio.protocol.messages import Model

LARGEST_BATCH = 256
BATCH_ELEMENTS = 2**18
"""Numbers of an input in one batch, at most: large samples must not fill the memory."""


@dataclass(frozen=True)
class Written:
    """Files with their size in bytes, and the largest difference of their outputs from the model's own."""

    files: tuple[Path, ...]
    size: int
    difference: float


def work_of(model: nn.Module, spec: Model, inputs: Tensors) -> Work:
    """What is exported: a copy of the model on the CPU in eval mode, and what it makes of the test set."""
    frozen = copy.deepcopy(model).cpu().eval()
    on_cpu = [tensor.cpu() for tensor in inputs]
    return Work(frozen, spec, on_cpu, run_model(frozen, on_cpu))


def write_and_check(declared: ExportType, work: Work, path: Path) -> Written:
    """Write beside `path`, read back, run, compare, and only then put in place.

    Raises NNStudioError where any of it fails; then all files are as they were before.
    """
    with staged(path) as folder:
        files = declared.write(work, folder / path.name)
        tolerance = 0.0 if declared.exact else declared.tolerance
        difference = check_same(
            declared.title, declared.expected(work), declared.run(work, files), tolerance, declared.of
        )
        size = sum(file.stat().st_size for file in files)
        return Written(tuple(put_in_place(files, path.parent)), size, difference)


def check_same(
    title: str, ours: Tensors, theirs: Tensors, tolerance: float, of: str = "outputs of the test set"
) -> float:
    """The largest difference; `tolerance` is for outputs up to 1, and grows with them. Raises NNStudioError above."""
    difference = largest_difference(ours, theirs)
    if difference <= tolerance * max(1.0, _largest(ours)):
        return difference
    same_kinds = _kinds(ours) == _kinds(theirs)
    words = f"they differ by up to {difference:.3g}" if same_kinds else "of other shapes or types"
    raise NNStudioError(
        f"The {title} file gives other {of} than the model: {words}.",
        fix="It was not kept. Export to another kind, and please report this.",
    )


def state_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights on the CPU, each with storage of its own: shared ones are written once for each name."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in model.state_dict().items()}


def run_model(model: nn.Module, inputs: Tensors) -> list[torch.Tensor]:
    """The outputs for all samples, in batches."""

    def run(batch: Tensors) -> list[torch.Tensor]:
        made = model(*batch)
        return [made] if isinstance(made, torch.Tensor) else list(made)

    with torch.no_grad():
        return run_batches(run, inputs)


def run_batches(run: Callable[[Tensors], list[torch.Tensor]], inputs: Tensors) -> list[torch.Tensor]:
    """What `run` makes of all batches, put together. Whatever is compared takes the same: others give other bits."""
    if not inputs:
        return list(run(()))
    size = batch_size(inputs)
    rows = [run(batch) for batch in zip(*(torch.split(tensor, size) for tensor in inputs), strict=True)]
    return [
        torch.cat([part.reshape(-1) if part.ndim == 0 else part for part in column])
        for column in zip(*rows, strict=True)
    ]


def batch_size(inputs: Tensors) -> int:
    """Samples in each batch."""
    widest = max((tensor[:1].numel() for tensor in inputs), default=1)
    return max(1, min(LARGEST_BATCH, BATCH_ELEMENTS // max(widest, 1)))


def run_with(state: Mapping[str, torch.Tensor], work: Work) -> list[torch.Tensor]:
    """What the model makes with these weights; they must be all of its weights and no others."""
    model = copy.deepcopy(work.model)
    model.load_state_dict(state, strict=True)
    return run_model(model.eval(), work.inputs)


def largest_difference(ours: Sequence[torch.Tensor], theirs: Sequence[torch.Tensor]) -> float:
    """Over all outputs; infinite where shapes or types differ, or only one of the two is a number."""
    if _kinds(ours) != _kinds(theirs):
        return float("inf")
    return max((_difference(one, other) for one, other in zip(ours, theirs, strict=True)), default=0.0)


def _difference(one: torch.Tensor, other: torch.Tensor) -> float:
    """A weight that is not a number makes outputs that are none: the same in both is no difference."""
    a, b = one.cpu().double(), other.cpu().double()
    same = (a == b) | (a.isnan() & b.isnan())
    apart = (a - b).abs().nan_to_num(nan=float("inf"), posinf=float("inf")).masked_fill(same, 0.0)
    return float(apart.max()) if apart.numel() else 0.0


def _kinds(tensors: Sequence[torch.Tensor]) -> list[tuple[torch.Size, torch.dtype]]:
    return [(tensor.shape, tensor.dtype) for tensor in tensors]


def _largest(tensors: Sequence[torch.Tensor]) -> float:
    """The largest absolute value that is a number."""
    sizes = (torch.nan_to_num(tensor.double().abs(), nan=0.0, posinf=0.0) for tensor in tensors if tensor.numel())
    return max((float(size.max()) for size in sizes), default=0.0)
