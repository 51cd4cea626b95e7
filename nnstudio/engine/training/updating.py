"""What changes the weights: optimizers, the learning rate over the run, clipping, and the precision of a step."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim.lr_scheduler import ReduceLROnPlateau

from nnstudio.engine.training.feeding import Batch
from nnstudio.engine.training.grouping import Weight, weights_of
from nnstudio.engine.training.layout import lay_out, lay_out_state
from nnstudio.engine.training.optimizing import carry_over, declared, make_optimizers
from nnstudio.engine.training.precision import Precision
from nnstudio.engine.training.stepping import quick_step
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol.messages import Plan
from nnstudio.training.registry import schedule
from nnstudio.training.spec import Progress, ScheduleType

Look: TypeAlias = Callable[[], tuple[torch.Tensor, Batch]]
"""Runs the model on the batch: its loss and its outputs."""
_COUNTED = ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")
"""What ReduceLROnPlateau goes by."""


class Updater:
    """Takes steps of the plan's optimizer, at the rate of the plan's schedule.

    `parameters` are those that are trained; frozen ones cost nothing, since no gradient of them is wanted.
    """

    def __init__(self, plan: Plan, model: nn.Module, *, channels_last: bool = False) -> None:
        """`channels_last` lays weights of convolutions out so, unless the optimizer needs the usual order.

        Raises EngineError where there is nothing to train, or the plan names what is not offered.
        """
        self._model, self._suits = model, channels_last
        self._trainable = {parameter for parameter in model.parameters() if parameter.requires_grad}
        self._optimizers: list[torch.optim.Optimizer] = []
        self._plateaus: list[ReduceLROnPlateau] = []
        self._closure = False
        self.precision = Precision(plan)
        self._set(plan)

    @property
    def lr(self) -> float:
        """The learning rate of the next step, or of the last one."""
        return float(self._optimizers[0].param_groups[0]["lr"])

    def change(self, plan: Plan) -> None:
        """Go on by another plan. What is learned of the weights stays with the same optimizer.

        Raises EngineError, and leaves everything as it was, where it can not.
        """
        before, optimizers, plateaus = self._plan, self._optimizers, self._plateaus
        precision = self.precision
        fallen = {lr: float(group["lr"]) for group, lr in self._rates} if plateaus else {}
        self._set(plan)
        same = before.optimizer_params == plan.optimizer_params
        if same or not self._closure:
            carry_over(optimizers, self._optimizers, whole=self._closure)
        if before.precision == plan.precision:
            self.precision = precision
        if plateaus and before.schedule_params == plan.schedule_params:
            for old, new in zip(plateaus, self._plateaus, strict=False):
                _count(new, _counted(old))
            if self._plateaus:
                self._fall(fallen)

    def set_rate(self, progress: Callable[[], Progress]) -> None:
        """The learning rate for the step that comes."""
        if self._factor is None:
            return
        factor = self._factor(progress(), self._values)
        for group, lr in self._rates:
            group["lr"] = lr * factor

    def epoch_done(self, test_loss: float) -> None:
        """A schedule may go by the loss on the test set."""
        for plateau in self._plateaus:
            plateau.step(test_loss)

    def take_step(self, look: Look) -> tuple[torch.Tensor, Batch]:
        """Change the weights. Gives loss and outputs by the weights before."""
        if self._closure:
            return self._take_by_closure(look)
        seen = look()
        self._find_gradients(seen[0])
        if self.precision.scaler is None:
            for step in self._steps:
                step()
        else:
            self.precision.step(self._optimizers)
        return seen

    def state(self) -> dict[str, Any]:
        """What the next steps depend on."""
        return {
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
            "plateaus": [_counted(plateau) for plateau in self._plateaus],
            "precision": self.precision.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state of the same plan. Raises KeyError, ValueError or RuntimeError where it is of another."""
        for optimizer, kept in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(copy.deepcopy(kept))  # it would go on with these very tensors
            lay_out_state(optimizer)
        for plateau, counted in zip(self._plateaus, state["plateaus"], strict=True):
            _count(plateau, counted)
        self._steps = [quick_step(optimizer) for optimizer in self._optimizers]
        self.precision.restore(state["precision"])
        self._find_rates()

    def _set(self, plan: Plan) -> None:
        """Everything anew by that plan, or, with an EngineError, nothing."""
        course = _schedule(plan)
        weights = self._weights(plan)
        precision = Precision(plan)
        optimizers = make_optimizers(plan, weights)
        plateaus = _plateaus(course, plan, optimizers)
        for weight in weights:
            weight.parameter.requires_grad_(not weight.frozen)
            weight.parameter.grad = None
        if self._suits or declared(plan).closure:  # else they lie as the model's own text has it
            lay_out(self._model, channels_last=self.channels_last_by(plan))
            for optimizer in optimizers:
                lay_out_state(optimizer)  # some are made with one
        self._plan, self._optimizers, self._plateaus = plan, optimizers, plateaus
        self._steps = [quick_step(optimizer) for optimizer in optimizers]
        self.precision = precision
        self._closure = declared(plan).closure
        self._factor = None if plan.schedule == "constant" else course.factor
        self._values = course.params.check(plan.schedule_params)
        self.parameters = [weight.parameter for weight in weights if not weight.frozen]
        self._find_rates(anew=True)

    def channels_last_by(self, plan: Plan) -> bool:
        """Whether weights of convolutions lie so: what takes steps by a closure puts all weights into one row."""
        return self._suits and not declared(plan).closure

    def trained_by(self, plan: Plan) -> set[str]:
        """Names of the weights that would be trained by that plan."""
        return {weight.name for weight in self._weights(plan) if not weight.frozen}

    def _weights(self, plan: Plan) -> list[Weight]:
        """Those that the model itself would train."""
        return [each for each in weights_of(self._model, plan.groups) if each.parameter in self._trainable]

    def _find_rates(self, *, anew: bool = False) -> None:
        """The groups as they are now, each with what the schedule's factor is for."""
        groups = [group for optimizer in self._optimizers for group in optimizer.param_groups]
        if anew:
            self._lrs = [float(group["lr"]) for group in groups]
        self._rates = list(zip(groups, self._lrs, strict=True))

    def _fall(self, fallen: dict[float, float]) -> None:
        """As far as rates had fallen: one that a person has set anew is not among those, and holds as it is."""
        for group, lr in self._rates:
            group["lr"] = fallen.get(lr, lr)

    def _take_by_closure(self, look: Look) -> tuple[torch.Tensor, Batch]:
        """The optimizer looks as often as it likes; the first look is at the weights before."""
        looks: list[tuple[torch.Tensor, Batch]] = []

        def closure() -> torch.Tensor:
            seen = look()
            self._find_gradients(seen[0])
            if not looks:
                looks.append(seen)
            return seen[0]

        for optimizer in self._optimizers:
            optimizer.step(closure)  # type: ignore[arg-type]  # LBFGS takes what gives a tensor
        return looks[0]

    def _find_gradients(self, loss: torch.Tensor) -> None:
        """Of the loss by the weights, the whole cut first and then each, as far as the plan says."""
        for parameter in self.parameters:
            parameter.grad = None
        if self.precision.scaler is None:
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
        else:
            self.precision.backward(loss, self._optimizers)
        if self._plan.clip_norm is not None:
            clip_grad_norm_(self.parameters, self._plan.clip_norm)
        if self._plan.clip_value is not None:
            clip_grad_value_(self.parameters, self._plan.clip_value)


def _schedule(plan: Plan) -> ScheduleType:
    try:
        found = schedule(plan.schedule)
        found.params.check(plan.schedule_params)
    except NNStudioError as error:
        raise EngineError(error.message, fix=error.fix) from error
    return found


def _plateaus(course: ScheduleType, plan: Plan, optimizers: Sequence[torch.optim.Optimizer]) -> list[ReduceLROnPlateau]:
    """What lets the rate fall where the test loss does not; one for each optimizer."""
    if course.factor is not None:
        return []
    values: dict[str, Any] = course.params.check(plan.schedule_params)
    return [ReduceLROnPlateau(optimizer, **values) for optimizer in optimizers]


def _counted(plateau: ReduceLROnPlateau) -> dict[str, Any]:
    """Its numbers, as JSON has them: no infinity."""
    found = {name: getattr(plateau, name) for name in _COUNTED}
    return found | {"best": None if math.isinf(found["best"]) else float(found["best"])}


def _count(plateau: ReduceLROnPlateau, counted: dict[str, Any]) -> None:
    plateau.__dict__.update(counted, best=math.inf if counted["best"] is None else counted["best"])
