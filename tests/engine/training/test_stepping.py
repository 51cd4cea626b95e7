"""Steps are torch's own, to the last bit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from nnstudio.engine.training.stepping import FusedAdam, Step, bare_step, quick_step

Make = Callable[[list[dict[str, Any]]], Optimizer]


class Forked(nn.Module):
    """Two ways, of which a step may take one alone."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)
        self.aside = nn.Linear(3, 2)

    def loss(self, rows: torch.Tensor, *, aside: bool) -> torch.Tensor:
        out: torch.Tensor = self.second(self.first(rows).relu())
        return (out + self.aside(rows) if aside else out).square().mean()


def _made(make: Make) -> tuple[Forked, Optimizer]:
    torch.manual_seed(3)
    model = Forked()
    own = [{"params": list(model.second.parameters()), "lr": 0.2}]
    return model, make([{"params": [*model.first.parameters(), *model.aside.parameters()]}, *own])


def _train(model: Forked, optimizer: Optimizer, step: Step, *, steps: range, always: bool = True) -> None:
    for number in steps:
        rows = torch.randn(5, 3, generator=torch.Generator().manual_seed(number))
        optimizer.param_groups[0]["lr"] = 0.1 / (number + 1)  # as a schedule does
        for parameter in model.parameters():
            parameter.grad = None
        model.loss(rows, aside=always or number % 3 == 1).backward()  # type: ignore[no-untyped-call]
        step()


def _same(one: nn.Module, other: nn.Module) -> None:
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, other.state_dict()[name]), name


@pytest.mark.parametrize(
    "make",
    [
        lambda groups: Adam(groups, lr=0.1, fused=True),
        lambda groups: Adam(groups, lr=0.1, fused=True, weight_decay=0.1, amsgrad=True, betas=(0.5, 0.9), eps=1e-3),
        lambda groups: AdamW(groups, lr=0.1, fused=True, maximize=True),
        lambda groups: Adam(groups, lr=0.1),
        lambda groups: SGD(groups, lr=0.1, momentum=0.9),
    ],
)
@pytest.mark.parametrize("always", [True, False])
def test_same_numbers_as_torchs_own_step(make: Make, always: bool) -> None:
    model, optimizer = _made(make)
    twin, own = _made(make)
    _train(model, optimizer, quick_step(optimizer), steps=range(8), always=always)
    _train(twin, own, own.step, steps=range(8), always=always)
    _same(model, twin)
    for mine, theirs in zip(optimizer.state.values(), own.state.values(), strict=True):
        assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_goes_on_from_a_state_that_was_loaded() -> None:
    model, optimizer = _made(lambda groups: Adam(groups, lr=0.1, fused=True))
    step = quick_step(optimizer)
    _train(model, optimizer, step, steps=range(4))
    weights, state = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    _train(model, optimizer, step, steps=range(4, 7))
    after = copy.deepcopy(model)
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)
    _train(model, optimizer, quick_step(optimizer), steps=range(4, 7))
    _same(model, after)


def test_torchs_own_step_is_for_the_first_and_for_those_without_a_gradient() -> None:
    model, optimizer = _made(lambda groups: Adam(groups, lr=0.1, fused=True))
    own: list[int] = []

    def step() -> None:
        own.append(number)
        bare_step(optimizer)()

    quick = FusedAdam(optimizer, step)
    for number in range(6):
        _train(model, optimizer, quick, steps=range(number, number + 1), always=number != 3)
    assert own == [0, 3]
