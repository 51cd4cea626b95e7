"""Dropout and noise that are changed between two steps; every layer that says so in the catalogue takes them over."""

from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.catalogue import registry
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training import layers
from nnstudio.engine.training.layers import Difference
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(4, 4)
        self.dropout1 = nn.Dropout(0.25)
        self.encoder = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1)
        self.block = nn.Sequential(nn.Sequential(nn.Dropout(0.5)), nn.Sequential(nn.Dropout(0.5)))


def test_what_is_otherwise_is_told_in_words() -> None:
    net = Net()
    assert layers.set_layer(net, "dropout1", {"p": 0.5}) == [Difference("dropout1.p", "0.25", "0.5")]
    assert net.dropout1.p == 0.5
    assert layers.set_layer(net, "dropout1", {"p": 0.5}) == []
    assert layers.set_layer(net, "block.1.0", {"p": 0}) == [Difference("block.1.0.p", "0.5", "0")]
    assert [each.p for each in net.block.modules() if isinstance(each, nn.Dropout)] == [0.5, 0.0]


@pytest.mark.parametrize(
    ("layer", "values", "words"),
    [
        ("dropout2", {"p": 0.5}, "no layer 'dropout2'"),
        ("", {"p": 0.5}, "no layer ''"),
        ("dropout1", {"weight": 0.5}, "'weight' of the layer 'dropout1' can not be changed"),
        ("dropout1", {"dropout": 2}, "from 0 to 1, not 2"),
        ("linear1", {"p": 0.5}, "'p' of the layer 'linear1' can not be changed"),
        ("dropout1", {"p": float("nan")}, "from 0 to 1, not nan"),
        ("dropout1", {"p": True}, "not True"),
        ("dropout1", {"p": "much"}, "not 'much'"),
        ("dropout1", {"p": -0.1, "training": False}, "can not be changed"),
    ],
)
def test_what_can_not_be_is_refused_as_a_whole(layer: str, values: dict[str, Any], words: str) -> None:
    net = Net()
    before = layers.settings(net)
    with pytest.raises(EngineError, match=words):
        layers.set_layer(net, layer, values)
    assert layers.settings(net) == before


def test_settings_come_back() -> None:
    net = Net()
    before = layers.settings(net)
    assert before["dropout1"] == {"p": 0.25}
    layers.set_layer(net, "dropout1", {"p": 1})
    layers.set_layer(net, "encoder", {"dropout": 0.9})
    layers.restore(net, before)
    assert layers.settings(net) == before


def test_a_trainer_that_goes_back_drops_as_much_as_then(moons: msg.Model) -> None:
    subject = make_subject(moons, seed=0)
    trainer = Trainer(subject.model, moons, msg.Plan(), subject.data)
    layers.set_layer(subject.model, "dropout", {"p": 0.6})
    then = trainer.state()
    trainer.step()
    loss = trainer.take().losses
    layers.set_layer(subject.model, "dropout", {"p": 0.0})
    trainer.restore(then)
    assert layers.settings(subject.model)["dropout"] == {"p": 0.6}
    trainer.step()
    assert trainer.take().losses == loss


MODULES: dict[str, Any] = {
    "Dropout": lambda p: (nn.Dropout(p), [torch.ones(4, 8)]),
    "Dropout1d": lambda p: (nn.Dropout1d(p), [torch.ones(4, 8, 3)]),
    "Dropout2d": lambda p: (nn.Dropout2d(p), [torch.ones(4, 8, 3, 3)]),
    "AlphaDropout": lambda p: (nn.AlphaDropout(p), [torch.ones(4, 8)]),
    "RNN": lambda p: (nn.RNN(3, 8, 2, dropout=p), [torch.ones(5, 4, 3)]),
    "LSTM": lambda p: (nn.LSTM(3, 8, 2, dropout=p), [torch.ones(5, 4, 3)]),
    "GRU": lambda p: (nn.GRU(3, 8, 2, dropout=p), [torch.ones(5, 4, 3)]),
    "MultiheadAttention": lambda p: (nn.MultiheadAttention(8, 2, dropout=p), [torch.ones(5, 4, 8)] * 3),
    "TransformerEncoderLayer": lambda p: (nn.TransformerEncoderLayer(8, 2, 16, dropout=p), [torch.ones(5, 4, 8)]),
    "TransformerDecoderLayer": lambda p: (nn.TransformerDecoderLayer(8, 2, 16, dropout=p), [torch.ones(5, 4, 8)] * 2),
}
"""Layers of torch with a share of dropout, and what comes in."""


@pytest.mark.parametrize("kind", MODULES)
def test_a_changed_layer_computes_as_one_that_was_made_so(kind: str) -> None:
    """The same numbers in training, from the same weights and the same chance."""
    torch.manual_seed(0)
    (changed, given), (fresh, _) = MODULES[kind](0.1), MODULES[kind](0.75)
    fresh.load_state_dict(changed.state_dict())
    holder = nn.ModuleDict({"layer": changed})
    name = next(param.name for param in registry.layer(kind).params_for({}) if param.live)
    assert layers.set_layer(holder, "layer", {name: 0.75})

    def out(module: nn.Module) -> torch.Tensor:
        torch.manual_seed(1)
        y = module(*given)
        return y if isinstance(y, torch.Tensor) else y[0]

    assert torch.equal(out(changed), out(fresh))


def test_the_engine_takes_what_the_catalogue_says_is_live() -> None:
    live = {param.name for layer in registry.layers().values() for param in layer.params_for({}) if param.live}
    assert live == set(layers.HIGHEST)
