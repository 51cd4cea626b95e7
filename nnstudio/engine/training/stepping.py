"""Steps of torch's optimizers without what is the same at each of them: where a network is small, that is most of it.

torch's own `step` wraps itself for hooks, profiler and compiler, and gathers its lists of tensors anew each time. What
changes the weights is its own, so the numbers are, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch.optim import Adam, AdamW, Optimizer

Step = Callable[[], object]


def quick_step(optimizer: Optimizer) -> Step:
    """What takes a step of it. To be asked for again once the optimizer was given another state."""
    step = bare_step(optimizer)
    if type(optimizer) in (Adam, AdamW) and all(group["fused"] for group in optimizer.param_groups):
        return FusedAdam(optimizer, step)
    return step


def bare_step(optimizer: Optimizer) -> Step:
    """Its step without what torch puts around it for hooks and its profiler, of which there are none here."""
    wrapped = type(optimizer).step
    return partial(getattr(wrapped, "__wrapped__", wrapped) if hasattr(wrapped, "hooked") else wrapped, optimizer)


@dataclass(frozen=True)
class _Group:
    """What torch's fused kernel takes of a group of weights: `settings` is the optimizer's own, which may change."""

    settings: dict[str, Any]
    parameters: list[torch.Tensor]
    means: list[torch.Tensor]
    squares: list[torch.Tensor]
    largest: list[torch.Tensor]
    steps: list[torch.Tensor]


class FusedAdam:
    """Steps of Adam and AdamW. `step` is torch's own, for the first and for those where a weight has no gradient."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self._optimizer, self._step = optimizer, step
        self._groups: Sequence[_Group] = ()

    def __call__(self) -> None:
        gradients = [[each.grad for each in group.parameters] for group in self._groups]
        if not gradients or any(each is None for of_group in gradients for each in of_group):
            self._step()
            self._groups = _groups(self._optimizer)
            return
        with torch.no_grad():
            for group, found in zip(self._groups, gradients, strict=True):
                _take(group, found)


def _take(group: _Group, gradients: list[Any]) -> None:
    of = group.settings
    kernel: Callable[..., None] = torch._fused_adamw_ if of["decoupled_weight_decay"] else torch._fused_adam_
    torch._foreach_add_(group.steps, 1)
    kernel(
        group.parameters,
        gradients,
        group.means,
        group.squares,
        group.largest,
        group.steps,
        amsgrad=of["amsgrad"],
        lr=of["lr"],
        beta1=of["betas"][0],
        beta2=of["betas"][1],
        weight_decay=of["weight_decay"],
        eps=of["eps"],
        maximize=of["maximize"],
    )


def _groups(optimizer: Optimizer) -> list[_Group]:
    """Of all its weights; none where some have no state yet, or are of another kind or elsewhere than the rest."""
    groups: list[_Group] = []
    for settings in optimizer.param_groups:
        parameters = settings["params"]
        states = [optimizer.state.get(parameter) for parameter in parameters]
        if not all(states) or len({(each.dtype, each.device) for each in parameters}) != 1:
            return []
        kept = {name: [state[name] for state in states if state] for name in ("exp_avg", "exp_avg_sq", "step")}
        largest = [state["max_exp_avg_sq"] for state in states if state and settings["amsgrad"]]
        groups.append(_Group(settings, parameters, kept["exp_avg"], kept["exp_avg_sq"], largest, kept["step"]))
    return groups
