"""Values and gradients of everything computed, for one sample."""

from collections import OrderedDict
from dataclasses import replace

import msgspec
import pytest
import torch
from torch import nn

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.model.build import build
from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.probes.gradients import GRADIENTS
from nnstudio.protocol import messages as msg
from tests.probes.small import look_at, split, tensors

SOURCE = """import torch
from torch import nn


class Hand(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.tensor(4.0))
        self.register_buffer("k", torch.tensor([1.0, 2.0]), persistent=False)
        self.unused = nn.Parameter(torch.tensor(1.0))

    def forward(self) -> torch.Tensor:
        a = self.a
        k = self.k
        product = a * k
        return product

    def compute_loss(self, product: torch.Tensor) -> torch.Tensor:
        return product.sum()
"""


@pytest.fixture
def by_hand() -> Subject:
    model = msg.Model(SOURCE, "Hand", msg.DataRef(""), inputs=(), outputs=("product",))
    return make_subject(model)


def test_values_and_gradients_without_data(by_hand: Subject) -> None:
    with looking(by_hand.model):
        found = GRADIENTS.look(by_hand.look(), {})
    assert found.facts == {"sample": 0, "samples": 1, "loss": 12.0}
    values = {name: array.tolist() for name, array in found.arrays.items()}
    assert values == {
        "value:a": 4.0,
        "value:k": [1.0, 2.0],
        "value:product": [4.0, 8.0],
        "gradient:a": 3.0,
        "gradient:product": [1.0, 1.0],
    }
    assert all(weight.grad is None for weight in by_hand.model.parameters())


def test_one_sample_of_a_data_set() -> None:
    model = nn.Sequential(OrderedDict(linear=nn.Linear(2, 3), head=nn.Linear(3, 2)))
    train, test = split(tensors("moons"), 20)
    look = look_at(model, train, test, field="point")
    model.requires_grad_(True)
    judge = nn.CrossEntropyLoss()
    model.compute_loss = lambda head, label: judge(head, label)  # type: ignore[assignment]
    found = GRADIENTS.look(replace(look, spec=msgspec.structs.replace(look.spec, targets=("label",))), {"sample": 3})
    head = model(test["point"][3:4])
    loss = judge(head, test["label"][3:4])
    (gradient,) = torch.autograd.grad(loss, head)
    assert found.facts["loss"] == pytest.approx(loss.item())
    assert torch.allclose(torch.from_numpy(found.arrays["gradient:head"]), gradient)
    assert "gradient:point" not in found.arrays


def test_random_inputs_have_no_loss() -> None:
    source = SOURCE.replace("forward(self)", "forward(self, x: torch.Tensor)")
    model = msg.Model(
        source, "Hand", msg.DataRef(""), inputs=("x",), outputs=("product",), free=(msg.FreeInput("x", (2,)),)
    )
    subject = make_subject(model)
    with looking(subject.model), pytest.raises(DataError, match="inputs are random"):
        GRADIENTS.look(subject.look(), {})


def test_stand_ins_come_from_the_seed() -> None:
    frees = (msg.FreeInput("x", (2, 3)), msg.FreeInput("t", (4,), "int64", 5), msg.FreeInput("m", (), "bool"))
    model = msg.Model(SOURCE, "Hand", msg.DataRef("", seed=3), inputs=("x", "t", "m"), free=frees)
    first, second = (make_subject(model).data for _ in range(2))
    assert isinstance(first, Data)
    assert all(torch.equal(first.train[name], second.train[name]) for name in first.train)
    assert first.train["t"].max() < 5
    assert first.train["m"].dtype == torch.bool
    assert build(model).module is not None
