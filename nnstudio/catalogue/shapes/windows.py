"""Convolution and pooling: windows that slide along one, two or three axes."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError

# Convolution


def conv(site: Site) -> TensorSpec:
    """nn.Conv1d, 2d, 3d: floor((size + 2·padding - dilation·(kernel - 1) - 1) / stride + 1) along each axis."""
    _check_groups(site)
    return _convolved(site, site.number("out_channels"))


def conv_weights(site: Site) -> dict[str, Shape]:
    """nn.Conv1d, 2d, 3d: a filter for each outgoing channel, over the incoming channels of its group."""
    return _filters(site, site.number("out_channels"), site.dims["x.C"] // site.number("groups"))


def conv_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every place of the window."""
    return 2 * prod(conv_weights(site)["weight"]) * prod(conv(site).shape[2:])


def depthwise(site: Site) -> TensorSpec:
    """nn.Conv2d with as many groups as channels."""
    return _convolved(site, depthwise_channels(site))


def depthwise_channels(site: Site) -> int:
    """How many channels come out: depth_multiplier for each that comes in."""
    return site.dims["x.C"] * site.number("depth_multiplier")


def depthwise_weights(site: Site) -> dict[str, Shape]:
    """nn.Conv2d with as many groups as channels: a filter sees one channel."""
    return _filters(site, depthwise_channels(site), 1)


def depthwise_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every place of the window."""
    return 2 * prod(depthwise_weights(site)["weight"]) * prod(depthwise(site).shape[2:])


def separable(site: Site) -> TensorSpec:
    """A depthwise convolution, then one of single points."""
    return _convolved(site, site.number("out_channels"))


def separable_weights(site: Site) -> dict[str, Shape]:
    """A filter for each channel alone, and a matrix that mixes the channels."""
    channels, out = site.dims["x.C"], site.number("out_channels")
    bias = {"pointwise.bias": (out,)} if site.params["bias"] else {}
    kernel = _along(site, "kernel_size")
    return {"depthwise.weight": (channels, 1, *kernel), "pointwise.weight": (out, channels, 1, 1)} | bias


def separable_flops(site: Site) -> int:
    """A multiply and an add for each weight of both, at every place of the window."""
    weights = separable_weights(site)
    places = prod(separable(site).shape[2:])
    return 2 * places * (prod(weights["depthwise.weight"]) + prod(weights["pointwise.weight"]))


def conv_transpose(site: Site) -> TensorSpec:
    """nn.ConvTranspose1d, 2d: (size - 1)·stride - 2·padding + dilation·(kernel - 1) + output_padding + 1."""
    _check_groups(site)
    stride, more = _along(site, "stride"), _along(site, "output_padding")
    if any(extra >= max(both) for extra, *both in zip(more, stride, _along(site, "dilation"), strict=True)):
        raise ShapeError(
            f"has output_padding {shape_text(more)}, which is not smaller than its stride or its dilation.",
            fix="Set output_padding to 0, or stride to more.",
            sets={"output_padding": 0},
        )
    spans, sizes, padding = _spans(site, _along(site, "dilation")), site.one().shape[2:], _along(site, "padding")
    axes = zip(sizes, stride, padding, spans, more, strict=True)
    places = tuple((size - 1) * step - 2 * pad + span + extra for size, step, pad, span, extra in axes)
    if min(places) < 1:
        raise ShapeError(
            f"has padding {shape_text(padding)}, which leaves nothing of the {shape_text(sizes)} it gets.",
            port="x",
            fix="Set padding to 0.",
            sets={"padding": 0},
        )
    return _spread(site.number("out_channels"), places)


def conv_transpose_weights(site: Site) -> dict[str, Shape]:
    """nn.ConvTranspose1d, 2d: a filter for each incoming channel, over the outgoing channels of its group."""
    out = site.number("out_channels")
    weight = (site.dims["x.C"], out // site.number("groups"), *_along(site, "kernel_size"))
    return {"weight": weight} | ({"bias": (out,)} if site.params["bias"] else {})


def conv_transpose_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every place that comes in."""
    return 2 * prod(conv_transpose_weights(site)["weight"]) * prod(site.one().shape[2:])


def _check_groups(site: Site) -> None:
    channels, out, groups = site.dims["x.C"], site.number("out_channels"), site.number("groups")
    if channels % groups or out % groups:
        raise ShapeError(
            f"has groups {groups}, and its {channels} incoming and {out} outgoing channels do not both divide by that.",
            fix="Choose groups that divide both.",
            sets={"groups": 1},
        )


def _filters(site: Site, out: int, seen: int) -> dict[str, Shape]:
    weight = (out, seen, *_along(site, "kernel_size"))
    return {"weight": weight} | ({"bias": (out,)} if site.params["bias"] else {})


def _convolved(site: Site, out: int) -> TensorSpec:
    padding, dilation = _conv_padding(site), _along(site, "dilation")
    _check_padding_mode(site, padding, dilation)
    return _spread(out, _windows(site, padding, dilation))


def _conv_padding(site: Site) -> tuple[int, ...] | None:
    """Padding by axis; None for "same"."""
    padding = site.params["padding"]
    if padding == "valid":
        return (0,) * _axes(site)
    if padding != "same":
        return _along(site, "padding")
    if any(step != 1 for step in _along(site, "stride")):
        raise ShapeError(
            'has padding "same" with a stride, which PyTorch does not compute.',
            fix="Set stride to 1, or padding to a number.",
            sets={"stride": 1},
        )
    return None


def _check_padding_mode(site: Site, padding: tuple[int, ...] | None, dilation: tuple[int, ...]) -> None:
    """A reflection has the border itself once, and a circle goes around once."""
    mode, sizes = site.params.get("padding_mode", "zeros"), site.one().shape[2:]
    spare = {"reflect": 1, "circular": 0}.get(str(mode))
    if spare is None:
        return
    widest = padding or tuple(span // 2 for span in _spans(site, dilation))
    if any(wide > size - spare for wide, size in zip(widest, sizes, strict=True)):
        raise ShapeError(
            f"has padding {shape_text(widest)}, too much of mode {mode} around the {shape_text(sizes)} it gets.",
            port="x",
            fix="Set padding_mode to zeros, or use less padding.",
            sets={"padding_mode": "zeros"},
        )


def unfold(site: Site) -> TensorSpec:
    """nn.Unfold: N×C×H×W to N×(C·kernel)×L, a column for each place of the window."""
    places = _windows(site, _along(site, "padding"), _along(site, "dilation"))
    return TensorSpec((N, site.dims["x.C"] * prod(_along(site, "kernel_size")), prod(places)))


# Pooling


def pool(site: Site) -> TensorSpec:
    """nn.MaxPool and nn.AvgPool: as a convolution, per channel; padding at most half the kernel, gaps or not."""
    padding = _along(site, "padding")
    dilation = _along(site, "dilation") if "dilation" in site.params else (1,) * _axes(site)
    if any(pad > size // 2 for pad, size in zip(padding, _along(site, "kernel_size"), strict=True)):
        raise ShapeError(
            "has padding larger than half its kernel_size.",
            fix="Set padding to at most half of kernel_size.",
            sets={"padding": 0},
        )
    places = _windows(site, padding, dilation, ceil=bool(site.params["ceil_mode"]))
    axes = zip(site.one().shape[2:], places, _strides(site), padding, dilation, strict=True)
    if any(_sees_padding_alone(*axis) for axis in axes):
        raise ShapeError(
            "has a window that sees padding alone.", port="x", fix="Set padding to 0.", sets={"padding": 0}
        )
    return _spread(site.dims["x.C"], places)


def avg_pool3d(site: Site) -> TensorSpec:
    """nn.AvgPool3d: as the others, but PyTorch wants the window to fit without the padding too."""
    window, sizes = _along(site, "kernel_size"), site.one().shape[2:]
    if any(side > size for side, size in zip(window, sizes, strict=True)):
        raise ShapeError(
            f"has a window of {shape_text(window)}, larger than the {shape_text(sizes)} it gets.",
            port="x",
            fix="Use a smaller kernel_size.",
        )
    return pool(site)


def _sees_padding_alone(size: int, windows: int, stride: int, padding: int, gap: int) -> bool:
    """Whether some window that begins before the image has its next points beyond the end of it.

    PyTorch lets it pass; MaxPool2d then puts out minus infinity, and its gradient is written outside of the memory.
    """
    starts = range(-padding, min(0, windows * stride - padding), stride)
    return any(start % gap >= size for start in starts)


def adaptive_pool(site: Site) -> TensorSpec:
    """nn.AdaptiveAvgPool and nn.AdaptiveMaxPool: the size asked for, whatever comes in."""
    return _spread(site.dims["x.C"], _along(site, "output_size"))


# Along the axes


def _axes(site: Site) -> int:
    """How many axes the window slides along: all but batch and channels."""
    return len(site.one().shape) - 2


def _along(site: Site, name: str) -> tuple[int, ...]:
    """A size parameter as one number for each axis."""
    return site.axes(name, _axes(site))


def _spread(channels: int, places: tuple[int, ...]) -> TensorSpec:
    return TensorSpec((N, channels, *places), kind="image" if len(places) == 2 else "any")


def _windows(
    site: Site, padding: tuple[int, ...] | None, dilation: tuple[int, ...], *, ceil: bool = False
) -> tuple[int, ...]:
    """How many places a window takes along each axis; padding None keeps the size."""
    sizes = site.one().shape[2:]
    if padding is None:
        return sizes
    spans = _spans(site, dilation)
    counts = tuple(_count(*axis, ceil=ceil) for axis in zip(sizes, spans, _strides(site), padding, strict=True))
    if min(counts) < 1:
        raise ShapeError(
            f"has a window of {shape_text(spans)}, larger than the {shape_text(sizes)} it gets.",
            port="x",
            fix="Use a smaller kernel_size or more padding.",
        )
    return counts


def _strides(site: Site) -> tuple[int, ...]:
    """How far the window moves along each axis: its own size where nothing is said."""
    return _along(site, "kernel_size" if site.params["stride"] is None else "stride")


def _spans(site: Site, dilation: tuple[int, ...]) -> tuple[int, ...]:
    """How far a window reaches along each axis, gaps included."""
    return tuple(gap * (size - 1) + 1 for size, gap in zip(_along(site, "kernel_size"), dilation, strict=True))


def _count(size: int, span: int, stride: int, padding: int, *, ceil: bool) -> int:
    room = size + 2 * padding - span
    count = (room + (stride - 1 if ceil else 0)) // stride + 1
    # With ceil_mode the last window must begin inside the input or its left padding.
    return count - 1 if ceil and (count - 1) * stride >= size + padding else count
