"""What is marked on the curve of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nnstudio.project.run import Course, Run
from nnstudio.protocol.messages import Changed, CheckpointSaved

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.marks import Mark


def marks(run: Run, course: Course) -> Iterator[Mark]:
    """Changes, checkpoints, and where it stands still in trouble or has failed."""
    from nnstudio.ui.panels.plots.marks import CHANGE, CHECKPOINT, TROUBLE, Mark

    for change in run.changes:
        yield Mark(CHANGE, float(course.epochs(change.step)), change_words(change), change)
    for saved in run.checkpoints:
        yield Mark(CHECKPOINT, float(course.epochs(saved.step)), checkpoint_words(saved), saved)
    if run.message and run.state in ("paused", "failed") and run.step:
        yield Mark(TROUBLE, float(course.epochs(run.step)), run.message)


def change_words(change: Changed) -> str:
    """`step 420: lr 0.001 → 0.01`."""
    return _tr("step {0}: {1} {2} → {3}").format(f"{change.step:,}", change.what, change.before, change.after)


def checkpoint_words(saved: CheckpointSaved) -> str:
    """`checkpoint at step 420, epoch 3: best`."""
    reasons = {
        "best": _tr("best so far"),
        "every": _tr("kept every few epochs"),
        "paused": _tr("kept at a pause"),
        "end": _tr("the end"),
        "asked": _tr("kept by hand"),
    }
    words = _tr("checkpoint at step {0}, epoch {1}: {2}")
    reason = reasons.get(saved.reason, PurePath(saved.path).stem)
    return words.format(f"{saved.step:,}", f"{saved.epoch:,}", reason)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)
