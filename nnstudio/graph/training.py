"""The training plan: everything about a run that is not the network. And what a run leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nnstudio.graph import weights
from nnstudio.params import Choice, Float, Int, ParamSet, Value

PLAN_PARAMS = ParamSet(
    (
        Choice("optimizer", "Adam", ("Adam", "SGD"), "How the gradients change the weights."),
        Float("lr", 0.001, "Learning rate: how large each change is.", low=0.0, high=1000.0),
        Float("momentum", 0.0, "SGD only: how much of the last change is kept.", low=0.0, high=1.0, open_high=True),
        Float("weight_decay", 0.0, "Pulls the weights towards zero.", low=0.0, high=10.0),
        Int("batch_size", 32, "Samples in one step.", low=1, high=1_000_000),
        Int("epochs", 10, "How often every sample is seen.", low=1, high=1_000_000),
        Int("seed", 0, "The same seed gives the same numbers.", low=0, high=2**31 - 1),
        Float("test_split", 0.2, "Share of the samples kept for testing.", low=0.01, high=0.9),
    )
)


@dataclass(frozen=True)
class TrainingPlan:
    """How to train. Every field is one of PLAN_PARAMS."""

    optimizer: str = "Adam"
    lr: float = 0.001
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 32
    epochs: int = 10
    seed: int = 0
    test_split: float = 0.2

    def value(self, name: str) -> Value:
        """One field by name."""
        PLAN_PARAMS[name]
        value: Value = getattr(self, name)
        return value


@dataclass(frozen=True)
class EpochRow:
    """One epoch of a run. Accuracies are shares from 0 to 1, or None where the loss has none."""

    epoch: int
    train_loss: float
    test_loss: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0


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

    def without(self, drop: Callable[[str], bool]) -> Trained:
        """The same without the tensors that `drop` names: they start anew."""
        return replace(self, weights=weights.without(self.weights, drop))
