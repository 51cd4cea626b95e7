import sys

import msgspec
import pytest
import torch

from nnstudio.engine.looking.trace import trace
from nnstudio.engine.model.build import build

NESTED = """
import torch
from torch import nn


class Block(nn.Module):
    def forward(self, x):
        inner = x * 2
        return inner


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = Block()
        self.lstm = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x, y):
        block1 = self.block1(x)
        lstm, _ = self.lstm(block1)
        count = 3
        add = lstm.mean(1) + y
        return add, lstm
"""


@pytest.fixture
def net(moons):
    return build(msgspec.structs.replace(moons, source=NESTED, class_name="Net")).module


def test_every_variable_of_forward_and_nothing_else(net):
    x, y = torch.rand(2, 5, 4), torch.rand(2, 3)
    found = trace(net, [x, y])
    assert list(found) == ["x", "y", "block1", "lstm", "add", "block1.x", "block1.inner"]
    assert torch.equal(found["block1"], x * 2)
    outputs = net(x, y)
    assert torch.equal(found["add"], outputs[0])
    assert found["add"].requires_grad
    with torch.no_grad():
        assert not trace(net.eval(), [x, y])["add"].requires_grad


def test_a_profiler_that_was_there_stays(net):
    def mine(*_):
        return None

    sys.setprofile(mine)
    try:
        trace(net, [torch.rand(2, 5, 4), torch.rand(2, 3)])
        assert sys.getprofile() is mine
        with pytest.raises(RuntimeError):
            trace(net, [torch.rand(2, 5, 9), torch.rand(2, 3)])
        assert sys.getprofile() is mine
    finally:
        sys.setprofile(None)


def test_another_instance_of_the_same_class_is_not_mixed_in(net, moons):
    other = build(msgspec.structs.replace(moons, source=NESTED, class_name="Net")).module
    assert type(other) is not type(net)
    twin = type(net)()
    net.register_forward_hook(lambda module, args, out: twin(*(torch.zeros_like(a) for a in args)) and None)
    assert trace(net, [torch.ones(2, 5, 4), torch.ones(2, 3)])["x"].sum() > 0
