"""What the engine answers."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from nnstudio.protocol.parts import Array, NodeStep


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all replies. `request` is the id of what is answered."""

    request: int


class Done(Reply, frozen=True, kw_only=True):
    """It is done, and there is nothing to tell."""


class Failed(Reply, frozen=True, kw_only=True):
    """It could not be done. `line` is a line of the model's source, or 0.

    `kind` says what a program can do about it: "file" (a person's own file is gone or has changed), "download" (the
    data set has to be fetched first), "memory", "cancelled", or nothing in particular.
    """

    message: str
    fix: str = ""
    line: int = 0
    kind: str = ""


class Weighed(Reply, frozen=True, kw_only=True):
    """All weights as they are now, as a safetensors file."""

    data: bytes


class Described(Reply, frozen=True, kw_only=True):
    """`shapes`: what each variable of forward holds, for a batch of 2. `parameters`: sizes of each trainable tensor.

    `flops`: operations of forward for one sample, as far as torch counts them.
    """

    shapes: dict[str, tuple[int, ...]]
    parameters: dict[str, tuple[int, ...]]
    flops: int


class DataPreview(Reply, frozen=True, kw_only=True):
    """Samples of each field, and how many there are in all, to train with and to test with.

    `left_out` are not among them: samples between the two parts that would overlap with both.
    `names` are the classes' names of the fields that have some, as they are known once loaded. `index` says which
    sample of the source each row is.
    """

    arrays: dict[str, Array]
    samples: int
    train: int = 0
    test: int = 0
    left_out: int = 0
    names: dict[str, tuple[str, ...]] = {}
    index: Array | None = None


class DataSummary(Reply, frozen=True, kw_only=True):
    """What SummarizeData found: arrays and facts by name, as in engine.data.figures."""

    arrays: dict[str, Array]
    facts: dict[str, Any] = {}


class Inspected(Reply, frozen=True, kw_only=True):
    """How a file can be read: the data set that does it, and its parameters. `facts` is what there is to tell."""

    dataset: str
    params: dict[str, Any]
    facts: dict[str, Any] = {}


class Started(Reply, frozen=True, kw_only=True):
    """A run has begun, or goes on. `fresh` are the nodes whose weights are random although some were given.

    `folder` is where it is recorded, or empty. `step` is where it goes on from.
    """

    run: int
    steps_per_epoch: int
    train_samples: int
    test_samples: int
    threads: int
    fresh: tuple[str, ...] = ()
    folder: str = ""
    step: int = 0


class RaceStarted(Reply, frozen=True, kw_only=True):
    """Several runs have begun, in the order they were given in."""

    runs: tuple[Started, ...]


class Estimated(Reply, frozen=True, kw_only=True):
    """What a training would take: bytes of memory by what they are for, and seconds of a step and of an epoch.

    `memory` has "weights", "gradients", "optimizer", "activations", "data". `free` bytes are there to be had.
    `flops` are those of a step. Seconds are 0.0 where nothing is known.
    """

    memory: dict[str, int]
    free: int
    flops: int
    step_seconds: float
    epoch_seconds: float
    parameters: int = 0


class Recorded(Reply, frozen=True, kw_only=True):
    """One batch, forward and then backward, an operation at a time. `step` is the run's; `loss` that of the batch.

    Without a loss, or where no weights lead to it, there is the forward pass alone. `sample` of the batch's `samples`
    is the one whose numbers are told; there are 0 where nothing comes in. `weights` are gradients by name of the
    trainable tensors, cut as the rest, and `weight_norms` those of the whole tensors. `left_out` steps have no numbers:
    there was no room for them.
    """

    step: int
    loss: float | None
    steps: tuple[NodeStep, ...]
    arrays: dict[str, Array]
    weights: dict[str, Array] = {}
    weight_norms: dict[str, float] = {}
    sample: int = 0
    samples: int = 0
    left_out: int = 0


class Exported(Reply, frozen=True, kw_only=True):
    """`files` were written. `difference` is the largest difference from the model's own outputs on the test set."""

    kind: str
    files: tuple[str, ...]
    size: int
    difference: float
    detail: str = ""


AnyReply: TypeAlias = (
    Done
    | Failed
    | Weighed
    | Described
    | DataPreview
    | DataSummary
    | Inspected
    | Started
    | RaceStarted
    | Estimated
    | Recorded
    | Exported
)
