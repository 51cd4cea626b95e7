import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from tests.probes.small import chain, linear, look_at, look_at_digits

LOOK = probes()["activations"].look


def two_samples(**layers: nn.Module):
    data = {"point": torch.tensor([[1.0, 2.0], [3.0, -4.0]]), "label": torch.tensor([1, 0])}
    return look_at(chain(**layers), data, data, field="point", names=("down", "up"))


def test_shows_one_sample_as_it_goes_through():
    look = two_samples(hidden=linear([[1.0, 1.0], [1.0, -1.0], [0.0, 2.0]], [0.5, 0.0, 0.0]), relu=nn.ReLU())
    found = LOOK(look, {"sample": 1})
    assert set(found.arrays) == {"hidden", "relu", "input:point"}
    assert found.arrays["hidden"].tolist() == [-0.5, 7.0, -8.0]
    assert found.arrays["relu"].tolist() == [0.0, 7.0, 0.0]
    assert found.arrays["input:point"].tolist() == [3.0, -4.0]
    assert found.facts == {"sample": 1, "samples": 2, "label": 0, "label_name": "down"}


def test_shows_only_the_nodes_asked_for_and_forgets_those_that_are_gone():
    look = two_samples(hidden=nn.Linear(2, 3), relu=nn.ReLU())
    assert set(LOOK(look, {"nodes": ["relu", "gone", "point"]}).arrays) == {"relu", "input:point"}


@pytest.mark.parametrize(("asked", "shown"), [(-5, 0), (0, 0), (359, 359), (10_000, 359)])
def test_sample_stays_within_the_test_set(asked, shown):
    found = LOOK(look_at_digits(), {"sample": asked, "nodes": ["head"]})
    assert found.facts["sample"] == shown
    assert found.facts["samples"] == 360


def test_channels_and_long_vectors_are_limited_and_say_so():
    look = look_at_digits()
    found = LOOK(look, {"channels": 4})
    shapes = {name: array.shape for name, array in found.arrays.items()}
    assert shapes == {
        "conv1": (4, 8, 8),
        "relu1": (4, 8, 8),
        "flatten": (512,),
        "head": (10,),
        "input:image": (1, 8, 8),
    }
    limited = {name: value for name, value in found.facts.items() if name.startswith("channels:")}
    assert limited == {"channels:conv1": 16, "channels:relu1": 16, "channels:flatten": 1024}
    assert all(array.dtype == np.float32 for array in found.arrays.values())
    every = LOOK(look, {"channels": 0})
    assert every.arrays["conv1"].shape == (16, 8, 8)
    assert np.array_equal(every.arrays["conv1"][:4], found.arrays["conv1"])


def test_values_that_are_no_class_have_no_label():
    data = {"point": torch.ones(3, 2), "height": torch.rand(3, 1)}
    look = look_at(chain(out=nn.Linear(2, 1)), data, data, field="point", task="values", target="height")
    facts = LOOK(look, {}).facts
    assert (facts["label"], facts["label_name"]) == (-1, "")


def test_an_empty_test_set_and_wrong_options_are_told():
    data = {"point": torch.ones(3, 2), "label": torch.zeros(3, dtype=torch.int64)}
    none = {name: tensor[:0] for name, tensor in data.items()}
    with pytest.raises(DataError, match="no test sample"):
        LOOK(look_at(chain(out=nn.Linear(2, 2)), data, none, field="point"), {})
    with pytest.raises(DataError, match="sample takes a whole number"):
        LOOK(look_at_digits(), {"sample": "first"})
    with pytest.raises(DataError, match="nodes takes a list"):
        LOOK(look_at_digits(), {"nodes": "head"})
