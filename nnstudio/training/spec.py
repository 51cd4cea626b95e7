"""What an optimizer, a schedule and an initialization declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nnstudio.params import ParamSet

Settings: TypeAlias = Mapping[str, Any]
"""Checked values by name."""
_NONE = ParamSet()


def _nothing(_: Settings) -> float:
    return 0.0


@dataclass(frozen=True)
class OptimizerType:
    """One of torch.optim. `name` is the class there; `params` are its own, under torch's names and with its defaults.

    `lr` and `weight_decay` are torch's defaults; None where it takes no weight decay. `options` are given to it
    besides, and change no number. `fused`: torch has a form that changes all weights in one pass, several times
    quicker; it rounds otherwise than the default one, so a script names it. `closure`: a step computes the loss several
    times. `matrices_only`: it takes the
    weights of two sizes of hidden layers alone: none of an embedding, and none of the last layer that has one. `rest`
    names the optimizer that takes the others, with its defaults and the same learning rate. `kept` is how many numbers
    it keeps for each weight, by its settings, at most.
    """

    name: str
    summary: str
    lr: float = 0.001
    weight_decay: float | None = 0.0
    params: ParamSet = _NONE
    options: Settings = field(default_factory=dict)
    kept: Callable[[Settings], float] = _nothing
    fused: bool = False
    closure: bool = False
    matrices_only: bool = False
    rest: str = ""
    formula: str = ""
    paper: str = ""


@dataclass(frozen=True)
class Progress:
    """Where a run is when its learning rate is asked for: steps done, steps in all, and whole epochs done."""

    step: int
    steps: int
    epoch: int


@dataclass(frozen=True)
class ScheduleType:
    """How the learning rate goes over a run.

    `factor(progress, values)` is what the plan's learning rate is multiplied with for the step that comes; a pure
    function, so that a curve can be shown before the run, and a run that is resumed goes on as it would have gone. It
    stands alone in its text, with `math` and nothing else, since an exported script carries it along. None: the rate
    follows the test loss, by torch's ReduceLROnPlateau, and can not be known before.
    """

    name: str
    title: str
    summary: str
    factor: Callable[[Progress, Settings], float] | None
    params: ParamSet = _NONE
    paper: str = ""


@dataclass(frozen=True)
class InitializationType:
    """How weights begin. `function` is one of torch.nn.init, called with the tensor and `arguments`.

    Empty for what torch's layers do by themselves.
    """

    name: str
    title: str
    summary: str
    function: str = ""
    arguments: Settings = field(default_factory=dict)
    paper: str = ""
