"""Matrices, and fixed features."""

from __future__ import annotations

from math import comb, prod

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import Shape
from nnstudio.errors import ShapeError

_MOST_FEATURES = 1_000_000


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


def bilinear(site: Site) -> Shape:
    """nn.Bilinear: the last sizes may differ, all others are the same."""
    first, second = site.one("x1"), site.one("x2")
    if first.shape[:-1] != second.shape[:-1]:
        raise ShapeError(
            f"gets {second} beside {first}, and only the last sizes may differ.",
            port="x2",
            fix="Bring the other sizes to the same first.",
        )
    return (*first.shape[:-1], site.number("out_features"))


def bilinear_weights(site: Site) -> dict[str, Shape]:
    """nn.Bilinear: a matrix for each output."""
    out = site.number("out_features")
    return {"weight": (out, site.dims["x1.A"], site.dims["x2.B"])} | ({"bias": (out,)} if site.params["bias"] else {})


def polynomial(site: Site) -> Shape:
    """All monomials of degree 1 to `degree`; their powers alone without interactions."""
    features, degree = site.dims["x.F"], site.number("degree")
    count = comb(features + degree, degree) - 1 if site.params["interactions"] else features * degree
    if count > _MOST_FEATURES:
        raise ShapeError(
            f"gets {features} features, which have {count:,} powers and products.",
            port="x",
            fix="Set interactions to false.",
            sets={"interactions": False},
        )
    return (*site.one().shape[:-1], count)


def sines(site: Site) -> Shape:
    """The features, their sines, and perhaps their cosines."""
    return (*site.one().shape[:-1], site.dims["x.F"] * (3 if site.params["cosine"] else 2))
