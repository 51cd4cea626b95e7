"""What is read from slots is what torch's own walk over the modules finds."""

import torch
from torch import nn

from nnstudio.engine.records.slots import Slots
from nnstudio.engine.training import layers


class Odd(nn.Module):
    """Its state is no tensor of its own."""

    def get_extra_state(self):
        return torch.ones(2)

    def set_extra_state(self, state): ...


def agree(slots, model):
    one, other = slots.tensors(), model.state_dict(keep_vars=True)
    assert list(one) == list(other)
    return all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_they_are_those_of_the_model():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.3), nn.Linear(3, 3, bias=False))
    model[3].weight = model[0].weight
    model[1].register_buffer("passing", torch.ones(1), persistent=False)
    slots = Slots(model)
    assert agree(slots, model)
    model[1].running_mean = torch.tensor([1.0, 2.0, 3.0])
    model[1].register_buffer("late", torch.ones(1))
    assert agree(slots, model)
    assert "1.late" in slots.tensors()
    model[2].p = 0.7
    assert slots.settings() == layers.settings(model) == {"2": {"p": 0.7}}


def test_a_state_of_another_kind_is_read_as_ever():
    model = nn.Sequential(nn.Linear(2, 3), Odd())
    assert agree(Slots(model), model)
