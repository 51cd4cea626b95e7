"""Shape arithmetic shared by the declarations. A rule takes a Site and gives the output's shape, or raises ShapeError.

Formulas are those of the PyTorch documentation of the layer named in each docstring.
"""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.spec import Adapt, Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError


def flow(site: Site) -> TensorSpec:
    """Element by element, but the values are no longer what the data set calls a label."""
    spec = site.one()
    return spec.with_shape(spec.shape, spec.kind)


# Linear


def linear(site: Site) -> Shape:
    """nn.Linear: the last size becomes out_features."""
    return (*site.one().shape[:-1], site.number("out_features"))


def linear_weights(site: Site) -> dict[str, Shape]:
    """nn.Linear: a row for each output."""
    out, features = site.number("out_features"), site.dims["x.F"]
    return {"weight": (out, features)} | ({"bias": (out,)} if site.params["bias"] else {})


def linear_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every position."""
    positions = prod(site.one().per_sample[:-1])
    return 2 * positions * site.dims["x.F"] * site.number("out_features")


# Convolution and pooling


def conv2d(site: Site) -> TensorSpec:
    """nn.Conv2d: floor((size + 2·padding - dilation·(kernel - 1) - 1) / stride + 1) along each axis."""
    channels, out = site.dims["x.C"], site.number("out_channels")
    groups = site.number("groups")
    if channels % groups or out % groups:
        raise ShapeError(
            f"has groups {groups}, and its {channels} incoming and {out} outgoing channels do not both divide by that.",
            fix="Choose groups that divide both.",
            sets={"groups": 1},
        )
    height, width = _windows(site, _conv_padding(site), site.axes("dilation"))
    return TensorSpec((N, out, height, width), kind="image")


def conv2d_weights(site: Site) -> dict[str, Shape]:
    """nn.Conv2d: a filter for each outgoing channel, over the incoming channels of its group."""
    out, groups = site.number("out_channels"), site.number("groups")
    weight = (out, site.dims["x.C"] // groups, *site.axes("kernel_size"))
    return {"weight": weight} | ({"bias": (out,)} if site.params["bias"] else {})


def conv2d_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every place of the window."""
    weight = conv2d_weights(site)["weight"]
    return 2 * prod(weight) * prod(conv2d(site).shape[2:])


def pool2d(site: Site) -> TensorSpec:
    """nn.MaxPool2d and nn.AvgPool2d: as a convolution, per channel; padding at most half the kernel, gaps or not."""
    padding, dilation = site.axes("padding"), site.axes("dilation") if "dilation" in site.params else (1, 1)
    if any(pad > size // 2 for pad, size in zip(padding, site.axes("kernel_size"), strict=True)):
        raise ShapeError(
            "has padding larger than half its kernel_size.",
            fix="Set padding to at most half of kernel_size.",
            sets={"padding": 0},
        )
    height, width = _windows(site, padding, dilation, ceil=bool(site.params["ceil_mode"]))
    axes = zip(site.one().shape[2:], (height, width), _strides(site), padding, dilation, strict=True)
    if any(_sees_padding_alone(*axis) for axis in axes):
        raise ShapeError(
            "has a window that sees padding alone.", port="x", fix="Set padding to 0.", sets={"padding": 0}
        )
    return TensorSpec((N, site.dims["x.C"], height, width), kind="image")


def _sees_padding_alone(size: int, windows: int, stride: int, padding: int, gap: int) -> bool:
    """Whether some window that begins before the image has its next points beyond the end of it.

    PyTorch lets it pass; MaxPool2d then puts out minus infinity, and its gradient is written outside of the memory.
    """
    starts = range(-padding, min(0, windows * stride - padding), stride)
    return any(start % gap >= size for start in starts)


def adaptive_pool2d(site: Site) -> TensorSpec:
    """nn.AdaptiveAvgPool2d: the size asked for, whatever comes in."""
    return TensorSpec((N, site.dims["x.C"], *site.axes("output_size")), kind="image")


def _conv_padding(site: Site) -> tuple[int, ...] | None:
    """Padding by axis; None for "same"."""
    padding = site.params["padding"]
    if padding == "valid":
        return (0, 0)
    if padding != "same":
        return site.axes("padding")
    if any(step != 1 for step in site.axes("stride")):
        raise ShapeError(
            'has padding "same" with a stride, which PyTorch does not compute.',
            fix="Set stride to 1, or padding to a number.",
            sets={"stride": 1},
        )
    return None


def _windows(
    site: Site, padding: tuple[int, ...] | None, dilation: tuple[int, ...], *, ceil: bool = False
) -> tuple[int, ...]:
    """How many places a window takes along height and width."""
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
    return site.axes("kernel_size" if site.params["stride"] is None else "stride")


def _spans(site: Site, dilation: tuple[int, ...]) -> tuple[int, ...]:
    """How far a window reaches along each axis, gaps included."""
    return tuple(gap * (size - 1) + 1 for size, gap in zip(site.axes("kernel_size"), dilation, strict=True))


def _count(size: int, span: int, stride: int, padding: int, *, ceil: bool) -> int:
    room = size + 2 * padding - span
    count = (room + (stride - 1 if ceil else 0)) // stride + 1
    # With ceil_mode the last window must begin inside the input or its left padding.
    return count - 1 if ceil and (count - 1) * stride >= size + padding else count


# Reshape


def flatten(site: Site) -> Shape:
    """nn.Flatten with start_dim 1: all sizes but the batch become one."""
    return (N, prod(site.one().per_sample))


def reshape(site: Site) -> Shape:
    """Tensor.reshape of each sample; one size may be -1."""
    return (N, *resolved_sizes(site))


def resolved_sizes(site: Site) -> tuple[int, ...]:
    """The sizes asked for, with -1 worked out. Raises ShapeError where the count does not fit."""
    sizes = site.params["shape"]
    assert isinstance(sizes, tuple)
    have, known = prod(site.one().per_sample), prod(size for size in sizes if size != -1)
    if have % known or (-1 not in sizes and have != known):
        raise ShapeError(
            f"gets {have} numbers a sample, which can not be laid out as {shape_text(sizes).replace('N', '?')}.",
            port="x",
            fix=f"Choose sizes whose product is {have}, or -1 for one of them.",
        )
    return tuple(have // known if size == -1 else size for size in sizes)


# Normalization


def layer_norm_weights(site: Site) -> dict[str, Shape]:
    """nn.LayerNorm over the last size."""
    if not site.params["elementwise_affine"]:
        return {}
    names = ("weight", "bias") if site.params["bias"] else ("weight",)
    return dict.fromkeys(names, (site.dims["x.F"],))


def batch_norm_weights(site: Site) -> dict[str, Shape]:
    """nn.BatchNorm1d and 2d: a scale and a shift for each channel."""
    channels = (site.dims["x.C"],)
    names = ("weight", "bias") if site.params["affine"] else ()
    return dict.fromkeys(names, channels)


# Merge


def softmax(site: Site) -> TensorSpec:
    """nn.Softmax along `dim`, which must exist and not be the batch."""
    rank, axis = len(site.one().shape), site.number("dim")
    if not (1 <= axis < rank or -rank < axis < 0):
        raise ShapeError(
            f"has dim {axis}, which is not among the {rank - 1} after the batch.",
            port="x",
            fix="Set dim to -1, the last.",
            sets={"dim": -1},
        )
    return flow(site)


def broadcast(site: Site) -> TensorSpec:
    """Add: shapes are lined up from the right; sizes are equal or 1 (numpy's rule)."""
    specs = site.inputs["x"]
    shape = specs[0].shape
    for spec in specs[1:]:
        shape = _broadcast_two(shape, spec.shape)
    return specs[0].with_shape(shape, next((spec.kind for spec in specs if spec.shape == shape), ""))


def _broadcast_two(left: Shape, right: Shape) -> Shape:
    if len(left) != len(right) or any(a != b and 1 not in (a, b) for a, b in zip(left[1:], right[1:], strict=True)):
        raise ShapeError(
            f"gets {shape_text(left)} and {shape_text(right)}, which can not be combined.",
            port="x",
            fix="Bring them to the same shape first.",
        )
    return (N, *(max(a, b) for a, b in zip(left[1:], right[1:], strict=True)))


def concatenate(site: Site) -> TensorSpec:
    """torch.cat along `dim`: all other sizes are equal."""
    specs, axis = site.inputs["x"], site.number("dim")
    first = specs[0].shape
    if not 1 <= (axis if axis >= 0 else axis + len(first)) < len(first):
        raise ShapeError(
            f"has dim {axis}, but gets {shape_text(first)}.", port="x", fix="Set dim to 1.", sets={"dim": 1}
        )
    axis %= len(first)
    for spec in specs[1:]:
        if len(spec.shape) != len(first) or any(
            a != b for place, (a, b) in enumerate(zip(first, spec.shape, strict=True)) if place != axis
        ):
            raise ShapeError(
                f"gets {shape_text(first)} and {shape_text(spec.shape)}, which differ in more than size {axis}.",
                port="x",
                fix="Bring the other sizes to the same first.",
            )
    shape = (*first[:axis], sum(spec.shape[axis] for spec in specs), *first[axis + 1 :])
    return specs[0].with_shape(shape, specs[0].kind)


# Losses


def cross_entropy(site: Site) -> Shape:
    """nn.CrossEntropyLoss: scores N×K against class numbers N, K at least the number of classes."""
    scores, target = site.one("prediction"), site.one("target")
    if len(scores.shape) < 2 or (N, *scores.shape[2:]) != target.shape:
        raise ShapeError(
            f"gets {scores} and {target} to judge it by.",
            port="prediction",
            fix="It needs one score for each class: a Linear whose out_features is the number of classes.",
        )
    size = "out_features" if len(scores.shape) == 2 else "out_channels"
    if scores.shape[1] < target.classes:
        raise ShapeError(
            f"gets {scores.shape[1]} scores a sample, and there are {target.classes} classes.",
            port="prediction",
            fix=f"Set {size} of the last layer to {target.classes}.",
            upstream={size: target.classes},
        )
    return ()


def elementwise_loss(site: Site) -> Shape:
    """nn.MSELoss and nn.BCEWithLogitsLoss: both of one shape; a lone target goes with a prediction N×1."""
    prediction, target = site.one("prediction"), site.one("target")
    if target.classes > 2:
        raise ShapeError(
            f"gets one of {target.classes} classes as target, and needs numbers.",
            port="target",
            fix="Use CrossEntropyLoss for classes.",
        )
    if prediction.shape != target.shape and not _is_column(prediction, target):
        one_size = target.shape == (N,) and len(prediction.shape) == 2
        raise ShapeError(
            f"gets {prediction} and {target} to judge it by.",
            port="prediction",
            fix="Set out_features of the last layer to 1." if one_size else "They need the same shape.",
            upstream={"out_features": 1} if one_size else None,
        )
    return ()


def _is_column(prediction: TensorSpec, target: TensorSpec) -> bool:
    return prediction.shape == (N, 1) and target.shape == (N,)


def as_prediction(site: Site) -> dict[str, tuple[Adapt, ...]]:
    """Class numbers become 0.0 and 1.0, and N becomes N×1 where the prediction is N×1."""
    prediction, target = site.one("prediction"), site.one("target")
    steps: tuple[Adapt, ...] = ()
    if target.dtype != prediction.dtype:
        steps += (Adapt("float"),)
    if _is_column(prediction, target):
        steps += (Adapt("unsqueeze", (1,)),)
    return {"target": steps}
