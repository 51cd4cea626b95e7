"""The weights of a node, as the Weights panel gets them."""

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import Look
from nnstudio.probes.weights import WEIGHTS, pooled
from tests.probes.small import look_at


def look(*layers: nn.Module) -> Look:
    named = OrderedDict((f"layer{number}", layer) for number, layer in enumerate(layers))
    data = {"x": torch.zeros(2, 4), "label": torch.zeros(2, dtype=torch.int64)}
    return look_at(nn.Sequential(named), data, data, field="x")


def test_every_tensor_has_its_figures_and_one_its_numbers() -> None:
    linear, norm = nn.Linear(4, 3), nn.BatchNorm1d(3)
    with torch.no_grad():
        linear.weight.copy_(torch.arange(12.0).reshape(3, 4))
    found = WEIGHTS.look(look(linear, norm), {"node": "layer0"})
    assert found.facts["tensors"] == ["layer0.weight", "layer0.bias"]
    assert found.facts["shape:layer0.weight"] == [3, 4]
    assert [found.facts[f"{what}:layer0.weight"] for what in ("mean", "low", "high")] == [5.5, 0.0, 11.0]
    assert found.facts["std:layer0.weight"] == pytest.approx(np.arange(12.0).std())
    assert found.facts["tensor"] == "layer0.weight"
    assert np.array_equal(found.arrays["values"], np.arange(12, dtype=np.float32).reshape(3, 4))
    found = WEIGHTS.look(look(linear, norm), {"node": "layer1", "tensor": "layer1.num_batches_tracked"})
    assert found.arrays["values"].shape == ()
    assert found.facts["trained:layer1.weight"] is True
    assert "trained:layer1.running_mean" not in found.facts


def test_a_tensor_that_is_not_there_any_more_gives_way_to_the_first() -> None:
    found = WEIGHTS.look(look(nn.Linear(4, 3)), {"node": "layer0", "tensor": "layer9.weight"})
    assert found.facts["tensor"] == "layer0.weight"


def test_of_a_block_all_that_is_inside_is_told() -> None:
    inner = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    found = WEIGHTS.look(look(inner, nn.Linear(4, 2)), {"node": "layer0"})
    assert found.facts["tensors"] == [f"layer0.{n}.{part}" for n in (0, 1) for part in ("weight", "bias")]
    found = WEIGHTS.look(look(inner, nn.Linear(4, 2)), {"node": "layer0.1"})
    assert found.facts["tensors"] == ["layer0.1.weight", "layer0.1.bias"]


def test_a_large_tensor_is_a_picture_of_means() -> None:
    found = WEIGHTS.look(look(nn.Linear(600, 300)), {"node": "layer0"})
    assert found.arrays["picture"].shape == (128, 256)
    assert pooled(torch.ones(4, 2000)).shape == (4, 256)
    halves = torch.cat([torch.zeros(2, 256), torch.ones(2, 256)])
    assert torch.equal(pooled(halves.repeat(64, 1)[:256]), pooled(halves.repeat(64, 1)))
    assert pooled(torch.full((8, 3, 50, 50), 2.0)).unique().tolist() == [2.0]


@pytest.mark.parametrize("node", ["layer1", "layer", "", "layer0.weight.x"])
def test_a_node_without_weights_says_so(node: str) -> None:
    with pytest.raises(DataError, match="has no weights"):
        WEIGHTS.look(look(nn.Linear(4, 3), nn.ReLU()), {"node": node})


def test_a_histogram_counts_all_numbers_of_a_tensor() -> None:
    layer = nn.Linear(100, 90)
    found = WEIGHTS.look(look(layer), {"node": "layer0", "histogram": True})
    low, high = found.facts["low"], found.facts["high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    counts = np.histogram(layer.weight.detach().numpy(), 64, (low, high))[0]
    assert np.abs(found.arrays["histogram"] - counts).sum() <= 2  # a number at an edge may fall to either side
    assert found.arrays["histogram"].sum() == found.facts["counted"] == 9000
    assert (low, high) == (found.facts["low:layer0.weight"], found.facts["high:layer0.weight"])
    assert "values" not in found.arrays


def test_of_many_units_the_first_are_told_whole() -> None:
    layer = nn.Conv2d(3, 20, 5)
    found = WEIGHTS.look(look(layer), {"node": "layer0", "units": 8})
    assert np.array_equal(found.arrays["units"], layer.weight[:8].detach().numpy())
    wide = WEIGHTS.look(look(nn.Linear(50_000, 9)), {"node": "layer0", "units": 8})
    assert wide.arrays["units"].shape == (2, 50_000)
    with pytest.raises(DataError, match="whole number"):
        WEIGHTS.look(look(layer), {"node": "layer0", "units": "many"})
