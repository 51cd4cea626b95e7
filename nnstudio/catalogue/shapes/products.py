"""Products of vectors and matrices."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.shapes.axes import axis_in
from nnstudio.catalogue.shapes.merge import common_shape
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError


def matmul(site: Site) -> Shape:
    """torch.matmul: …×L×D by …×D×E gives …×L×E, stretched in front.

    A lone vector is a row before a matrix, and a column behind. Before many matrices it is refused: what PyTorch does
    then, and how much work it counts, depends on which of the two has a gradient.
    """
    a, b = site.one("a").shape, site.one("b").shape
    rows, inner = a[-2:-1], a[-1:]
    wanted, columns = (b[-2:-1], b[-1:]) if len(b) > 1 else (b, ())
    if not a or not b or inner != wanted or inner == (N,) or N in columns:
        raise _not_a_product(a, b)
    if not rows and len(b) > 2:
        raise ShapeError(
            f"gets a lone vector {shape_text(a)} and many matrices {shape_text(b)}.",
            port="a",
            fix="Insert Unsqueeze with dim 0, which makes a row of it.",
        )
    front = common_shape([a[:-2], b[:-2]], "b")
    shape = (*front, *rows, *columns)
    if N in shape[1:]:
        raise _not_a_product(a, b)
    return shape


def _not_a_product(a: Shape, b: Shape) -> ShapeError:
    return ShapeError(
        f"gets {shape_text(a)} and {shape_text(b)}, and the last size of 'a' must be the last but one of 'b'.",
        port="b",
        fix="Insert Transpose where rows and columns have to change places.",
    )


def matmul_flops(site: Site) -> int:
    """A multiply and an add for each pair. PyTorch counts no product with a lone vector behind."""
    a, b = site.one("a").shape, site.one("b").shape
    if len(b) < 2:
        return 0
    return 2 * a[-1] * prod(size for size in matmul(site) if size != N)


def dot(site: Site) -> Shape:
    """torch.linalg.vecdot: the last sizes are multiplied and summed."""
    shape = _common(site, "a", "b")
    if shape == (N,):
        raise ShapeError(
            "gets one number a sample, and needs vectors.", port="b", fix="Use Multiply for single numbers."
        )
    return shape[:-1]


def cosine(site: Site) -> Shape:
    """nn.CosineSimilarity: the size `dim` goes away."""
    shape = _common(site, "x1", "x2")
    axis = axis_in(shape, site.number("dim"), port="x2")
    return (*shape[:axis], *shape[axis + 1 :])


def _common(site: Site, first: str, second: str) -> Shape:
    return common_shape([site.one(first).shape, site.one(second).shape], second)


def clamp(site: Site) -> TensorSpec:
    """torch.clamp: at least one bound, and the lowest not above the highest."""
    low, high = site.params["min"], site.params["max"]
    if low is None and high is None:
        raise ShapeError("has neither min nor max.", fix="Set one of them.", sets={"min": 0.0})
    if isinstance(low, float) and isinstance(high, float) and low > high:
        raise ShapeError(
            f"has min {low:g}, which is above its max {high:g}.", fix="Set max to a larger number.", sets={"max": low}
        )
    return site.one().with_shape(site.one().shape, site.one().kind)
