"""What changes the weights: torch's optimizers by their declarations, and the learning rate over the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol.messages import Plan
from nnstudio.training.registry import optimizer, schedule
from nnstudio.training.spec import OptimizerType, Progress


class Updater:
    """Takes steps of the plan's optimizer, at the rate of the plan's schedule."""

    def __init__(self, plan: Plan, model: nn.Module) -> None:
        """Raises EngineError where there is nothing to train, or the plan names what is not offered."""
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self._plan = plan
        self.optimizer = make_optimizer(plan, self.parameters)
        try:
            course = schedule(plan.schedule)
        except NNStudioError as error:
            raise EngineError(error.message, fix=error.fix) from error
        self._factor = course.factor
        self._values = course.params.check(plan.schedule_params)

    @property
    def lr(self) -> float:
        """The learning rate of the next step, or of the last one."""
        return float(self.optimizer.param_groups[0]["lr"])

    def set_rate(self, progress: Callable[[], Progress]) -> None:
        """The learning rate for the step that comes."""
        if self._factor is None or self._plan.schedule == "constant":
            return
        lr = self._plan.lr * self._factor(progress(), self._values)
        for group in self.optimizer.param_groups:
            group["lr"] = lr

    def state(self) -> dict[str, Any]:
        """What the next steps depend on."""
        return {"optimizer": self.optimizer.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Raises KeyError, ValueError or RuntimeError where it is of another plan."""
        self.optimizer.load_state_dict(state["optimizer"])

    def step(self) -> None:
        """Change the weights by their gradients."""
        self.optimizer.step()


def make_optimizer(plan: Plan, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """The plan's optimizer. Raises EngineError for one that is not offered, and where there are no weights."""
    if not parameters:
        raise EngineError("The model has no weights to train.", fix="Add a layer with weights, such as Linear.")
    try:
        declared = optimizer(plan.optimizer)
        settings = arguments(declared, plan)
    except NNStudioError as error:
        raise EngineError(error.message, fix=error.fix) from error
    made: torch.optim.Optimizer = getattr(torch.optim, declared.name)(parameters, **settings)
    return made


def arguments(declared: OptimizerType, plan: Plan) -> dict[str, Any]:
    """What torch's class is called with, besides the weights. Raises BadParameter."""
    own: dict[str, Any] = {**declared.params.check(plan.optimizer_params), **declared.options}
    decay = {} if declared.weight_decay is None else {"weight_decay": plan.weight_decay}
    return {"lr": plan.lr, **decay, **own}
