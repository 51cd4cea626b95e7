"""Write an export, read it back, run it, and compare: an export that is not the model is no export."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import torch

from nnstudio.engine.metrics import batches
from nnstudio.engine.quiet import looking
from nnstudio.engine.subject import Subject, run_model
from nnstudio.engine.words import in_words
from nnstudio.errors import EngineError
from nnstudio.export.spec import ExportType, Work, exports
from nnstudio.protocol import messages as msg

COMPARED = 2048
"""Samples of the test set that are compared, at most."""


def export(request: msg.Export, subject: Subject) -> msg.Exported:
    """Raises EngineError, with nothing left on the disk, where it cannot be written or gives other outputs."""
    kind = exports().get(request.kind)
    if kind is None:
        raise EngineError(f"There is no export '{request.kind}'.", fix=f"There are: {', '.join(exports())}.")
    files: list[Path] = []
    try:
        with looking(subject.model):
            work = _work(subject)
            files += kind.write(work, Path(request.path))
            difference = _difference(kind, work.outputs, kind.run(work, files))
        return msg.Exported(
            request=request.id,
            kind=kind.kind,
            files=tuple(map(str, files)),
            size=sum(file.stat().st_size for file in files),
            difference=difference,
        )
    except Exception as error:  # exporters of other people raise anything
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink()
        raise in_words(error) from error


def _work(subject: Subject) -> Work:
    spec = subject.spec
    fields = {name: tensor[:COMPARED] for name, tensor in subject.data.test.items()}
    rows = [run_model(subject.model, tuple(b[n] for n in spec.inputs)) for b in batches(spec, fields, 1)]
    outputs = [torch.cat(column) for column in zip(*rows, strict=True)]
    return Work(subject.model, spec, [fields[name] for name in spec.inputs], outputs)


def _difference(kind: ExportType, ours: Sequence[torch.Tensor], theirs: Sequence[torch.Tensor]) -> float:
    """The largest difference. Raises EngineError where it is too large."""
    if [tuple(a.shape) for a in ours] != [tuple(b.shape) for b in theirs]:
        raise EngineError(f"The {kind.title} file gives outputs of other shapes than the model.")
    largest = max(((a.double() - b.double()).abs().max().item() for a, b in zip(ours, theirs, strict=True)), default=0)
    if not largest <= (0.0 if kind.exact else kind.tolerance):
        raise EngineError(
            f"The {kind.title} file gives other outputs than the model: they differ by {largest:.3g}.",
            fix="It was not kept. Export to another kind.",
        )
    return float(largest)
