"""Weights that a person types."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.training.layers import Difference
from nnstudio.engine.training.retouching import set_weight
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Array


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)
        self.value1 = nn.Parameter(torch.tensor(4.0))


def array(value: Any, dtype: Any = np.float64) -> Array:
    return Array.of(np.array(value, dtype))


def test_one_number_a_row_or_all_of_them_are_set() -> None:
    net = Net()
    nn.init.zeros_(net.linear1.weight)
    assert set_weight(net, "linear1.weight", array(1.5), (1, 2)) == [Difference("linear1.weight[1, 2]", "0", "1.5")]
    assert set_weight(net, "linear1.weight", array(1.5), (1, 2)) == []
    assert set_weight(net, "linear1.weight", array([1, 2, 3]), (0,)) == [
        Difference("linear1.weight[0]", "mean 0", "mean 2")
    ]
    assert net.linear1.weight.tolist() == [[1, 2, 3], [0, 0, 1.5]]
    set_weight(net, "linear1.weight", array([[1, 1, 1], [2, 2, 2]]))
    assert net.linear1.weight.tolist() == [[1, 1, 1], [2, 2, 2]]
    set_weight(net, "value1", array(-1))
    assert net.value1.item() == -1
    set_weight(net, "norm.num_batches_tracked", array(7))
    assert net.norm.num_batches_tracked.item() == 7
    assert net.linear1.weight.requires_grad


@pytest.mark.parametrize(
    ("name", "value", "index", "words"),
    [
        ("linear9.weight", array(1.0), (), "no weight 'linear9.weight'"),
        ("linear1.weight", array(1.0), (), r"linear1.weight takes 2×3 numbers, not 1\."),
        ("linear1.weight", array([1.0, 2.0]), (0,), r"linear1.weight\[0\] takes 3 numbers, not 2"),
        ("linear1.weight", array(1.0), (2, 0), r"no number at linear1.weight\[2, 0\]: its shape is 2×3"),
        ("linear1.weight", array(1.0), (-1, 0), "no number at"),
        ("linear1.weight", array(1.0), (0, 0, 0), "no number at"),
        ("linear1.weight", array(float("nan")), (0, 0), "takes finite numbers that float32 can hold"),
        ("linear1.weight", array(float("inf")), (0, 0), "finite"),
        ("linear1.weight", array(1e300), (0, 0), "finite"),
        ("norm.num_batches_tracked", array(0.5), (), "whole numbers"),
        ("norm.num_batches_tracked", array(float("nan")), (), "whole numbers"),
    ],
)
def test_what_can_not_be_is_refused_and_changes_nothing(
    name: str, value: Array, index: tuple[int, ...], words: str
) -> None:
    net = Net()
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    with pytest.raises(EngineError, match=words):
        set_weight(net, name, value, index)
    assert all(torch.equal(tensor, before[key]) for key, tensor in net.state_dict().items())


def test_a_constant_is_set_too_though_it_is_none_of_the_model_s_state() -> None:
    model = nn.Module()
    model.register_buffer("k", torch.tensor([1, 2]), persistent=False)
    assert "k" not in model.state_dict()
    set_weight(model, "k", array([3.0, 4.0]))
    assert model.get_buffer("k").tolist() == [3, 4]
    with pytest.raises(EngineError, match="whole numbers"):
        set_weight(model, "k", array([0.5, 4.0]))
