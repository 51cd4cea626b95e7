"""One point of a layer's output, taken apart: the parts come to what torch computed."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.probes.arithmetic import MOST_CHANNELS, take_apart
from nnstudio.probes.spec import Found

LAYERS = {
    "conv1d": (nn.Conv1d(3, 4, 5, stride=2, padding=2, dilation=2), (3, 17)),
    "conv2d": (nn.Conv2d(3, 4, 3), (3, 7, 6)),
    "conv2d same, even": (nn.Conv2d(2, 4, (4, 2), padding="same", dilation=(1, 2)), (2, 7, 6)),
    "conv2d valid": (nn.Conv2d(2, 4, 3, padding="valid", bias=False), (2, 7, 6)),
    "conv2d strided": (nn.Conv2d(3, 4, (3, 5), stride=(2, 3), padding=(1, 2)), (3, 9, 11)),
    "conv2d grouped": (nn.Conv2d(6, 9, 3, groups=3, padding=1), (6, 5, 5)),
    "conv2d depthwise": (nn.Conv2d(3, 6, 3, groups=3, dilation=2, padding=2), (3, 6, 6)),
    "conv2d reflect": (nn.Conv2d(2, 3, 3, padding=2, padding_mode="reflect"), (2, 5, 6)),
    "conv2d replicate": (nn.Conv2d(2, 3, 5, padding="same", padding_mode="replicate"), (2, 5, 6)),
    "conv2d circular": (nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"), (2, 5, 6)),
    "conv3d": (nn.Conv3d(2, 3, (3, 2, 3), stride=(1, 2, 1), padding=1), (2, 4, 5, 6)),
    "transposed 1d": (nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1), (3, 6)),
    "transposed 2d": (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), (4, 4, 5)),
    "transposed 2d, gaps": (nn.ConvTranspose2d(2, 3, 2, stride=3, dilation=2), (2, 3, 3)),
    "max pool": (nn.MaxPool2d(3, stride=2, padding=1), (3, 7, 8)),
    "max pool, gaps, ceil": (nn.MaxPool2d(2, stride=2, dilation=2, ceil_mode=True), (3, 7, 8)),
    "max pool 1d": (nn.MaxPool1d(4), (3, 16)),
    "max pool 3d": (nn.MaxPool3d(2), (2, 4, 4, 6)),
    "mean pool": (nn.AvgPool2d(2), (3, 8, 7)),
    "mean pool, padded": (nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), (3, 8, 8)),
    "mean pool, padding not counted": (nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), (2, 8, 8)),
    "mean pool, own divisor": (nn.AvgPool2d(2, divisor_override=3), (2, 6, 6)),
    "mean pool 1d": (nn.AvgPool1d(3, stride=1, padding=1), (2, 7)),
    "adaptive mean": (nn.AdaptiveAvgPool2d((3, None)), (2, 8, 5)),
    "adaptive max": (nn.AdaptiveMaxPool1d(3), (2, 8)),
    "relu": (nn.ReLU(), (3, 5, 5)),
    "gelu of a sequence": (nn.GELU(), (4, 6)),
    "prelu": (nn.PReLU(3, init=0.3), (3, 4, 4)),
    "norm": (nn.BatchNorm2d(3), (3, 4, 4)),
    "norm 3d": (nn.BatchNorm3d(2, affine=False), (2, 3, 4, 4)),
}


def made(name: str) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    torch.manual_seed(len(name))
    module, shape = LAYERS[name]
    module.eval()
    for weight in module.parameters():
        nn.init.normal_(weight)
    if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
        module.running_mean.normal_()
        module.running_var.uniform_(0.5, 2)
    x = torch.randn(1, *shape)
    return module, x, module(x)[0].detach()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("name", LAYERS)
@torch.no_grad()
def test_every_point_is_the_sum_of_its_parts(name):
    module, x, y = made(name)
    places = list(np.ndindex(*y.shape))
    for at in places if len(places) < 40 else [places[0], *places[1::11], places[-1]]:
        found = take_apart(module, x, at)
        assert found.facts["value"] == pytest.approx(y[at].item(), abs=1e-5)
        assert again(found) == pytest.approx(y[at].item(), abs=1e-5)


def again(found: Found) -> float:
    """The value, computed by what is told."""
    patch, facts = found.arrays["patch"].astype(np.float64), found.facts
    kind = facts["kind"]
    if "filter" in found.arrays:
        products = patch * found.arrays["filter"]
        assert products.sum() == pytest.approx(found.arrays["sums"].sum(), abs=1e-5)
        return products.sum() + (facts["bias"] or 0.0)
    if kind == "max":
        assert np.nanargmax(patch) == facts["largest"]
        return np.nanmax(patch)
    if kind == "mean":
        return np.nansum(patch) / facts["divisor"]
    if kind == "norm":
        return (patch.item() - facts["mean"]) / facts["deviation"] * facts["scale"] + facts["shift"]
    return np.interp(patch.item(), *found.arrays["curve"]) if abs(facts["value"]) > 9 else facts["value"]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("name", [name for name in LAYERS if "conv" in name or "pool" in name])
@torch.no_grad()
def test_the_window_lies_where_its_values_come_from(name):
    module, x, y = made(name)
    at = tuple(size // 2 for size in y.shape)
    found = take_apart(module, x, at)
    given, patch = found.arrays["given"], found.arrays["patch"]
    for row, top in enumerate(found.arrays["rows"]):
        for column, left in enumerate(found.arrays["columns"]):
            if 0 <= top < given.shape[1] and 0 <= left < given.shape[2]:
                assert np.array_equal(given[:, top, left], patch[:, row, column])
    assert np.array_equal(given[0].ravel()[:3], _map(x, found, at)[:3])


def _map(x: torch.Tensor, found: Found, at: tuple[int, ...]) -> np.ndarray:
    """The first of the maps that a point comes from, by the facts."""
    first = x[0, found.facts["first"]]
    return (first[found.facts["slices"][0]] if first.ndim == 3 else first).numpy().ravel()


@torch.no_grad()
def test_of_a_curve_each_point_is_what_the_layer_makes_of_it():
    module, x, _ = made("prelu")
    found = take_apart(module, x, (2, 1, 3))
    inputs, outputs = found.arrays["curve"]
    slope = module.weight[2].item()
    assert np.allclose(outputs, np.where(inputs > 0, inputs, slope * inputs), atol=1e-6)
    assert inputs[0] <= -3
    assert inputs[-1] >= 3


@torch.no_grad()
def test_of_many_channels_some_are_told_and_all_are_summed():
    module, x = nn.Conv2d(100, 2, 3), torch.randn(1, 100, 5, 5)
    found = take_apart(module, x, (1, 1, 1))
    assert found.arrays["given"].shape == (MOST_CHANNELS, 5, 5)
    assert found.arrays["patch"].shape == found.arrays["filter"].shape == (MOST_CHANNELS, 3, 3)
    assert found.arrays["sums"].shape == (100,)
    assert (found.facts["shown"], found.facts["total"]) == (MOST_CHANNELS, 100)
    assert found.facts["value"] == pytest.approx(module(x)[0, 1, 1, 1].item(), abs=1e-5)


@pytest.mark.parametrize(
    ("module", "x"),
    [
        (nn.Softmax(dim=1), torch.randn(1, 3, 4, 4)),
        (nn.Upsample(scale_factor=2), torch.randn(1, 3, 4, 4)),
        (nn.BatchNorm2d(3, track_running_stats=False), torch.randn(1, 3, 4, 4)),
        (nn.Conv2d(3, 4, 1), torch.randn(2, 3, 4, 4)),
        (None, torch.randn(1, 3, 4, 4)),
        (nn.ReLU(), None),
        (nn.ReLU(), torch.randn(1, 8)),
    ],
)
def test_what_can_not_be_told_is_none(module, x):
    assert take_apart(module, x, (0, 0, 0)) is None


@torch.no_grad()
def test_a_hole_is_no_number():
    module = nn.MaxPool2d(3, stride=2, padding=1)
    patch = take_apart(module, -torch.ones(1, 1, 4, 4), (0, 0, 0)).arrays["patch"]
    assert np.isnan(patch[0, 0]).all()
    assert not math.isnan(patch[0, 1, 1])
