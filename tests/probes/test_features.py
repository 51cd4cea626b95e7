"""Maps, strips, filters and the strongest samples, checked against torch computed apart."""

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.features import MOST_NUMBERS
from nnstudio.probes.spec import Look, probes
from tests.probes.small import chain, look_at, look_at_digits

LOOK = probes()["features"].look


def look_at_noise(shape: tuple[int, ...], count: int = 70, **layers: nn.Module) -> Look:
    """Samples of that shape, and a network that is not trained."""
    torch.manual_seed(1)
    data = {"image": torch.randn(count, *shape), "label": torch.arange(count) % 3}
    return look_at(chain(**layers), data, data, field="image", names=("a", "b", "c"))


def colored() -> Look:
    layers = {"conv1": nn.Conv2d(3, 6, 3, padding=1), "relu": nn.ReLU(), "pool": nn.MaxPool2d(2)}
    return look_at_noise(
        (3, 6, 6), **layers, conv2=nn.Conv2d(6, 4, 3, groups=2), flat=nn.Flatten(), head=nn.Linear(4, 3)
    )


def signal() -> Look:
    layers = {"conv1": nn.Conv1d(2, 5, 3, padding="same"), "tanh": nn.Tanh(), "mean": nn.AvgPool1d(2)}
    return look_at_noise((2, 12), **layers, flat=nn.Flatten(), head=nn.Linear(30, 3))


NETWORKS = {"digits": (look_at_digits, "conv1"), "colored": (colored, "conv2"), "signal": (signal, "mean")}


@pytest.mark.parametrize("name", NETWORKS)
def test_maps_and_one_point_of_them_are_what_torch_computes(name):
    make, node = NETWORKS[name]
    look = make()
    made = look.trace([look.test["image"][5:6]])[node][0]
    at = [size - 1 for size in made.shape]
    found = LOOK(look, {"node": node, "sample": 5, "at": at})
    assert np.allclose(found.arrays["maps"], made, atol=1e-6)
    assert np.array_equal(found.arrays["input:image"], look.test["image"][5])
    facts = found.facts
    assert (facts["view"], facts["node"], facts["at"], facts["sample"]) == ("maps", node, at, 5)
    assert facts["value"] == pytest.approx(made[tuple(at)].item(), abs=1e-5)
    assert facts["output"] == pytest.approx(made[tuple(at)].item())
    assert not facts["unexplained"]


@pytest.mark.parametrize(("view", "node"), [("maps", "conv1"), ("strongest", "relu1")])
def test_looking_leaves_nothing_behind(view, node):
    look = look_at_digits()
    before = {name: tensor.clone() for name, tensor in look.model.state_dict().items()}
    LOOK(look, {"view": view, "node": node, "at": [0, 0, 0]})
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in look.model.modules())
    assert all(torch.equal(before[name], tensor) for name, tensor in look.model.state_dict().items())
    assert all(weight.grad is None for weight in look.model.parameters())


def test_a_point_beyond_the_edge_is_the_last_one_and_of_a_vector_there_is_none():
    look = look_at_digits()
    assert LOOK(look, {"node": "conv1", "at": [99, -4, 99]}).facts["at"] == [15, 0, 7]
    assert "at" not in LOOK(look, {"node": "head", "at": [3]}).facts
    assert "at" not in LOOK(look, {"node": "conv1", "at": [3]}).facts


def test_what_is_not_taken_apart_says_so_with_its_value():
    look = look_at_noise((3, 4, 4), up=nn.Upsample(scale_factor=2), flat=nn.Flatten(), head=nn.Linear(192, 3))
    found = LOOK(look, {"node": "up", "at": [1, 2, 3]})
    assert found.facts["unexplained"]
    assert found.facts["output"] == pytest.approx(look.test["image"][0, 1, 1, 1].item())
    assert "patch" not in found.arrays


def test_of_many_channels_the_first_travel():
    look = look_at_noise((1, 40, 40), count=3, conv=nn.Conv2d(1, 256, 1), flat=nn.Flatten(), head=nn.Linear(409_600, 3))
    found = LOOK(look, {"node": "conv"})
    assert found.facts["channels"] == 256
    assert len(found.arrays["maps"]) == MOST_NUMBERS // 1600


def test_the_strip_has_some_channels_of_every_layer_that_is_asked_for():
    look = colored()
    found = LOOK(look, {"view": "strip", "nodes": ["conv1", "pool", "conv2", "head", "gone"], "channels": 2})
    traced = look.trace([look.test["image"][:1]])
    assert list(found.arrays) == ["input:image", "conv1", "pool", "conv2"]
    for name in ("conv1", "pool", "conv2"):
        assert np.allclose(found.arrays[name], traced[name][0, :2], atol=1e-6)
        assert found.facts[f"shape:{name}"] == [*traced[name].shape[1:]]
    whole = LOOK(signal(), {"view": "strip", "nodes": ["conv1"], "channels": 2})
    assert whole.arrays["conv1"].shape == (5, 12)  # the channels of a signal are the rows of one map


def test_filters_are_told_outputs_first():
    look = colored()
    first, second = (LOOK(look, {"view": "filters", "node": name}) for name in ("conv1", "conv2"))
    assert np.array_equal(first.arrays["filters"], look.model.conv1.weight)
    assert (first.facts["outputs"], first.facts["inputs"], first.facts["colors"]) == (6, 3, True)
    assert second.arrays["filters"].shape == (4, 3, 3, 3)
    assert (second.facts["groups"], second.facts["colors"]) == (2, False)


def test_filters_of_a_convolution_that_goes_backwards_belong_to_its_outputs():
    up = nn.ConvTranspose2d(4, 6, 2, stride=2, groups=2)
    look = look_at_noise((4, 3, 3), up=up, flat=nn.Flatten(), head=nn.Linear(216, 3))
    filters = LOOK(look, {"view": "filters", "node": "up"}).arrays["filters"]
    assert filters.shape == (6, 2, 2, 2)
    x = torch.zeros(1, 4, 1, 1)
    x[0, 3] = 1  # the second channel of the second group
    made = up(x) - up(torch.zeros_like(x))
    assert np.allclose(made[0, 3:].detach(), filters[3:, 1], atol=1e-6)
    assert np.allclose(made[0, :3].detach(), 0)


@pytest.mark.parametrize(
    ("network", "node", "channel"), [("digits", "relu1", 3), ("colored", "conv2", 1), ("signal", "tanh", 4)]
)
def test_the_strongest_samples_are_those_with_the_largest_value(network, node, channel):
    look = NETWORKS[network][0]()
    asked = {"view": "strongest", "node": node, "channel": channel, "start": 10, "scan": 50, "count": 7}
    found = LOOK(look, asked)
    made = look.trace([look.test["image"][10:60]])[node][:, channel]
    scores = made.flatten(1).amax(1).numpy()
    order = np.argsort(-scores, kind="stable")[:7]
    assert found.arrays["index"].tolist() == (order + 10).tolist()
    assert np.allclose(found.arrays["score"], scores[order], atol=1e-6)
    assert np.array_equal(found.arrays["samples"], look.test["image"][order + 10])
    assert np.array_equal(found.arrays["label"], look.test["label"][order + 10])
    assert (found.facts["start"], found.facts["scanned"]) == (10, 50)
    assert found.facts["total"] == len(look.test["image"])
    place = np.array(np.unravel_index(int(made[order[0]].argmax()), made.shape[1:])) + 0.5
    assert np.allclose(found.arrays["place"][0][-place.size :], place / made.shape[1:])


def test_the_search_ends_with_the_samples_and_takes_vectors_and_sequences():
    look = look_at_noise((5, 4), count=9, act=nn.ReLU(), flat=nn.Flatten(), head=nn.Linear(20, 3))
    last = LOOK(look, {"view": "strongest", "node": "act", "channel": 3, "last": True, "scan": 500})
    scores = look.test["image"][:, :, 3].relu().amax(1)
    assert last.facts["scanned"] == last.facts["total"] == 9
    assert np.allclose(last.arrays["score"], scores.sort(descending=True).values)
    head = LOOK(look, {"view": "strongest", "node": "head", "channel": 2, "start": 100})
    assert (head.facts["start"], head.facts["scanned"]) == (8, 1)
    assert head.arrays["place"].tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"node": "gone"}, "not in the network"),
        ({"view": "all"}, "no view 'all'"),
        ({"node": "conv1", "at": ["a"]}, "whole numbers"),
        ({"view": "filters", "node": "relu1"}, "'relu1' has no filters"),
        ({"view": "filters", "node": "gone"}, "has no filters"),
        ({"view": "strongest", "node": "gone"}, "no channels to look through"),
        ({"view": "strongest", "node": "conv1", "channel": "x"}, "channel takes a whole number"),
    ],
)
def test_what_can_not_be_seen_is_told(options, problem):
    with pytest.raises(DataError, match=problem):
        LOOK(look_at_digits(), options)
