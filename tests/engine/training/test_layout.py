"""How weights of convolutions lie in memory."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn
from torch.optim import Adam

from nnstudio.engine.training.layout import lay_out, lay_out_state, suits
from nnstudio.engine.training.updating import Updater
from nnstudio.protocol.messages import Plan


def _net() -> nn.Sequential:
    torch.manual_seed(1)
    convolutions = [nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.ConvTranspose2d(4, 3, 2)]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(3 * 16, 3))


def _trained(model: nn.Module, optimizer: Adam, steps: int) -> list[float]:
    losses = []
    for number in range(steps):
        chance = torch.Generator().manual_seed(number)
        images, labels = torch.rand(5, 2, 8, 8, generator=chance), torch.randint(3, (5,), generator=chance)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_the_same_parameters_with_the_same_numbers_lie_otherwise() -> None:
    model = _net()
    before, numbers = dict(model.named_parameters()), copy.deepcopy(model.state_dict())
    lay_out(model, channels_last=True)
    assert all(before[name] is weight for name, weight in model.named_parameters())
    assert all(torch.equal(weight, numbers[name]) for name, weight in model.state_dict().items())
    assert model.get_parameter("0.weight").stride() == (18, 1, 6, 2)
    lay_out(model, channels_last=False)
    assert all(weight.is_contiguous() for weight in model.parameters())


@pytest.mark.parametrize("fused", [True, False])
def test_trains_the_same_but_for_rounding(fused: bool) -> None:
    usual, last = _net(), _net()
    lay_out(last, channels_last=True)
    expected = _trained(usual, Adam(usual.parameters(), fused=fused), 20)
    assert _trained(last, Adam(last.parameters(), fused=fused), 20) == pytest.approx(expected, rel=1e-3)


def test_a_state_in_the_usual_order_goes_on_to_the_last_bit() -> None:
    model = _net()
    lay_out(model, channels_last=True)
    optimizer = Adam(model.parameters(), fused=True)
    _trained(model, optimizer, 3)
    weights, state = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    for kept in state["state"].values():  # as a checkpoint has it
        kept.update({name: value.contiguous() for name, value in kept.items()})
    expected = _trained(model, optimizer, 3)
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)
    lay_out_state(optimizer)
    first = model.get_parameter("0.weight")
    assert optimizer.state[first]["exp_avg"].stride() == first.stride()
    assert _trained(model, optimizer, 3) == expected


def test_suits_several_convolutions_whose_text_counts_on_no_order() -> None:
    assert suits(_net(), "x.flatten(1)")
    assert suits(_net(), "import math\nimport torch\nfrom torch.nn import functional as F")
    for ordered in ("x.view(len(x), -1)", "torch.view_as_complex(x)", "nn.Conv2d(1, 2, 3).to(memory_format=order)"):
        assert not suits(_net(), ordered)
    for elsewhere in ("import math, torchvision", "def f():\n    from einops.layers import torch"):
        assert not suits(_net(), elsewhere)
    assert not suits(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), "")
    assert not suits(nn.Sequential(nn.Conv1d(1, 2, 3), nn.Conv1d(2, 2, 3)), "")
    assert not suits(nn.Linear(2, 2), "")


def test_an_order_that_the_models_own_text_has_chosen_stays_unless_the_optimizer_can_not_go_with_it() -> None:
    model = _net()
    lay_out(model, channels_last=True)
    Updater(Plan(), model)
    assert model.get_parameter("0.weight").stride() == (18, 1, 6, 2)
    Updater(Plan(optimizer="LBFGS"), model)
    assert model.get_parameter("0.weight").is_contiguous()


def test_what_an_optimizer_begins_with_lies_as_its_weights_do() -> None:
    model = _net()
    updater = Updater(Plan(optimizer="Adagrad"), model, channels_last=True)
    kept = updater.state()["optimizers"][0]["state"][0]["sum"]
    assert kept.stride() == model.get_parameter("0.weight").stride() == (18, 1, 6, 2)
