"""Weights as a safetensors file: names, shapes and numbers, and nothing that could run."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load, save

from nnstudio.export.check import run_with, state_of
from nnstudio.export.files import reading, with_ending, write_files
from nnstudio.export.spec import ExportType, Work

_SUFFIX = ".safetensors"


def _write(work: Work, path: Path) -> list[Path]:
    content = save(state_of(work.model), metadata={"format": "pt"})
    return write_files({with_ending(path, _SUFFIX): content})


def _run(work: Work, files: list[Path]) -> list[torch.Tensor]:
    with reading(files[0]):
        return run_with(load(files[0].read_bytes()), work)


SAFETENSORS = ExportType(
    kind="safetensors",
    title="Weights (safetensors)",
    suffix=_SUFFIX,
    summary="The weights alone, in a format that many programs read and that cannot carry code.",
    write=_write,
    run=_run,
)
