"""The numbers of any tensor: values, figures, slices and windows, checked against torch."""

from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.probes.spec import Found, Look
from nnstudio.probes.tensor import MOST_NUMBERS, TENSOR, WINDOW
from nnstudio.protocol import messages as msg
from tests.probes.small import chain, linear, look_at, look_at_digits

SOURCE = """import torch
from torch import nn


class Part(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.inner(x)
        y = inner.relu()
        return y


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("k", torch.tensor([[1.0, 0.0, 2.0]]), persistent=False)
        self.part = Part()
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        k = self.k
        part = self.part(x)
        product = part * k
        sure = product > 0.5
        return product

    def compute_loss(self, product: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        turned = product.flip(1)
        return self.loss(turned, y)
"""


@pytest.fixture
def iris() -> Subject:
    model = msg.Model(
        SOURCE,
        "Net",
        msg.DataRef("iris"),
        inputs=("x",),
        targets=("y",),
        outputs=("product",),
        prediction="product",
        target="y",
        task="classes",
    )
    return make_subject(model, seed=0)


def look_in(subject: Subject, **options: Any) -> Found:
    with looking(subject.model):
        return TENSOR.look(subject.look(), options)


def test_any_variable_also_in_a_block_behind_the_loss_and_the_loss_itself(iris: Subject) -> None:
    model, test = iris.model, iris.data.test
    row, label = test["x"][2:3], test["y"][2:3]
    inner = model.get_submodule("part.inner")(row)
    product = inner.relu() * torch.tensor([[1.0, 0.0, 2.0]])
    wanted = {
        "part.inner": inner[0],
        "part": inner.relu()[0],
        "product": product[0],
        "sure": product[0] > 0.5,
        "turned": product[0].flip(0),
    }
    for name, tensor in wanted.items():
        found = look_in(iris, name=name, sample=2)
        assert np.array_equal(found.arrays["values"], tensor.detach().numpy()), name
        assert found.facts["shape"] == [3]
    loss = look_in(iris, name="loss", loss=True, batched=False, sample=2)
    assert loss.arrays["values"].item() == pytest.approx(nn.functional.cross_entropy(product.flip(1), label).item())
    assert loss.facts["shape"] == []


def test_fields_constants_and_whole_numbers(iris: Subject) -> None:
    label = look_in(iris, field="y", sample=4)
    assert label.arrays["values"].dtype == np.int64
    assert label.arrays["values"].item() == iris.data.test["y"][4].item()
    assert label.facts["names"] == ["setosa", "versicolor", "virginica"]
    assert look_in(iris, field="x").arrays["values"].tolist() == iris.data.test["x"][0].tolist()
    constant = look_in(iris, name="k", batched=False)
    assert constant.facts["shape"] == [1, 3]
    assert constant.arrays["values"].tolist() == [[1.0, 0.0, 2.0]]
    assert look_in(iris, name="sure").facts["dtype"] == "bool"


def test_figures_are_of_the_whole_tensor() -> None:
    look = look_at_digits()
    found = TENSOR.look(look, {"name": "relu1", "at": [5], "sample": 3})
    whole = look.trace([look.test["image"][3:4]])["relu1"][0].double()
    assert np.array_equal(found.arrays["values"], whole[5].float().numpy())
    for name, figure in (
        ("low", whole.min()),
        ("high", whole.max()),
        ("mean", whole.mean()),
        ("zeros", (whole == 0).double().mean()),
    ):
        assert found.facts[name] == pytest.approx(figure.item())
    assert found.facts["std"] == pytest.approx(whole.std(correction=0).item())
    assert (found.facts["shape"], found.facts["at"], found.facts["nans"]) == ([16, 8, 8], [5], 0)


def test_what_is_no_number_is_counted_and_left_out_of_the_figures() -> None:
    data = {"point": torch.tensor([[1.0, -1.0]]), "label": torch.tensor([0])}
    odd = chain(out=linear([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [2.0, float("nan"), float("inf")]))
    facts = TENSOR.look(look_at(odd, data, data, field="point"), {"name": "out"}).facts
    assert (facts["nans"], facts["infinite"], facts["low"], facts["high"]) == (1, 1, 3.0, 3.0)


@pytest.mark.parametrize(
    ("at", "taken", "shape"),
    [
        ([], [0], (8, 8)),
        ([3], [3], (8, 8)),
        ([3, 2], [3, 2], (8,)),
        ([99, -4], [15, 0], (8,)),
        ([1, 2, 3], [1, 2], (8,)),
    ],
)
def test_a_place_on_the_leading_axes(at, taken, shape) -> None:
    found = TENSOR.look(look_at_digits(), {"name": "conv1", "at": at})
    assert found.facts["at"] == taken
    assert found.arrays["values"].shape == shape


def wide(rows: int, columns: int) -> Look:
    data = {
        "grid": torch.arange(rows * columns, dtype=torch.float32).reshape(1, rows, columns),
        "label": torch.tensor([0]),
    }
    return look_at(chain(same=nn.Identity()), data, data, field="grid")


def test_of_a_large_slice_a_window_and_a_picture_travel() -> None:
    look = wide(300, 400)
    found = TENSOR.look(look, {"name": "same", "top": 120, "left": 390})
    whole = look.test["grid"][0]
    assert (found.facts["top"], found.facts["left"]) == (120, 400 - WINDOW)
    assert np.array_equal(found.arrays["values"], whole[120 : 120 + WINDOW, -WINDOW:].numpy())
    assert found.arrays["picture"].mean() == pytest.approx(whole.mean().item(), rel=1e-3)
    assert sum(array.nbytes for array in found.arrays.values()) < 200_000
    small = TENSOR.look(wide(100, 100), {"name": "same", "top": 50})
    assert (small.facts["top"], small.arrays["values"].shape, set(small.arrays)) == (0, (100, 100), {"values"})
    row = TENSOR.look(wide(2, 40_000), {"name": "same", "at": [1]})
    assert row.arrays["values"].shape == (MOST_NUMBERS,)
    assert row.arrays["picture"].ndim == 1


def test_what_can_not_be_is_said(iris: Subject) -> None:
    with pytest.raises(DataError, match="'gone' is not computed"):
        look_in(iris, name="gone")
    with pytest.raises(DataError, match="no field 'gone'"):
        look_in(iris, field="gone")
    with pytest.raises(DataError, match="at takes a list of whole numbers"):
        look_in(iris, name="product", at=["first"])
    assert look_in(iris, name="product", sample=10_000).facts["sample"] == 29
    without = msgspec.structs.replace(iris.spec, source=SOURCE.replace("compute_loss", "other"))
    with pytest.raises(DataError, match="'loss' is not computed"):
        look_in(make_subject(without), name="loss", loss=True)
