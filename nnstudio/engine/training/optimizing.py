"""torch's optimizers by their declarations: which classes, for which weights, with which settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from nnstudio.engine.training.grouping import Weight
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol.messages import Plan
from nnstudio.training.registry import optimizer
from nnstudio.training.spec import OptimizerType

_GROWN = {"amsgrad": "max_exp_avg_sq", "centered": "grad_avg", "momentum": "momentum_buffer"}
"""What an optimizer keeps of a weight once that setting is on; zeros, where it comes on during a run."""


def declared(plan: Plan) -> OptimizerType:
    """What is declared of the plan's optimizer. Raises EngineError for one that is not offered."""
    try:
        return optimizer(plan.optimizer)
    except NNStudioError as error:
        raise EngineError(error.message, fix=error.fix) from error


def make_optimizers(plan: Plan, weights: Sequence[Weight]) -> list[torch.optim.Optimizer]:
    """The plan's optimizer for the weights that are not frozen, and where it takes not all of them, a second one.

    The groups of each are first those at the plan's learning rate, then those at rates of their own. Raises
    EngineError for what is not offered.
    """
    kind = declared(plan)
    trained = _trained(weights)
    if kind.closure and any(weight.lr is not None for weight in trained):
        raise EngineError(
            f"{kind.name} has one learning rate for all weights.",
            fix="Take away the layers' own learning rates, or choose another optimizer.",
        )
    if kind.matrices_only:
        return _make_two(kind, plan, trained)
    return [_make(kind, arguments(kind, plan), trained)]


def _trained(weights: Sequence[Weight]) -> list[Weight]:
    if not weights:
        raise EngineError("The model has no weights to train.", fix="Add a layer with weights, such as Linear.")
    found = [weight for weight in weights if not weight.frozen]
    if not found:
        raise EngineError("All weights are frozen, so there is nothing to train.", fix="Unfreeze a layer.")
    return found


def _make_two(kind: OptimizerType, plan: Plan, trained: Sequence[Weight]) -> list[torch.optim.Optimizer]:
    """Matrices of hidden layers by the first, the rest by the second with its usual settings, at the same rate."""
    matrices = [weight for weight in trained if weight.hidden]
    others = [weight for weight in trained if not weight.hidden]
    if not matrices:
        raise EngineError(
            f"{kind.name} is for the matrices of hidden layers, and there are none to train.",
            fix=f"Add a hidden layer, or choose {kind.rest}.",
        )
    rest = optimizer(kind.rest)
    usual = {"lr": plan.lr, "weight_decay": rest.weight_decay, **rest.params.defaults()}
    made = [_make(kind, arguments(kind, plan), matrices)]
    return [*made, _make(rest, usual, others)] if others else made


def arguments(kind: OptimizerType, plan: Plan) -> dict[str, Any]:
    """What torch's class is called with, besides the weights. Raises EngineError."""
    try:
        own = kind.params.check(plan.optimizer_params)
    except NNStudioError as error:
        raise EngineError(error.message, fix=error.fix) from error
    decay = {} if kind.weight_decay is None else {"weight_decay": plan.weight_decay}
    chosen = {name: None if value == "none" else value for name, value in own.items()}
    return {"lr": plan.lr, **decay, **chosen}


def carry_over(old: list[torch.optim.Optimizer], new: list[torch.optim.Optimizer], *, whole: bool) -> None:
    """What the old ones have learned of the weights that the new ones still train.

    `whole` is for those that keep it for all weights together: it goes over if these are the same.
    """
    for before, after in zip(old, new, strict=False):
        if type(before) is not type(after) or (whole and _parameters(before) != _parameters(after)):
            continue
        for group in after.param_groups:
            for parameter in group["params"]:
                if before.state.get(parameter):
                    after.state[parameter] = _grown(before.state[parameter], group, parameter)


def _grown(state: dict[str, Any], group: dict[str, Any], parameter: torch.Tensor) -> dict[str, Any]:
    missing = [key for option, key in _GROWN.items() if group.get(option) and key not in state]
    return {**state, **{key: torch.zeros_like(parameter) for key in missing}}


def _parameters(one: torch.optim.Optimizer) -> list[int]:
    return [id(parameter) for group in one.param_groups for parameter in group["params"]]


def _make(kind: OptimizerType, settings: dict[str, Any], weights: Sequence[Weight]) -> torch.optim.Optimizer:
    torchs = getattr(torch.optim, kind.name, None)
    if torchs is None:
        raise EngineError(
            f"PyTorch {torch.__version__} has no {kind.name}.", fix="Choose another optimizer, or update PyTorch."
        )
    made: torch.optim.Optimizer = torchs(_groups(weights), **settings | _form(kind, weights))
    return made


def _form(kind: OptimizerType, weights: Sequence[Weight]) -> dict[str, Any]:
    """Which of torch's forms of it is taken: the quickest that these weights allow."""
    if kind.fused and can_be_fused([weight.parameter for weight in weights]):
        return {"fused": True}
    return dict(kind.options)


def can_be_fused(parameters: Sequence[torch.Tensor]) -> bool:
    """Whether torch has a fused form for them: there is none for complex numbers, and on few devices."""
    return all(each.is_floating_point() and each.device.type in ("cpu", "cuda", "mps") for each in parameters)


def _groups(weights: Sequence[Weight]) -> list[dict[str, Any]]:
    by_rate: dict[float | None, list[torch.Tensor]] = {}
    for weight in sorted(weights, key=lambda weight: weight.lr is not None):  # the plan's first; else in their order
        by_rate.setdefault(weight.lr, []).append(weight.parameter)
    return [{"params": found} | ({} if lr is None else {"lr": lr}) for lr, found in by_rate.items()]
