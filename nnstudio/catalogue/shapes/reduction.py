"""Many numbers become one, along a size or over all of a sample."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.code import Fixed
from nnstudio.catalogue.shapes.axes import axis_of, first_axis
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import Shape, TensorSpec, kind_of
from nnstudio.errors import ShapeError
from nnstudio.params import Value


def reduced_axes(site: Site) -> tuple[int, ...]:
    """The sizes that go away: `dim`, or all after the batch."""
    if site.params["dim"] is not None:
        return (axis_of(site),)
    shape = site.one().shape
    return tuple(range(first_axis(shape), len(shape)))


def reduce(site: Site) -> Shape:
    """torch.sum and its like. Raises ShapeError where nothing but the batch is left to go over."""
    shape, axes = site.one().shape, reduced_axes(site)
    if shape and not axes:
        raise ShapeError(
            f"gets {site.one()}, one number a sample, and there is nothing to go over.",
            port="x",
            fix="Connect a tensor with more than one number for each sample.",
        )
    if site.params["keepdim"]:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def variance(site: Site) -> Shape:
    """torch.var: there are more numbers than are subtracted from their count."""
    shape = reduce(site)
    count = prod(site.one().shape[axis] for axis in reduced_axes(site) if site.one().shape)
    if count <= site.number("correction"):
        raise ShapeError(
            f"has correction {site.number('correction')}, and goes over {count} numbers.",
            port="x",
            fix="Set correction to 0, or go over more numbers.",
            sets={"correction": 0},
        )
    return shape


def arguments(site: Site) -> Fixed:
    """The keyword arguments of torch.sum and its like."""
    keep, correction = bool(site.params["keepdim"]), site.params.get("correction", 1)
    dim = _written(site)
    return (
        *(() if dim is None else (("dim", dim),)),
        *((("correction", correction),) if correction != 1 else ()),
        *((("keepdim", True),) if keep else ()),
    )


def _written(site: Site) -> Value:
    """`dim` as it stands in the source; None where there is no batch and all of a tensor is meant."""
    if site.params["dim"] is not None:
        return site.params["dim"]
    axes = reduced_axes(site)
    if not first_axis(site.one().shape) and not site.params["keepdim"]:
        return None
    return axes[0] if len(axes) == 1 else axes


def argmax(site: Site) -> TensorSpec:
    """torch.argmax: the place of the largest, a class number."""
    spec, axis = site.one(), axis_of(site)
    if not spec.shape:
        return TensorSpec((), "int64", "label", 1)
    shape = (*spec.shape[:axis], *spec.shape[axis + 1 :])
    return TensorSpec(shape, "int64", "label" if kind_of(shape) == "scalar" else "tokens", spec.shape[axis])
