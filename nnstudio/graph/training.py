"""The training plan: everything about a run that is not the network. And what a run leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from nnstudio.errors import BadParameter
from nnstudio.graph import weights
from nnstudio.metrics.registry import monitors
from nnstudio.params import Bool, Choice, Float, Int, Param, ParamSet, Value, Values
from nnstudio.training.initializations import KINDS
from nnstudio.training.registry import initializations, optimizer, optimizers, schedule, schedules

PRECISIONS = ("float32", "bfloat16", "float16")


@dataclass(frozen=True)
class Section:
    """Some parameters of the plan that belong together; `key` is for programs."""

    key: str
    title: str
    params: tuple[Param, ...]


def plan_sections(values: Mapping[str, object]) -> tuple[Section, ...]:
    """The whole plan, for the optimizer and the schedule that the values name. Raises BadParameter."""
    chosen = optimizer(_named(values, "optimizer", "Adam"))
    course = schedule(_named(values, "schedule", "constant"))
    decay = chosen.weight_decay
    return (
        Section(
            "optimizer",
            "Optimizer",
            (
                Choice("optimizer", "Adam", optimizers(), _OPTIMIZER, **_worded(optimizers)),
                Float("lr", chosen.lr, "Learning rate: how large each change is.", low=0.0, high=1000.0),
                *chosen.params,
                *([] if decay is None else [_weight_decay(decay)]),
                Float("clip_norm", None, _CLIP_NORM, low=0.0, high=1e9, optional=True),
                Float("clip_value", None, _CLIP_VALUE, low=0.0, high=1e9, optional=True),
            ),
        ),
        Section(
            "schedule",
            "Learning rate over the run",
            (
                Choice("schedule", "constant", schedules(), _SCHEDULE, **_worded(schedules)),
                *course.params,
            ),
        ),
        Section(
            "run",
            "Run",
            (
                Int("batch_size", 32, "Samples in one step.", low=1, high=1_000_000),
                Int("epochs", 10, "How often every sample is seen.", low=1, high=1_000_000),
                Int("seed", 0, "The same seed gives the same numbers.", low=0, high=2**31 - 1),
                Float("test_split", 0.2, "Share of the samples kept for testing.", low=0.01, high=0.9),
                Choice("precision", "float32", PRECISIONS, _PRECISION),
            ),
        ),
        Section(
            "stopping",
            "Stopping and checkpoints",
            (
                Int("early_stopping", 0, _EARLY, low=0, high=1_000_000),
                Choice("monitor", "test_loss", monitors(), _MONITOR),
                Float("min_delta", 0.0, "What counts as an improvement.", low=0.0, high=1e9),
                Bool("restore_best", False, "At the end, take the weights of the best epoch."),
                Int("checkpoint_every", 0, _EVERY, low=0, high=1_000_000),
            ),
        ),
        Section(
            "initialization",
            "Weights to begin with",
            tuple(
                Choice(f"init_{kind}", "default", initializations(), f"{what}.", **_worded(initializations))
                for kind, what in KINDS.items()
            ),
        ),
    )


@cache
def _worded(known: Callable[[], Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """What a person reads of each choice: what it is called where it has a title, what it does, and by whom it is."""
    titles = tuple(getattr(each, "title", "") for each in known().values())
    parts = [(each.summary, getattr(each, "formula", ""), each.paper) for each in known().values()]
    tips = tuple("\n".join(filter(None, part)) for part in parts)
    return {"titles": titles if all(titles) else (), "tips": tips}


_OPTIMIZER = "How the gradients change the weights."
_SCHEDULE = "How the learning rate goes over the run."
_WEIGHT_DECAY = "Pulls the weights towards zero. Label smoothing is set at the loss, dropout by a layer."
_CLIP_NORM = "Gradients are scaled down where the norm of all together is larger. Empty: never."
_CLIP_VALUE = "Each gradient is cut off at this. Empty: never."
_PRECISION = "What most of the forward pass is computed in; weights stay float32. float16 is for CUDA GPUs alone."
_EARLY = "Stop after so many epochs without improvement. 0: never."
_MONITOR = "What is watched, for early stopping and for the best checkpoint."
_EVERY = "Keep a checkpoint every so many epochs, beside the best and the last. 0: none."


def plan_params(values: Mapping[str, object]) -> ParamSet:
    """All parameters of the plan, for the optimizer and the schedule that the values name. Raises BadParameter."""
    return ParamSet(tuple(param for section in plan_sections(values) for param in section.params))


@dataclass(frozen=True)
class TrainingPlan:
    """How to train: `values` holds every parameter of `plan_params(values)`, checked."""

    values: Values = field(default_factory=lambda: plan_params({}).defaults())

    @property
    def params(self) -> ParamSet:
        return plan_params(self.values)

    @property
    def optimizer(self) -> str:
        return str(self.values["optimizer"])

    @property
    def schedule(self) -> str:
        return str(self.values["schedule"])

    @property
    def lr(self) -> float:
        return float(self.values["lr"])  # type: ignore[arg-type]  # checked

    @property
    def batch_size(self) -> int:
        return int(self.values["batch_size"])  # type: ignore[arg-type]  # checked

    @property
    def epochs(self) -> int:
        return int(self.values["epochs"])  # type: ignore[arg-type]  # checked

    @property
    def seed(self) -> int:
        return int(self.values["seed"])  # type: ignore[arg-type]  # checked

    @property
    def test_split(self) -> float:
        return float(self.values["test_split"])  # type: ignore[arg-type]  # checked

    def value(self, name: str) -> Value:
        """One parameter by name. Raises BadParameter for one that the plan does not have."""
        self.params[name]
        return self.values[name]

    def own(self, params: ParamSet) -> dict[str, Value]:
        """The values of these parameters, such as those of the optimizer alone."""
        return {param.name: self.values[param.name] for param in params}

    def changed(self, given: Mapping[str, object]) -> TrainingPlan:
        """The plan with other values. Raises BadParameter.

        What belongs to another optimizer or schedule than the new ones is dropped. A learning rate and a weight decay
        that were the old optimizer's usual ones become the new one's.
        """
        merged: dict[str, Any] = {**self.values, **given}
        params = plan_params(merged)
        for name in given:
            params[name]
        kept = {name: value for name, value in merged.items() if name in params and name not in self._usual(given)}
        return TrainingPlan(params.check(kept))

    def _usual(self, given: Mapping[str, object]) -> set[str]:
        """Values that nobody chose: they follow the optimizer, and its own never pass on to another one."""
        if given.get("optimizer", self.optimizer) == self.optimizer:
            return set()
        old = optimizer(self.optimizer)
        usual = {"lr": old.lr, "weight_decay": old.weight_decay}
        untouched = {name for name, value in usual.items() if self.values.get(name) == value}
        return (untouched | {param.name for param in old.params}) - given.keys()


def upgraded(values: Mapping[str, Any]) -> dict[str, Any]:
    """A plan from a file of any version: the first one kept a momentum with every optimizer."""
    try:
        known = plan_params(values)
    except BadParameter:
        return dict(values)  # refused with its reason, when it is set
    if values.get("momentum") == 0.0 and "momentum" not in known:
        return {name: value for name, value in values.items() if name != "momentum"}
    return dict(values)


def _weight_decay(default: float) -> Param:
    return Float("weight_decay", default, _WEIGHT_DECAY, low=0.0, high=10.0)


def _named(values: Mapping[str, object], name: str, default: str) -> str:
    value = values.get(name, default)
    return value if isinstance(value, str) else repr(value)


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One epoch of a run. Accuracies are shares from 0 to 1, or None where the loss has none.

    Thousands are kept, so it has slots: without them each needs half as much again.

    `metrics` are further figures on the test set, by the names of nnstudio.metrics; not every epoch has them all.
    """

    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """What a run leaves: the weights as a safetensors file, its epochs, and which samples it was tested on.

    `seed` and `test_split` choose the test samples. They stay with the weights: by those of another plan, samples that
    were learned would count as unseen.
    """

    weights: bytes
    epochs: tuple[EpochRow, ...] = field(default=())
    seed: int = 0
    test_split: float = 0.2

    def mapped(self, rename: Callable[[str], str]) -> Trained:
        """The same with every tensor under the name that `rename` gives."""
        return replace(self, weights=weights.mapped(self.weights, rename))

    def typed(self, name: str, place: int, old: bytes, new: bytes) -> Trained:
        """The same with other bytes in one tensor, from a place on, where the old ones are there."""
        return replace(self, weights=weights.patched(self.weights, name, place, old, new))

    def without(self, drop: Callable[[str], bool]) -> Trained:
        """The same without the tensors that `drop` names: they start anew."""
        return replace(self, weights=weights.without(self.weights, drop))
