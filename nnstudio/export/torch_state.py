"""Weights as PyTorch's own file, a state_dict, read with weights_only=True."""

from __future__ import annotations

import io
from pathlib import Path

import torch

from nnstudio.export.check import run_with, state_of
from nnstudio.export.files import reading, with_ending, write_files
from nnstudio.export.spec import ExportType, Work

_SUFFIX = ".pt"


def state_bytes(work: Work) -> bytes:
    """The state_dict as torch.save writes it."""
    buffer = io.BytesIO()
    torch.save(state_of(work.model), buffer)
    return buffer.getvalue()


def _write(work: Work, path: Path) -> list[Path]:
    return write_files({with_ending(path, _SUFFIX): state_bytes(work)})


def _run(work: Work, files: list[Path]) -> list[torch.Tensor]:
    with reading(files[0]):
        return run_with(torch.load(files[0], map_location="cpu", weights_only=True), work)


TORCH_STATE = ExportType(
    kind="torch",
    title="Weights (PyTorch)",
    suffix=_SUFFIX,
    summary="The weights alone, for model.load_state_dict(torch.load(path, weights_only=True)).",
    write=_write,
    run=_run,
)
