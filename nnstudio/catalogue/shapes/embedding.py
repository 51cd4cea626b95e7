"""Tokens become vectors, and vectors learn where they stand."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of
from nnstudio.errors import ShapeError
from nnstudio.params import Value


def vocabulary(site: Site, port: str = "x", name: str = "num_embeddings") -> int:
    """How many different tokens there are: the number asked for, or that of the data; 0 where neither is known."""
    return site.number(name) or site.one(port).classes


def checked_vocabulary(site: Site, port: str = "x", name: str = "num_embeddings") -> int:
    """How many different tokens there are. Raises ShapeError where it is not known, or where there are more."""
    size, classes = vocabulary(site, port, name), site.one(port).classes
    if not size:
        raise ShapeError(
            "gets tokens of which nothing says how many different ones there are.",
            port=port,
            fix=f"Set {name} to that number: the largest token, plus 1.",
        )
    if size < classes:
        raise ShapeError(
            f"has {name} {size}, and {classes} different tokens come in.",
            port=port,
            fix=f"Set {name} to 0, which means as many as there are.",
            sets={name: 0},
        )
    return size


def embedding(site: Site) -> dict[str, TensorSpec]:
    """nn.Embedding: a vector for each token, and the table of them all."""
    size = _checked_table(site)
    width = site.number("embedding_dim")
    shape = (*site.one().shape, width)
    return {"y": TensorSpec(shape, kind=kind_of(shape)), "weight": TensorSpec((size, width))}


def embedding_bag(site: Site) -> TensorSpec:
    """nn.EmbeddingBag: one vector for all tokens of a sample."""
    _checked_table(site)
    return TensorSpec((N, site.number("embedding_dim")), kind="vector")


def embedding_weights(site: Site) -> dict[str, Shape]:
    """nn.Embedding and nn.EmbeddingBag: a row for each token."""
    return {"weight": (vocabulary(site), site.number("embedding_dim"))}


def _checked_table(site: Site) -> int:
    size, padding = checked_vocabulary(site), site.params["padding_idx"]
    if isinstance(padding, int) and padding >= size:
        raise ShapeError(
            f"has padding_idx {padding}, and its {size} tokens count from 0 to {size - 1}.",
            fix=f"Set padding_idx to the token that fills up, {size - 1} at most, or leave it empty.",
            sets={"padding_idx": None},
        )
    return size


def tied_projection(site: Site) -> TensorSpec:
    """F.linear with the table of an embedding: a score for each token."""
    x, weight = site.one("x"), site.one("weight")
    tokens, width = weight.shape
    if x.shape[-1] != width:
        raise ShapeError(
            f"gets vectors of {x.shape[-1]} numbers, and the table has {width} for each token.",
            port="x",
            fix=f"Bring them to {width} numbers: a Linear with out_features {width} before it.",
            upstream={"out_features": width},
        )
    return x.with_shape((*x.shape[:-1], tokens), x.kind)


def tied_projection_flops(site: Site) -> int:
    """A multiply and an add for each number of the table, at every position."""
    return 2 * prod(site.one("x").per_sample[:-1]) * prod(site.one("weight").shape)


def one_hot(site: Site) -> TensorSpec:
    """F.one_hot: a 1 at the token's place."""
    shape = (*site.one().shape, checked_vocabulary(site, name="num_classes"))
    return TensorSpec(shape, kind=kind_of(shape))


def positions(site: Site) -> TensorSpec:
    """Added to what comes in."""
    return site.one().with_shape(site.one().shape, "sequence")


def length_of(site: Site) -> Value:
    """How many places have a vector: as many as come in, unless more are asked for."""
    return site.params["length"] or site.dims["x.L"]


def learned_positions(site: Site) -> TensorSpec:
    """A vector for each place, as many as come in or more."""
    given, length = site.params["length"], site.dims["x.L"]
    if isinstance(given, int) and given < length:
        raise ShapeError(
            f"has a vector for {given} places, and {length} come in.",
            port="x",
            fix=f"Set length to {length} or more, or leave it empty.",
            sets={"length": None},
        )
    return positions(site)


def learned_positions_weights(site: Site) -> dict[str, Shape]:
    """A row for each place."""
    return {"weight": (site.number("length") if site.params["length"] else site.dims["x.L"], site.dims["x.D"])}
