"""What messages carry: arrays, models, plans, sizes."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnstudio.errors import ProtocolError

DTYPES = frozenset({"float32", "float64", "int64", "int32", "uint8", "bool"})
Option: TypeAlias = bool | int | float | str | list[int | float | str] | None


class Array(msgspec.Struct, frozen=True):
    """A numpy array as bytes, C order."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    @staticmethod
    def of(array: NDArray[Any]) -> Array:
        """Pack an array. Raises ProtocolError for a dtype that does not travel."""
        if array.dtype.name not in DTYPES:
            raise ProtocolError(f"Arrays of {array.dtype} do not travel.")
        return Array(array.dtype.name, array.shape, np.ascontiguousarray(array).tobytes())

    def numpy(self) -> NDArray[Any]:
        """The array, read-only. Raises ProtocolError where bytes, shape and dtype do not agree."""
        if self.dtype not in DTYPES or min(self.shape, default=0) < 0:
            raise ProtocolError(f"An array of {self.dtype} {self.shape} came in.")
        try:
            return np.frombuffer(self.data, dtype=self.dtype).reshape(self.shape)
        except ValueError as error:
            raise ProtocolError(f"An array of {self.shape} came with {len(self.data)} bytes.") from error


class DataRef(msgspec.Struct, frozen=True):
    """Which data: a declared data set, its own parameters, and the split.

    An empty name stands for none: a computation of typed-in numbers is its own only sample. `folder` is where
    downloaded data lie.
    """

    dataset: str
    params: dict[str, Any] = {}
    seed: int = 0
    test_split: float = 0.2
    folder: str = ""


class Group(msgspec.Struct, frozen=True):
    """Weights that are trained otherwise than the rest: those whose name is `prefix` or begins with it and a dot.

    `lr` is theirs instead of the plan's, or None; the schedule goes for it as well. `frozen` ones stay as they are.
    """

    prefix: str
    lr: float | None = None
    frozen: bool = False


class Plan(msgspec.Struct, frozen=True):
    """How to train; what of graph.training.TrainingPlan concerns the engine.

    `optimizer_params` and `schedule_params` are the own parameters of what nnstudio.training declares under those
    names; a missing one is at its default. `initialization` is a scheme by kind of layer. `clip_norm` and `clip_value`
    are None for no clipping. `early_stopping` is in epochs, 0 for never; `checkpoint_every` too. `device` is as torch
    names it.
    """

    optimizer: str = "Adam"
    lr: float = 0.001
    weight_decay: float = 0.0
    batch_size: int = 32
    epochs: int = 10
    seed: int = 0
    optimizer_params: dict[str, Any] = {}
    schedule: str = "constant"
    schedule_params: dict[str, Any] = {}
    clip_norm: float | None = None
    clip_value: float | None = None
    precision: str = "float32"
    initialization: dict[str, str] = {}
    groups: tuple[Group, ...] = ()
    early_stopping: int = 0
    monitor: str = "test_loss"
    min_delta: float = 0.0
    restore_best: bool = False
    checkpoint_every: int = 0
    device: str = "cpu"


FIXED = ("seed", "initialization", "device")
"""What of a plan holds from the beginning of a run to its end: it can not be changed on the way."""


class Keeping(msgspec.Struct, frozen=True):
    """Where a run is recorded: `folder` is made by the engine, and gets what nnstudio.runs tells; empty for nowhere.

    `title` is the project's; `label` what tells the run from others of a race, whose runs have one word, `race`, in
    common. `drawing` is the project file's text,
    so that the drawing of a run can be had again. `resume` is a checkpoint's file to go on from; with `own_plan` by
    the plan that it was made under, instead of the one that is given.
    """

    folder: str = ""
    title: str = ""
    label: str = ""
    race: str = ""
    drawing: str = ""
    tensorboard: bool = False
    resume: str = ""
    own_plan: bool = False


class Term(msgspec.Struct, frozen=True):
    """A part of a gradient by the chain rule: the gradient by `by` times `local`, the slope of `by` itself."""

    by: str
    local: float


class NodeStep(msgspec.Struct, frozen=True):
    """One operation of a recorded pass: a node's output in the forward pass, or the gradient by it in the backward one.

    `name` is the variable in the source, as "conv1" or "block.0.conv1", and empty for the loss as a whole; `aliases`
    are other variables with the same value, as "block" where a block gives what the last operation inside it gives.
    `array` is the key of its numbers in Recorded.arrays, those of one sample, cut to what can be shown, or empty where
    there is no room for them. The figures are over the whole batch. `given` ones are no operation: they come in.
    `terms` add up to the gradient by a number, where the loss is computed from single numbers alone.
    """

    name: str
    backward: bool
    shape: tuple[int, ...]
    array: str = ""
    mean: float = 0.0
    std: float = 0.0
    low: float = 0.0
    high: float = 0.0
    norm: float = 0.0
    given: bool = False
    aliases: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()


class FreeInput(msgspec.Struct, frozen=True):
    """An input that no data set fills: random numbers stand in. `shape` is that of one sample."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    classes: int = 0


class Model(msgspec.Struct, frozen=True):
    """A model as its source, with what is needed to run it.

    `inputs` and `targets` are fields of the data set or names of `free` inputs.

    `forward(*inputs)` gives `outputs`; `compute_loss(*outputs, *targets)` the loss. `prediction` is the output that the
    first loss judges against the field `target`, read as `task`: "classes", "tokens" (classes along the last size),
    "logit", "probability" or "values". A target that is `ignore` does not count.
    `weights` is a safetensors file, or empty for weights fresh from the seed.
    """

    source: str
    class_name: str
    data: DataRef
    inputs: tuple[str, ...]
    targets: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    prediction: str = ""
    target: str = ""
    task: str = "values"
    ignore: int | None = None
    free: tuple[FreeInput, ...] = ()
    weights: bytes = b""


class Entrant(msgspec.Struct, frozen=True):
    """One of several runs that are trained side by side."""

    model: Model
    plan: Plan
    keeping: Keeping = Keeping()


class Entry(msgspec.Struct, frozen=True):
    """A tensor that comes in at a typed-in class; -1 stands for the batch. `optional` ones are given by name."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    optional: bool = False


class Sized(msgspec.Struct, frozen=True):
    """What a tensor is; -1 stands for the batch."""

    shape: tuple[int, ...]
    dtype: str


class ExportKind(msgspec.Struct, frozen=True):
    """An export that the engine offers."""

    kind: str
    title: str
    suffix: str
    summary: str = ""
