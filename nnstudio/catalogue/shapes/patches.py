"""An image as a sequence of patches, and a token that stands before a sequence."""

from __future__ import annotations

from math import gcd, prod

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError


def patches(site: Site) -> TensorSpec:
    """N×C×H×W to N×P×D, a vector for each patch. Raises ShapeError where the patches do not fill the image."""
    sizes, patch = site.one().shape[2:], site.axes("patch_size")
    if any(size % side for size, side in zip(sizes, patch, strict=True)):
        near = _that_fill(sizes, patch)
        raise ShapeError(
            f"gets images {shape_text(sizes)}, which patches of {shape_text(patch)} do not fill.",
            port="x",
            fix=f"Set patch_size to {shape_text(near)}, or bring the image to a multiple of {shape_text(patch)}.",
            sets={"patch_size": near},
        )
    count = prod(size // side for size, side in zip(sizes, patch, strict=True))
    return TensorSpec((N, count, site.number("embed_dim")), kind="sequence")


def _that_fill(sizes: Shape, patch: Shape) -> Shape:
    """The largest patches that divide both the image and those asked for; square ones stay square."""
    near = tuple(map(gcd, sizes, patch))
    return (gcd(*near),) * len(near) if len(set(patch)) == 1 else near


def patches_weights(site: Site) -> dict[str, Shape]:
    """A matrix from the numbers of a patch to its vector."""
    out = site.number("embed_dim")
    weight = (out, site.dims["x.C"], *site.axes("patch_size"))
    return {"projection.weight": weight, "projection.bias": (out,)}


def patches_flops(site: Site) -> int:
    """A multiply and an add for each weight, at every patch."""
    return 2 * prod(patches_weights(site)["projection.weight"]) * patches(site).shape[1]


def class_token(site: Site) -> TensorSpec:
    """N×L×D to N×(L+1)×D."""
    _, length, size = site.one().shape
    return TensorSpec((N, length + 1, size), kind="sequence")


def class_token_weights(site: Site) -> dict[str, Shape]:
    """One vector."""
    return {"token": (1, 1, site.dims["x.D"])}
