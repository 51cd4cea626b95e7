"""One point of what a layer puts out, taken apart: which inputs it comes from, and how.

`take_apart` gives facts and arrays. Facts: `kind` ("conv", "transposed", "max", "mean", "point" or "norm"); `value`,
computed from its parts; `first`, the channel that the first map of `given` is, and `shown` of `total` channels;
`slices`, the place of each slice along the first of three axes; the layer's settings.
Arrays: `given`, the maps that the point comes from (B×H×W); `rows` and `columns`, where on them the window lies, in the
padding too; `patch`, what it shows (B×h×w, with holes where nothing is). Of a convolution also `filter`, as `patch`,
and `sums`, of patch × filter by channel; of what makes a value of each value alone `curve` (2×n: in, out).

Of one axis the channels are the rows of a single map; of three, each slice that the window cuts is a map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.modules.pooling import _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _MaxPoolNd

from nnstudio.probes.spec import Found, float32
from nnstudio.probes.windows import HOLE, Span, along, gather, padding, spans_of
from nnstudio.protocol.messages import Option

MOST_CHANNELS = 64
"""Of so many that a point comes from the numbers are told; in the sum are all of them."""
MOST_NUMBERS = 1 << 17
"""Of all maps that a point comes from."""
_CURVE = 81
"""Points of the curve of an activation."""
_REACH = 3.0
"""To which the curve goes at least, on both sides of zero."""
_TOGETHER = ("GLU", "LogSoftmax", "MultiheadAttention", "Softmax", "Softmax2d", "Softmin")
"""Activations whose values depend on each other."""
_ALONE = ("Heaviside", "Sine")
"""Blocks of the program's own that make a value of each value alone."""


@dataclass
class Parts:
    """Channels C×… that a point comes from, the window on them, and what it shows (C×window)."""

    x: torch.Tensor
    spans: list[Span]
    patch: torch.Tensor
    value: float
    facts: dict[str, Option]
    filters: torch.Tensor | None = None
    curve: torch.Tensor | None = None


def take_apart(module: nn.Module | None, x: torch.Tensor | None, at: Sequence[int]) -> Found | None:
    """The point `at` (channel, then the places) of what `module` makes of `x`, a batch of one sample; None where it is
    made in a way that can not be told. Changes nothing.
    """
    if module is None or x is None or x.ndim < 3 or len(x) != 1 or not x.is_floating_point():
        return None
    way = next((way for kinds, way in _WAYS if isinstance(module, kinds)), _point if _alone(module) else None)
    return None if way is None else _laid_out(way(module, x[0], at))


def _conv(module: nn.Module, x: torch.Tensor, at: Sequence[int]) -> Parts:
    """Of the channels of its group: filter times what it covers, all added up, and the bias."""
    assert isinstance(module, _ConvNd)
    turned = isinstance(module, _ConvTransposeNd)
    group, place = divmod(at[0], module.out_channels // module.groups)
    wide = module.in_channels // module.groups
    mine = slice(group * wide, (group + 1) * wide)
    spans = spans_of(module, x.shape[1:], at[1:])
    taps = [Span(span.taps, span.taps, span.taps) for span in spans]
    filters = gather(module.weight[mine, place] if turned else module.weight[at[0]], taps)
    patch = gather(x[mine], spans)
    bias = 0.0 if module.bias is None else module.bias[at[0]].item()
    value = (patch.double() * filters.double()).sum().item() + bias
    facts: dict[str, Option] = {"kind": "transposed" if turned else "conv", "first": mine.start}
    facts |= {"groups": module.groups, "bias": None if module.bias is None else bias}
    return Parts(x[mine], spans, patch, value, facts | _settings(module, len(spans)), filters)


def _largest(module: nn.Module, x: torch.Tensor, at: Sequence[int]) -> Parts:
    mine = x[at[0] : at[0] + 1]
    spans = spans_of(module, x.shape[1:], at[1:])
    place = int(gather(mine, spans, -math.inf).argmax())
    patch = gather(mine, spans, math.nan)
    facts: dict[str, Option] = {"kind": "max", "first": at[0], "largest": place}
    return Parts(mine, spans, patch, patch.flatten()[place].item(), facts | _settings(module, len(spans)))


def _mean(module: nn.Module, x: torch.Tensor, at: Sequence[int]) -> Parts:
    mine = x[at[0] : at[0] + 1]
    spans = spans_of(module, x.shape[1:], at[1:])
    padded = bool(getattr(module, "count_include_pad", False))
    patch, divisor = gather(mine, spans, 0.0 if padded else math.nan), _divisor(module, x, spans, padded)
    value = patch.double().nansum().item() / divisor
    facts: dict[str, Option] = {"kind": "mean", "first": at[0], "divisor": divisor}
    return Parts(mine, spans, patch, value, facts | _settings(module, len(spans)))


def _divisor(module: nn.Module, x: torch.Tensor, spans: Sequence[Span], padded: bool) -> int:
    """By what torch divides: the padding counts where it says so, what lies behind the padding never does."""
    if getattr(module, "divisor_override", None):
        return int(module.divisor_override)  # type: ignore[arg-type]  # a number of AvgPool2d
    ends = [size + padding(module, axis) for axis, size in enumerate(x.shape[1:])]
    if padded:
        return math.prod(sum(place < end for place in span.places) for span, end in zip(spans, ends, strict=True))
    return math.prod(sum(source != HOLE for source in span.sources) for span in spans)


def _point(module: nn.Module, x: torch.Tensor, at: Sequence[int]) -> Parts:
    """Value in, value out, and the curve between them."""
    spans = [Span.of([place], size) for place, size in zip(at[1:], x.shape[1:], strict=True)]
    patch = gather(x[at[0] : at[0] + 1], spans)
    least = x[at[0]].abs().max().item() if isinstance(module, _BatchNorm) else _REACH
    reach = max(least, 1.25 * abs(patch.item())) or _REACH
    inputs = torch.cat([torch.linspace(-reach, reach, _CURVE).to(patch), patch.reshape(1)])
    others = gather(x, spans)[None].repeat(len(inputs), *[1] * x.ndim)
    others[:, at[0]] = inputs.reshape(-1, *[1] * len(spans))
    outputs = module(others)[:, at[0]].reshape(-1)
    facts: dict[str, Option] = {"kind": "point", "first": at[0], **_normed(module, at[0])}
    return Parts(x[at[0] : at[0] + 1], spans, patch, outputs[-1].item(), facts, curve=torch.stack([inputs, outputs]))


def _normed(module: nn.Module, channel: int) -> dict[str, Option]:
    """What a BatchNorm does to a channel while it does not learn."""
    if not isinstance(module, _BatchNorm) or module.running_mean is None or module.running_var is None:
        return {}
    deviation = math.sqrt(module.running_var[channel].item() + module.eps)
    scale, shift = (0.0 if each is None else each[channel].item() for each in (module.weight, module.bias))
    mean, scale = module.running_mean[channel].item(), 1.0 if module.weight is None else scale
    return {"kind": "norm", "mean": mean, "deviation": deviation, "scale": scale, "shift": shift}


def _alone(module: nn.Module) -> bool:
    """Whether it makes a value of each value, of that alone."""
    kind = type(module)
    if isinstance(module, _BatchNorm):
        return module.running_mean is not None
    return kind.__name__ in _ALONE or (kind.__module__ == nn.ReLU.__module__ and kind.__name__ not in _TOGETHER)


def _settings(module: nn.Module, axes: int) -> dict[str, Option]:
    """How the window moves, a number for each axis."""
    facts: dict[str, Option] = {"padding": [padding(module, axis) for axis in range(axes)]}
    for name in ("kernel_size", "stride", "dilation"):
        facts[name] = [along(module, name, axis) for axis in range(axes)]
    return facts | {"padding_mode": str(getattr(module, "padding_mode", "zeros"))}


def _laid_out(parts: Parts) -> Found:
    """As maps, of no more channels than fit."""
    axes, total = len(parts.spans), len(parts.patch)
    given = gather(parts.x, parts.spans[:1]) if axes == 3 else parts.x
    count = min(total, MOST_CHANNELS, max(1, MOST_NUMBERS // max(1, given[0].numel())))
    rows = [*range(count)] if axes == 1 else parts.spans[-2].places
    found = Found({"given": _maps(given[:count]), "patch": _maps(parts.patch[:count])})
    found.arrays.update(rows=np.array(rows, np.int32), columns=np.array(parts.spans[-1].places, np.int32))
    if parts.filters is not None:
        products = parts.patch.double() * parts.filters.double()
        found.arrays.update(filter=_maps(parts.filters[:count]), sums=float32(products.reshape(total, -1).sum(1)))
    if parts.curve is not None:
        found.arrays["curve"] = float32(parts.curve[:, :-1])
    slices: list[str | int | float] = [*parts.spans[0].places] if axes == 3 else []
    found.facts.update(parts.facts)
    found.facts.update(value=parts.value, shown=count, total=total, slices=slices)
    return found


def _maps(values: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """B×H×W: a single map where the channels have one axis, a map for each slice where they have three."""
    return float32(values[None] if values.ndim == 2 else values.flatten(0, -3))


Way = Callable[[nn.Module, torch.Tensor, Sequence[int]], Parts]
_WAYS: tuple[tuple[tuple[type, ...], Way], ...] = (
    ((_ConvNd,), _conv),
    ((_MaxPoolNd, _AdaptiveMaxPoolNd), _largest),
    ((_AvgPoolNd, _AdaptiveAvgPoolNd), _mean),
)
