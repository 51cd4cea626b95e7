"""The model's source as a Python file that runs by itself, with the weights beside it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from nnstudio.errors import NNStudioError
from nnstudio.export import alone
from nnstudio.export.check import batch_size
from nnstudio.export.files import reading, with_ending, write_files
from nnstudio.export.spec import ExportType, Work
from nnstudio.export.torch_state import state_bytes

_SUFFIX = ".py"
_WEIGHTS = ".weights.pt"
"""As the source says. Not ".pt", which is what the weights alone are exported as."""
_SECONDS = 300
"""Importing torch takes a few; more than this and the file hangs."""


def _write(work: Work, path: Path) -> list[Path]:
    path = with_ending(path, _SUFFIX)
    if path.stem in sys.stdlib_module_names or path.stem == "torch":
        raise NNStudioError(
            f"A file '{path.name}' would hide Python's own module {path.stem}.", fix="Choose another name."
        )
    source = work.spec.source.encode()
    return write_files({path: source, path.with_suffix(_WEIGHTS): state_bytes(work)})


def _run(work: Work, files: list[Path]) -> list[torch.Tensor]:
    """In a process that sees nothing of NNStudio, started in another folder, with as many threads as here."""
    if files[0].read_bytes() != work.spec.source.encode():
        raise NNStudioError(f"'{files[0].name}' is not the source as it was.", fix="Export again.")
    with tempfile.TemporaryDirectory() as folder, reading(files[0]):
        inputs, outputs = Path(folder, "inputs.pt"), Path(folder, "outputs.pt")
        torch.save([tensor.cpu().clone() for tensor in work.inputs], inputs)
        numbers = [torch.get_num_threads(), batch_size(work.inputs)]
        arguments = [files[0].resolve(), work.spec.class_name, inputs, outputs, *numbers]
        run_alone([alone.__file__, *map(str, arguments)], folder)
        made: list[torch.Tensor] = torch.load(outputs, weights_only=True)
    return made


def run_alone(arguments: list[str], folder: str) -> None:
    """Run a file of Python as if nothing of NNStudio were there. Raises NNStudioError with the last line it said."""
    command = [sys.executable, "-I", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise NNStudioError(f"The exported file does not run: {said[-1]}", fix="Please report this.")


PYTHON = ExportType(
    kind="python",
    title="Python source",
    suffix=_SUFFIX,
    summary="The source as the Code panel shows it, with the weights beside it. Needs nothing but PyTorch.",
    write=_write,
    run=_run,
)
