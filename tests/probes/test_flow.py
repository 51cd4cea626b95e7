"""How large the loss's gradient is by everything computed."""

from collections import OrderedDict

import pytest
import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import make_subject
from nnstudio.probes.flow import FLOW, SAMPLES
from nnstudio.protocol import messages as msg
from tests.probes.small import look_at
from tests.probes.test_gradients import SOURCE


def test_sizes_by_hand() -> None:
    """product = a·k with a = 4 and k = (1, 2), loss = sum: the gradient by a is 3, by each product 1."""
    subject = make_subject(msg.Model(SOURCE, "Hand", msg.DataRef(""), inputs=(), outputs=("product",)))
    with looking(subject.model):
        found = FLOW.look(subject.look(), {})
    assert found.facts == {"samples": 1, "rms:a": 3.0, "rms:product": 1.0}


def test_deep_sigmoids_lose_their_gradient_on_the_way_back() -> None:
    """Each sigmoid takes at least three quarters of it: Glorot and Bengio's observation."""
    torch.manual_seed(0)
    depth = 8
    layers = OrderedDict[str, nn.Module]()
    for number in range(depth):
        layers[f"linear{number}"] = nn.Linear(2 if number == 0 else 8, 8)
        layers[f"sigmoid{number}"] = nn.Sigmoid()
    layers["head"] = nn.Linear(8, 2)
    model = nn.Sequential(layers)
    names = list(layers)
    x, labels = torch.randn(SAMPLES + 5, 2), torch.randint(2, (SAMPLES + 5,))
    kept: dict[str, torch.Tensor] = {}
    value = x[:SAMPLES]
    for name, layer in model.named_children():
        value = kept[name] = layer(value)
    loss = nn.functional.cross_entropy(value, labels[:SAMPLES])
    by_torch = torch.autograd.grad(loss, [kept[name] for name in names])
    sizes = {name: SAMPLES * each.square().mean().sqrt().item() for name, each in zip(names, by_torch, strict=True)}
    found = _found(model, x, labels)
    assert found.pop("samples") == SAMPLES
    assert found == pytest.approx({f"rms:{name}": size for name, size in sizes.items()})
    assert sizes["sigmoid0"] < 1e-3 * sizes[f"sigmoid{depth - 1}"]


def _found(model: nn.Sequential, x: torch.Tensor, labels: torch.Tensor) -> dict[str, msg.Option]:
    model.compute_loss = nn.functional.cross_entropy  # type: ignore[assignment]  # as generated sources have it
    data = {"x": x, "label": labels}
    look = look_at(model, data, data, field="x")
    model.requires_grad_(True)  # as in training
    with looking(model):
        return FLOW.look(look, {}).facts
