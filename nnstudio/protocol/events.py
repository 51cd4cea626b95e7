"""What the engine tells unasked."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from nnstudio.protocol.parts import Array, ExportKind, Option, Sized


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all events."""


class EngineReady(Event, frozen=True, kw_only=True):
    """The engine can be asked. First event of every engine."""

    torch: str
    devices: tuple[str, ...]
    probes: tuple[str, ...]
    exports: tuple[ExportKind, ...]
    pid: int


class RunState(Event, frozen=True, kw_only=True):
    """`state` is "training", "paused", "finished", "stopped" or "failed"; the last has a message and a fix.

    A run that is paused with a message met trouble, and stands at the last step where all was well: `kind` is "nan",
    "data" where the loss is no number whatever the learning rate, or "memory". `line` is the line of the model's source
    that failed, or 0.
    """

    run: int
    state: str
    epoch: int
    step: int
    message: str = ""
    fix: str = ""
    line: int = 0
    kind: str = ""


class Progress(Event, frozen=True, kw_only=True):
    """The steps since the last Progress; the last is `step`. `losses` and `accuracies` are float32, one value a step.

    `accuracies` is empty where the loss has none. `lr` is the learning rate of the last step. `step` less than one told
    before: the run has gone back.
    """

    run: int
    epoch: int
    step: int
    total_steps: int
    steps_per_second: float
    losses: Array
    accuracies: Array
    lr: float = 0.0


class EpochDone(Event, frozen=True, kw_only=True):
    """Figures over the whole epoch: training while the weights changed, test after the last step."""

    run: int
    epoch: int
    step: int
    train_loss: float
    test_loss: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0
    metrics: dict[str, float] = {}


class Changed(Event, frozen=True, kw_only=True):
    """Something was changed after `step` steps of a run: a parameter of the plan, of a layer, or a weight.

    `what` is as "lr", "dropout1.p" or "linear1.weight[0, 2]"; the values are in words.
    """

    run: int
    step: int
    what: str
    before: str
    after: str


class CheckpointSaved(Event, frozen=True, kw_only=True):
    """A checkpoint is in the run's folder. `reason` is "best", "every", "going", "paused", "end" or "asked".

    "going" ones are made now and then while the run goes; they, "paused" and "end" are one file, the last.
    """

    run: int
    step: int
    epoch: int
    path: str
    reason: str
    test_loss: float | None = None


class Notice(Event, frozen=True, kw_only=True):
    """Something the person should know of a run that goes on all the same.

    `kind` is "unrecorded" where nothing more is written into its folder.
    """

    run: int
    message: str
    fix: str = ""
    kind: str = ""


class Weights(Event, frozen=True, kw_only=True):
    """The weights as a safetensors file: at the end of a run, when it is paused, and now and then in between."""

    run: int
    epoch: int
    data: bytes


class ProbeFrame(Event, frozen=True, kw_only=True):
    """What a probe found at a step. Names of arrays and facts are its own. `problem` instead when it could not look.

    `subject` is the id of the Load or Start that the model came with: windows have several projects open.
    """

    subscription: int
    step: int
    subject: int = 0
    arrays: dict[str, Array] = {}
    facts: dict[str, Option] = {}
    problem: str = ""


class Measured(Event, frozen=True, kw_only=True):
    """What a Measure has found: the outputs in their order, and sizes of the trainable tensors by name.

    `problem` instead when the class does not run: what is wrong, in words, with what to do and the line of the text.
    """

    key: str
    outputs: tuple[Sized, ...] = ()
    weights: dict[str, tuple[int, ...]] = {}
    problem: str = ""
    fix: str = ""
    line: int = 0


class DataProgress(Event, frozen=True, kw_only=True):
    """How far some work on data is. `total` is 0 where nobody knows; `what` is said to the person.

    `key` is that of the request; "model" for the data that a Load or a Start waits for.
    """

    key: str
    done: int
    total: int
    what: str = ""


AnyEvent: TypeAlias = (
    EngineReady
    | RunState
    | Progress
    | EpochDone
    | Changed
    | CheckpointSaved
    | Notice
    | Weights
    | ProbeFrame
    | Measured
    | DataProgress
)
