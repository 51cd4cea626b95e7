"""Which size a parameter such as `dim` means."""

from __future__ import annotations

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, shape_text
from nnstudio.errors import ShapeError


def first_axis(shape: Shape) -> int:
    """The first size that may be worked on: the batch is left alone; without one, sizes count from 0."""
    return 1 if shape[:1] == (N,) else 0


def axis_of(site: Site, name: str = "dim", port: str = "x", *, new: int = 0) -> int:
    """The size that the parameter means, from 0. Raises ShapeError for the batch, and for one that is not there.

    A scalar counts as having one size, as in PyTorch. `new`: so many sizes more may be meant, as where one is put in.
    """
    return axis_in(site.one(port).shape, site.number(name), name, port, new=new)


def axis_in(shape: Shape, axis: int, name: str = "dim", port: str = "x", *, new: int = 0) -> int:
    """The same for a shape and a number. Raises ShapeError."""
    first, count = first_axis(shape), (len(shape) or 1 - new) + new
    found = axis + count if axis < 0 else axis
    if first <= found < count:
        return found
    if first == count:
        raise ShapeError(
            f"has {name} {axis}, which is not among its sizes after the batch, for there are none.",
            port=port,
            fix="Connect a tensor with more than one number for each sample.",
        )
    where = f"the {count - 1} after the batch" if first else f"the {count} of {shape_text(shape)}, counted from 0"
    raise ShapeError(
        f"has {name} {axis}, which is not among {where}.",
        port=port,
        fix=f"Set {name} to -1, the last.",
        sets={name: -1},
    )


def needs_sizes(site: Site, port: str = "x") -> None:
    """Raises ShapeError for a scalar without batch."""
    if not site.one(port).shape:
        raise ShapeError("gets a scalar and needs a tensor with sizes.", port=port, fix="Connect a larger tensor.")
