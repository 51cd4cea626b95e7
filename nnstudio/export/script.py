"""The whole training as a Python file that needs nothing but PyTorch, with the data beside it."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import torch

from nnstudio.errors import NNStudioError
from nnstudio.export import alone_training
from nnstudio.export.files import reading, with_ending, write_files
from nnstudio.export.python import run_alone
from nnstudio.export.script_text import script_text
from nnstudio.export.spec import ExportType, Work, training_of

_SUFFIX = ".py"
_DATA = ".data.pt"


def _write(work: Work, path: Path) -> list[Path]:
    path = with_ending(path, _SUFFIX)
    if path.stem in sys.stdlib_module_names or path.stem == "torch":
        raise NNStudioError(
            f"A file '{path.name}' would hide Python's own module {path.stem}.", fix="Choose another name."
        )
    training = training_of(work)
    files = {path: script_text(work.spec, training).encode()}
    if training.train:
        buffer = io.BytesIO()
        torch.save({"train": _whole(training.train), "test": _whole(training.test)}, buffer)
        files[path.with_suffix(_DATA)] = buffer.getvalue()
    return write_files(files)


def _whole(fields: object) -> dict[str, torch.Tensor]:
    """Each with storage of its own: a split is a view of the whole data set."""
    assert isinstance(fields, dict)
    return {name: field.cpu().contiguous().clone() for name, field in fields.items()}


def _run(work: Work, files: list[Path]) -> list[torch.Tensor]:
    """The losses of the first steps, in a process that sees nothing of NNStudio."""
    steps = len(training_of(work).losses)
    with tempfile.TemporaryDirectory() as folder, reading(files[0]):
        losses = Path(folder, "losses.pt")
        run_alone([alone_training.__file__, str(files[0].resolve()), str(losses), str(steps)], folder)
        made: torch.Tensor = torch.load(losses, weights_only=True)
    return [made]


SCRIPT = ExportType(
    kind="script",
    title="Training script",
    suffix=_SUFFIX,
    summary="Model, data and training loop in one readable file, which trains to the same losses. Needs PyTorch alone.",
    write=_write,
    run=_run,
    trains=True,
)
