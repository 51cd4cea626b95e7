import pytest
import torch
from torch.nn import functional as F

from nnstudio.modules.separable import SeparableConv2d


@pytest.mark.parametrize(
    "options", [{}, {"stride": 2, "padding": 1}, {"padding": "same", "dilation": 2, "bias": False}]
)
def test_is_one_convolution_whose_filters_are_products(options):
    layer = SeparableConv2d(3, 5, 3, **options)
    x = torch.randn(2, 3, 9, 8)
    filters = layer.pointwise.weight * layer.depthwise.weight.squeeze(1)
    options = {name: value for name, value in options.items() if name != "bias"}
    torch.testing.assert_close(layer(x), F.conv2d(x, filters, layer.pointwise.bias, **options), atol=1e-5, rtol=1e-5)


def test_weights():
    assert {name: tuple(weight.shape) for name, weight in SeparableConv2d(3, 5, (3, 1)).named_parameters()} == {
        "depthwise.weight": (3, 1, 3, 1),
        "pointwise.weight": (5, 3, 1, 1),
        "pointwise.bias": (5,),
    }
