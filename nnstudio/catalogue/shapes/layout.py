"""The same numbers in another shape. Class numbers stay class numbers."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from nnstudio.catalogue.shapes.axes import axis_of, first_axis, needs_sizes
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of, shape_text
from nnstudio.errors import ShapeError


def relaid(spec: TensorSpec, shape: Shape, kind: str = "") -> TensorSpec:
    """The tensor in another shape; the kind follows the shape unless given."""
    if spec.dtype == "int64":
        kind = "label" if shape in ((), (N,)) else "tokens"
    return replace(spec, shape=shape, kind=kind or ("any" if spec.dtype == "bool" else kind_of(shape)))


def _picture(spec: TensorSpec, shape: Shape) -> TensorSpec:
    """Three sizes a sample are taken for an image."""
    return relaid(spec, shape, "image" if shape[:1] == (N,) and len(shape) == 4 else "")


def _without_batch(shape: Shape) -> str:
    return shape_text(shape).replace("N", "?")


# Fewer or more sizes


def flatten(site: Site) -> TensorSpec:
    """nn.Flatten: the sizes from start_dim to end_dim become one."""
    spec, start, end = site.one(), axis_of(site, "start_dim"), axis_of(site, "end_dim")
    if start > end:
        raise ShapeError(
            f"has start_dim {site.number('start_dim')}, which comes after its end_dim {site.number('end_dim')}.",
            port="x",
            fix="Set end_dim to -1, the last.",
            sets={"end_dim": -1},
        )
    shape = (*spec.shape[:start], prod(spec.shape[start : end + 1]), *spec.shape[end + 1 :])
    return relaid(spec, shape, spec.kind if start == end else "")


def reshape(site: Site) -> TensorSpec:
    """Tensor.reshape of each sample; one size may be -1."""
    return _picture(site.one(), (N, *resolved_sizes(site)))


def resolved_sizes(site: Site) -> tuple[int, ...]:
    """The sizes asked for, with -1 worked out. Raises ShapeError where the count does not fit."""
    sizes, have = site.numbers("shape"), prod(site.one().per_sample)
    found = _resolved(sizes, have)
    if found is None:
        raise ShapeError(
            f"gets {have} numbers a sample, which can not be laid out as {_without_batch(sizes)}.",
            port="x",
            fix=f"Choose sizes whose product is {have}, or -1 for one of them.",
            sets={"shape": (*sizes[:-1], -1)},
        )
    return found


def _resolved(sizes: tuple[int, ...], have: int) -> tuple[int, ...] | None:
    known = prod(size for size in sizes if size != -1)
    if have % known or (-1 not in sizes and have != known):
        return None
    return tuple(have // known if size == -1 else size for size in sizes)


def unflatten(site: Site) -> TensorSpec:
    """nn.Unflatten: the size `dim` becomes several, whose product it is."""
    needs_sizes(site)
    spec, axis, sizes = site.one(), axis_of(site), site.numbers("unflattened_size")
    found = _resolved(sizes, spec.shape[axis])
    if found is None:
        raise ShapeError(
            f"gets {spec}, and the {spec.shape[axis]} of dim {site.number('dim')} can not become "
            f"{_without_batch(sizes)}.",
            port="x",
            fix=f"Choose sizes whose product is {spec.shape[axis]}, or -1 for one of them.",
            sets={"unflattened_size": (*sizes[:-1], -1)},
        )
    return _picture(spec, (*spec.shape[:axis], *found, *spec.shape[axis + 1 :]))


def squeeze(site: Site) -> TensorSpec:
    """Tensor.squeeze: sizes of 1 are taken out."""
    spec, gone = site.one(), ones(site) if site.params["dim"] is None else (axis_of(site),)
    if spec.shape and any(spec.shape[axis] != 1 for axis in gone):
        raise ShapeError(
            f"gets {spec}, and its size at dim {site.number('dim')} is not 1.",
            port="x",
            fix="Leave dim empty to take out every size of 1.",
            sets={"dim": None},
        )
    shape = tuple(size for axis, size in enumerate(spec.shape) if axis not in gone)
    return relaid(spec, shape, "" if gone else spec.kind)


def ones(site: Site) -> tuple[int, ...]:
    """The sizes that are 1."""
    return tuple(axis for axis, size in enumerate(site.one().shape) if size == 1)


def unsqueeze(site: Site) -> TensorSpec:
    """Tensor.unsqueeze: a size of 1 is put in at `dim`."""
    shape, axis = site.one().shape, axis_of(site, new=1)
    return _picture(site.one(), (*shape[:axis], 1, *shape[axis:]))


# Another order


def permute(site: Site) -> TensorSpec:
    """Tensor.permute: `dims` is the order of the sizes. Raises ShapeError where one is missing, or named twice."""
    spec, dims, order = site.one(), site.numbers("dims"), order_of(site)
    shape = spec.shape
    usual = tuple(range(first_axis(shape), len(shape)))
    if tuple(sorted(dims)) != usual:
        words = ", ".join(map(str, usual)) or "none"
        raise ShapeError(
            f"has dims {', '.join(map(str, dims))}, and the sizes of {shape_text(shape)} are {words}.",
            port="x",
            fix="Name each of them once, in the order you want." if usual else "Connect a tensor with sizes.",
            sets={"dims": usual[::-1]} if usual else None,
        )
    return relaid(spec, tuple(shape[axis] for axis in order), _turned(spec, order))


def order_of(site: Site) -> tuple[int, ...]:
    """The order with the batch in front."""
    return (*range(first_axis(site.one().shape)), *site.numbers("dims"))


def transpose(site: Site) -> TensorSpec:
    """Tensor.transpose: two sizes change places."""
    spec, first, second = site.one(), axis_of(site, "dim0"), axis_of(site, "dim1")
    order = list(range(len(spec.shape)))
    if order:
        order[first], order[second] = order[second], order[first]
    return relaid(spec, tuple(spec.shape[axis] for axis in order), _turned(spec, tuple(order)))


def _turned(spec: TensorSpec, order: tuple[int, ...]) -> str:
    """An image stays one as long as its channels stay in front."""
    return spec.kind if spec.kind == "image" and order[1] == 1 else ""


# Parts, and more of the same


def narrow(site: Site) -> TensorSpec:
    """Tensor.narrow: `length` places of the size `dim`, from `start` on."""
    needs_sizes(site)
    spec, axis = site.one(), axis_of(site)
    size, start, length = spec.shape[axis], site.number("start"), site.number("length")
    begin = start + size if start < 0 else start
    if not 0 <= begin <= size - length:
        raise ShapeError(
            f"gets {spec}, and dim {site.number('dim')} has no {length} places from {start} on.",
            port="x",
            fix=f"There are {size}, from 0 to {size - 1}.",
            sets={"start": 0, "length": min(length, size)},
        )
    return relaid(spec, (*spec.shape[:axis], length, *spec.shape[axis + 1 :]), spec.kind)


def select(site: Site) -> TensorSpec:
    """Tensor.select: one place of the size `dim`, which goes away."""
    needs_sizes(site)
    spec, axis, index = site.one(), axis_of(site), site.number("index")
    size = spec.shape[axis]
    if not -size <= index < size:
        raise ShapeError(
            f"gets {spec}, and dim {site.number('dim')} has no place {index}.",
            port="x",
            fix=f"There are {size}, from 0 to {size - 1}; -1 is the last.",
            sets={"index": -1},
        )
    return relaid(spec, (*spec.shape[:axis], *spec.shape[axis + 1 :]))


def repeat(site: Site) -> TensorSpec:
    """Tensor.repeat of each sample: the whole, several times along each size."""
    spec, times = site.one(), site.numbers("repeats")
    sizes = spec.per_sample
    if len(times) != len(sizes):
        raise ShapeError(
            f"has {len(times)} repeats, and gets {spec} with {len(sizes)} sizes after the batch.",
            port="x",
            fix="Give one number for each of them; 1 leaves a size as it is." if sizes else "Insert Unsqueeze first.",
            sets={"repeats": (*(1,) * (len(sizes) - 1), 2)} if sizes else None,
            insert="" if sizes else "Unsqueeze",
        )
    return relaid(spec, (N, *(size * count for size, count in zip(sizes, times, strict=True))), spec.kind)
