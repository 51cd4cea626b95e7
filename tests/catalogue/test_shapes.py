"""The arithmetic of shapes in every small case, against torch."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.errors import ShapeError
from tests.catalogue.alone import one_thread

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


def by_torch(make: Callable[[], nn.Module], *sizes: int, device: str = "meta") -> Outcome:
    try:
        with torch.device(device):
            found = tuple(make()(torch.empty(BATCH, *sizes)).shape[1:])
    except (RuntimeError, ValueError, IndexError):
        return None
    return found if 0 not in found else None


def combined(**choices: Iterable[Any]) -> list[dict[str, Any]]:
    """Every combination of the values."""
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


def differences(
    name: str,
    shapes: Iterable[tuple[int, ...]],
    every: Iterable[dict[str, Any]],
    inferred: Callable[[tuple[int, ...]], dict[str, Any]] = lambda shape: {},
    device: str = "meta",
) -> list[Any]:
    """Where the declaration and torch do not agree on what comes out; torch is told what we infer from the shape."""
    wrong = []
    for shape, params in product(shapes, list(every)):
        found = declared(name, TensorSpec((N, *shape)), **params)
        expected = by_torch(partial(getattr(nn, name), **inferred(shape), **params), *shape, device=device)
        if found != expected:
            wrong.append((shape, params, found, expected))
    return wrong


def channels(shape: tuple[int, ...]) -> dict[str, Any]:
    return {"in_channels": shape[0]}


def blind(size: int, windows: int, kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether some window has no point inside: torch takes it, and its gradient goes astray."""
    starts = [number * stride - padding for number in range(windows)]
    return any(not any(0 <= start + dilation * point < size for point in range(kernel)) for start in starts)


@pytest.mark.parametrize("name", ["MaxPool1d", "AvgPool1d", "MaxPool2d", "AvgPool2d", "MaxPool3d", "AvgPool3d"])
def test_windows_of_pooling(name: str) -> None:
    wrong = []
    dilations = (1, 2, 3) if name.startswith("Max") else (1,)
    others = (8,) * (int(name[-2]) - 1)
    for size, kernel, stride, padding, dilation, ceil in product(
        (1, 2, 3, 5, 6, 8), (1, 2, 3, 4), (None, 1, 2, 3), (0, 1, 2), dilations, (False, True)
    ):
        params: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil}
        params |= {"dilation": dilation} if name.startswith("Max") else {}
        expected = by_torch(partial(getattr(nn, name), **params), 2, size, *others)
        if expected and blind(size, expected[1], kernel, stride or kernel, padding, dilation):
            expected = None
        found = declared(name, TensorSpec((N, 2, size, *others)), **params)
        if found != expected:
            wrong.append((size, params, found, expected))
    assert wrong == []


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("name", "kernels"), [("Conv1d", (2, 5)), ("Conv2d", (1, 2, 3, 5)), ("Conv3d", (3,))])
def test_windows_of_convolution(name: str, kernels: tuple[int, ...]) -> None:
    shapes = [(2, size, *(7, 8)[: int(name[-2]) - 1]) for size in (1, 2, 3, 6, 8)]
    paddings = ("same", "valid", 0, 1, 2)
    every = combined(out_channels=(3,), kernel_size=kernels, stride=(1, 2, 3), padding=paddings, dilation=(1, 2, 3))
    assert differences(name, shapes, every, channels) == []


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("name", ["Conv1d", "Conv2d", "Conv3d"])
def test_padding_that_is_not_zeros(name: str) -> None:
    shapes = [(2, size, *(7, 8)[: int(name[-2]) - 1]) for size in (1, 2, 3, 6)]
    every = combined(
        out_channels=(3,),
        kernel_size=(2, 5),
        padding=("same", "valid", 0, 2, 3),
        dilation=(1, 2),
        padding_mode=("reflect", "replicate", "circular"),
    )
    assert differences(name, shapes, every, channels) == []


@pytest.mark.parametrize("name", ["ConvTranspose1d", "ConvTranspose2d"])
def test_windows_of_convolution_backwards(name: str) -> None:
    shapes = [(4, size, *(5,) * (int(name[-2]) - 1)) for size in (1, 2, 6)]
    every = combined(
        out_channels=(6,),
        kernel_size=(1, 3),
        stride=(1, 2),
        padding=(0, 1, 3),
        output_padding=(0, 1, 2),
        dilation=(1, 3),
        groups=(1, 2, 3),
    )
    with one_thread():  # and not on meta, which does not look at output_padding
        assert differences(name, shapes, every, channels, device="cpu") == []


def test_windows_laid_out() -> None:
    shapes = [(2, size, 7) for size in (1, 2, 6)]
    every = combined(kernel_size=(1, 2, (3, 1)), dilation=(1, 2), padding=(0, 1, (2, 0)), stride=(1, 2, 3))
    assert differences("Unfold", shapes, every) == []


def test_upsampling_knows_which_mode_fits() -> None:
    shapes = [(2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 6)]
    every = combined(scale_factor=(1, 3), mode=("nearest", "linear", "bilinear", "bicubic", "trilinear"))
    assert differences("Upsample", shapes, every) == []
    every = [params | {"align_corners": True} for params in every]
    assert differences("Upsample", shapes, every) == []


@pytest.mark.parametrize(("factor", "sizes"), [(2, (8, 3, 5)), (2, (6, 3, 5)), (3, (9, 1, 2)), (3, (8, 4, 4))])
def test_channels_become_points(factor: int, sizes: tuple[int, ...]) -> None:
    assert differences("PixelShuffle", [sizes], [{"upscale_factor": factor}]) == []


@pytest.mark.parametrize(
    ("sides", "result"),
    [
        ((1, 2, 3, 1), (3, 2, 5)),
        ((0, 0, 0, 0), (3, 6, 8)),
        ((0, 7, 5, 0), (3, 1, 1)),
        ((0, 8, 0, 0), None),
        ((0, 0, 3, 3), None),
        ((9, 9, 9, 9), None),
    ],
)
def test_edges_cut_off_and_put_on(sides: tuple[int, ...], result: Outcome) -> None:
    params = dict(zip(("left", "right", "top", "bottom"), sides, strict=True))
    image = TensorSpec((N, 3, 6, 8), kind="image")
    assert declared("Crop", image, **params) == result
    assert declared("ZeroPad2d", image, **params) == by_torch(partial(nn.ZeroPad2d, sides), 3, 6, 8)


def cures(name: str, spec: TensorSpec, **params: Any) -> dict[str, Any]:
    """What the refusal offers to set; with it the layer is well."""
    kind = layer(name)
    with pytest.raises(ShapeError) as refused:
        kind.output_specs(kind.place(kind.check(params), {"x": (spec,)}))
    sets = dict(refused.value.sets)
    assert declared(name, spec, **(params | sets)) is not None
    return sets


@pytest.mark.parametrize(
    ("name", "sizes", "params", "sets"),
    [
        ("PatchEmbedding", (1, 28, 32), {"patch_size": 8}, {"patch_size": (4, 4)}),
        ("PatchEmbedding", (1, 28, 32), {"patch_size": (8, 16)}, {"patch_size": (4, 16)}),
        ("GroupNorm", (6, 2, 2), {"num_groups": 4}, {"num_groups": 3}),
        ("GroupNorm", (2,), {"num_groups": 4}, {"num_groups": 2}),
        ("LayerNorm", (3, 4), {"dims": 3}, {"dims": 2}),
        ("Conv1d", (2, 3), {"padding": 3, "padding_mode": "reflect"}, {"padding_mode": "zeros"}),
        ("ConvTranspose2d", (2, 3, 3), {"output_padding": 2}, {"output_padding": 0}),
        ("ConvTranspose1d", (2, 1), {"padding": 4}, {"padding": 0}),
        ("Upsample", (2, 3), {"mode": "bilinear"}, {"mode": "linear"}),
        ("Upsample", (2, 3, 4), {"align_corners": True}, {"mode": "bilinear"}),
        ("Crop", (2, 3, 4), {"left": 4}, {"left": 0, "right": 0}),
        ("Crop", (2, 3, 4), {"left": 4, "top": 3}, {"left": 0, "right": 0, "top": 0, "bottom": 0}),
    ],
)
def test_what_is_refused_can_be_mended(
    name: str, sizes: tuple[int, ...], params: dict[str, Any], sets: dict[str, Any]
) -> None:
    assert cures(name, TensorSpec((N, *sizes)), **params) == sets


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
