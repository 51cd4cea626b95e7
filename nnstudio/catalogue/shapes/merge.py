"""Several wires become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from nnstudio.catalogue.shapes.axes import axis_in
from nnstudio.catalogue.shapes.layout import relaid
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.data.spec import DType
from nnstudio.errors import ShapeError

MOST_WIRES = 64
"""More in one expression are hard to read, and with thousands Python could not."""


def combined(site: Site) -> TensorSpec:
    """Any number of wires at the port `x`, element by element."""
    specs = site.inputs["x"]
    if len(specs) > MOST_WIRES:
        raise ShapeError(
            f"gets {len(specs)} wires, and {MOST_WIRES} is the most.",
            port="x",
            fix="Bring them together in several steps.",
        )
    return broadcast_all(specs, "x")


def of_two(site: Site) -> TensorSpec:
    """The ports `a` and `b`, element by element."""
    return broadcast_all((site.one("a"), site.one("b")), "b")


def broadcast_all(specs: tuple[TensorSpec, ...], port: str = "") -> TensorSpec:
    """The common shape of all, with the kind of the first that has it. Raises ShapeError.

    Shapes are lined up from the right; sizes are equal, 1 or not there (numpy's rule). The batch meets the batch alone.
    """
    shape = common_shape([spec.shape for spec in specs], port)
    return specs[0].with_shape(shape, next((spec.kind for spec in specs if spec.shape == shape), ""))


def common_shape(shapes: Sequence[Shape], port: str = "") -> Shape:
    """The shape that all are stretched to. Raises ShapeError."""
    found = shapes[0]
    for shape in shapes[1:]:
        found = _broadcast_two(found, shape, port)
    return found


def _broadcast_two(left: Shape, right: Shape, port: str) -> Shape:
    rank = max(len(left), len(right))
    pairs = list(zip(_filled(left, rank), _filled(right, rank), strict=True))
    shape = tuple(b if a == 1 else a for a, b in pairs)
    if any(a != b and 1 not in (a, b) for a, b in pairs) or N in shape[1:]:
        raise ShapeError(
            f"gets {shape_text(left)} and {shape_text(right)}, which can not be combined.",
            port=port,
            fix="Bring them to the same shape first.",
        )
    return shape


def _filled(shape: Shape, rank: int) -> Shape:
    return (1,) * (rank - len(shape)) + shape


# Side by side


def concatenate(site: Site) -> TensorSpec:
    """torch.cat along `dim`: all other sizes are equal."""
    specs = site.inputs["x"]
    first = specs[0].shape
    if not first:
        raise ShapeError("gets a scalar and needs tensors with sizes.", port="x", fix="Use Stack.")
    axis = axis_in(first, site.number("dim"))
    for spec in specs[1:]:
        if (
            len(spec.shape) != len(first)
            or spec.shape[axis] == N
            or any(a != b for place, (a, b) in enumerate(zip(first, spec.shape, strict=True)) if place != axis)
        ):
            raise ShapeError(
                f"gets {shape_text(first)} and {shape_text(spec.shape)}, which differ in more than size {axis}.",
                port="x",
                fix="Bring the other sizes to the same first.",
            )
    shape = (*first[:axis], sum(spec.shape[axis] for spec in specs), *first[axis + 1 :])
    return relaid(promoted(specs), shape, specs[0].kind)


def stack(site: Site) -> TensorSpec:
    """torch.stack: all of one shape, along a new size `dim`."""
    specs = site.inputs["x"]
    first = specs[0].shape
    axis = axis_in(first, site.number("dim"), new=1)
    for spec in specs[1:]:
        if spec.shape != first:
            raise ShapeError(
                f"gets {shape_text(first)} and {shape_text(spec.shape)}, and needs tensors of one shape.",
                port="x",
                fix="Bring them to the same shape first.",
            )
    return relaid(promoted(specs), (*first[:axis], len(specs), *first[axis:]))


def promoted(specs: tuple[TensorSpec, ...]) -> TensorSpec:
    """The first, of the type that can hold all; class numbers of as many classes as any of them has."""
    dtype = max((spec.dtype for spec in specs), key=_WIDENING.index)
    classes = [spec.classes for spec in specs]
    known = dtype == "int64" and min(classes) > 0
    return TensorSpec(specs[0].shape, dtype, specs[0].kind, max(classes) if known else 0)


_WIDENING: tuple[DType, ...] = ("bool", "int64", "float32")
assert set(_WIDENING) == set(get_args(DType))


# Yes or no


def compare(site: Site) -> TensorSpec:
    """Yes or no for each pair of numbers, whatever the types."""
    return TensorSpec(common_shape([site.one("a").shape, site.one("b").shape], "b"), "bool")


def where(site: Site) -> TensorSpec:
    """torch.where: all three are stretched to one shape."""
    pair = (site.one("x"), site.one("y"))
    shape = common_shape([site.one("condition").shape, *(spec.shape for spec in pair)], "condition")
    return relaid(promoted(pair), shape, next((spec.kind for spec in pair if spec.shape == shape), ""))
