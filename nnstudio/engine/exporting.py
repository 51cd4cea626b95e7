"""Answers a request to export: the model with the test set, to be written and checked."""

from __future__ import annotations

from pathlib import Path

from nnstudio.engine.quiet import random_state_kept
from nnstudio.engine.subject import Subject
from nnstudio.engine.words import in_words
from nnstudio.errors import EngineError
from nnstudio.export.check import work_of, write_and_check
from nnstudio.export.spec import exports
from nnstudio.protocol import messages as msg


def export(request: msg.Export, subject: Subject) -> msg.Exported:
    """Raises EngineError, with the disk as it was, where it cannot be written or gives other outputs."""
    kind = exports().get(request.kind)
    if kind is None:
        raise EngineError(f"There is no export '{request.kind}'.", fix=f"There are: {', '.join(exports())}.")
    try:
        with random_state_kept():
            inputs = [subject.data.test[name] for name in subject.spec.inputs]
            written = write_and_check(kind, work_of(subject.model, subject.spec, inputs), Path(request.path))
    except Exception as error:  # exporters of other people raise anything
        raise in_words(error) from error
    return msg.Exported(
        request=request.id,
        kind=kind.kind,
        files=tuple(map(str, written.files)),
        size=written.size,
        difference=written.difference,
        detail=f"Not trained: {', '.join(subject.fresh)}." if subject.fresh else "",
    )
