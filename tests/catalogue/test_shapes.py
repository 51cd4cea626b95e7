"""The arithmetic of shapes in every small case, against torch."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.errors import ShapeError

Outcome = tuple[int, ...] | None
"""A shape without the batch, or None for a refusal."""

BATCH = 11


def declared(name: str, spec: TensorSpec, **params: Any) -> Outcome:
    kind = layer(name)
    try:
        (output,) = kind.output_specs(kind.place(kind.check(params), {"x": (spec,)})).values()
    except ShapeError:
        return None
    return output.per_sample


def by_torch(make: Callable[[], nn.Module], *sizes: int) -> Outcome:
    try:
        with torch.device("meta"):
            return tuple(make()(torch.empty(BATCH, *sizes)).shape[1:])
    except (RuntimeError, ValueError, IndexError):
        return None


def blind(size: int, windows: int, kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether some window has no point inside: torch takes it, and its gradient goes astray."""
    starts = [number * stride - padding for number in range(windows)]
    return any(not any(0 <= start + dilation * point < size for point in range(kernel)) for start in starts)


@pytest.mark.parametrize("name", ["MaxPool2d", "AvgPool2d"])
def test_windows_of_pooling(name: str) -> None:
    wrong = []
    dilations = (1, 2, 3) if name == "MaxPool2d" else (1,)
    for size, kernel, stride, padding, dilation, ceil in product(
        (1, 2, 3, 5, 6, 8), (1, 2, 3, 4), (None, 1, 2, 3), (0, 1, 2), dilations, (False, True)
    ):
        params: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil}
        params |= {"dilation": dilation} if name == "MaxPool2d" else {}
        expected = by_torch(partial(getattr(nn, name), **params), 2, size, 8)
        if expected and blind(size, expected[1], kernel, stride or kernel, padding, dilation):
            expected = None
        found = declared(name, TensorSpec((N, 2, size, 8), kind="image"), **params)
        if found != expected:
            wrong.append((size, params, found, expected))
    assert wrong == []


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_windows_of_convolution() -> None:
    wrong = []
    for size, kernel, stride, padding, dilation in product(
        (1, 2, 3, 6, 8), (1, 2, 3, 5), (1, 2, 3), ("same", "valid", 0, 1, 2), (1, 2, 3)
    ):
        params: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        expected = by_torch(partial(nn.Conv2d, 2, 3, **params), 2, size, 7)
        found = declared("Conv2d", TensorSpec((N, 2, size, 7), kind="image"), out_channels=3, **params)
        if found != expected:
            wrong.append((size, params, found, expected))
    assert wrong == []


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_sizes_that_softmax_and_concatenate_may_name(rank: int) -> None:
    sizes = (2, 3, 4)[:rank]
    for dim in range(-8, 9):
        spec = TensorSpec((N, *sizes))
        names_a_size = -rank <= dim < 0 or 1 <= dim <= rank
        assert (declared("Softmax", spec, dim=dim) == sizes) is names_a_size
        assert (declared("Concatenate", spec, dim=dim) == sizes) is names_a_size


@pytest.mark.parametrize(
    ("sizes", "shape", "result"),
    [
        ((12,), (3, 4), (3, 4)),
        ((12,), (3, -1), (3, 4)),
        ((3, 4), (-1,), (12,)),
        ((), (1, -1), (1, 1)),
        ((12,), (5, -1), None),
        ((12,), (3, 5), None),
        ((12,), (24,), None),
    ],
)
def test_reshape_keeps_the_count(sizes: tuple[int, ...], shape: tuple[int, ...], result: Outcome) -> None:
    assert declared("Reshape", TensorSpec((N, *sizes)), shape=shape) == result
