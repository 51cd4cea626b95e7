"""A run's folder.

    2026-11-25 19.20.11 digits/
        record.json            what it was: plan, data, versions, how it ended; see RunRecord
        source.py              the model, as it was trained
        drawing.nnstudio.json  the drawing, to be opened again
        epochs.jsonl           one EpochRow a line, as the epochs end
        steps.f32              the training loss of every step, as float32, little-endian
        changes.jsonl          one ChangeRow a line: what was changed on the way
        checkpoints/           last, best, and every so many epochs: NAME.safetensors, each listed in record.json
        tensorboard/           where the person wants it

Lines are added and the record is replaced whole, so a folder is sound whenever the engine dies. A run that goes on
from a checkpoint has a folder of its own, which begins with what the other one had up to that step.
"""

from __future__ import annotations

import msgspec

from nnstudio.protocol.messages import DataRef, Plan

FORMAT = 1
RECORD, SOURCE, DRAWING = "record.json", "source.py", "drawing.nnstudio.json"
EPOCHS, STEPS, CHANGES = "epochs.jsonl", "steps.f32", "changes.jsonl"
CHECKPOINTS, TENSORBOARD = "checkpoints", "tensorboard"
CHECKPOINT_SUFFIX = ".safetensors"


class EpochRow(msgspec.Struct, frozen=True):
    """One epoch. What is not finite is null, as JSON has no other word for it."""

    epoch: int
    step: int
    train_loss: float | None
    test_loss: float | None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0
    lr: float = 0.0
    metrics: dict[str, float | None] = {}


class ChangeRow(msgspec.Struct, frozen=True):
    """Something was changed after so many steps; see protocol.events.Changed."""

    step: int
    what: str
    before: str
    after: str


class Checkpoint(msgspec.Struct, frozen=True):
    """A file in the folder's checkpoints. `reason` is as in protocol.events.CheckpointSaved."""

    file: str
    step: int
    epoch: int
    reason: str
    test_loss: float | None = None


class RunRecord(msgspec.Struct, frozen=True):
    """What a run was. `state` is as in messages.RunState; one whose engine died is still
    "training" or "paused"; reading.KeptRun says "interrupted" then.

    `began` is the local time in ISO form. `race` is one word for all runs that were started together. `resumed` is the
    checkpoint's file that it went on from. `data_hash` is the SHA-256 of the tensors, or of the source files.
    `versions` has "nnstudio", "python", "torch", "numpy" and what else took part. `pid` and `pid_began` tell whether
    the engine that wrote it is still there: see runs.living.
    """

    title: str
    plan: Plan
    data: DataRef
    label: str = ""
    race: str = ""
    state: str = "training"
    message: str = ""
    began: str = ""
    seconds: float = 0.0
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    parameters: int = 0
    device: str = "cpu"
    threads: int = 1
    source_hash: str = ""
    data_hash: str = ""
    versions: dict[str, str] = {}
    resumed: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    last: EpochRow | None = None
    best: EpochRow | None = None
    pid: int = 0
    pid_began: float = 0.0
    format: int = FORMAT
