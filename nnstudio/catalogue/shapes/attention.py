"""Attention: every place of one sequence weighs all places of another."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.shapes.merge import broadcast_all
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of, shape_text
from nnstudio.errors import ShapeError

# Checks that others share


def check_heads(site: Site, size: int, name: str, port: str, *, even: bool = False) -> None:
    """Raise ShapeError unless the heads, the parameter `name`, share the size out; `even`, in even parts."""
    heads, part = site.number(name), 2 if even else 1
    if size % (heads * part) == 0:
        return
    good = [number for number in range(1, size + 1) if size % (number * part) == 0]
    words = f"gets vectors of {size} numbers, which {heads} heads can not share out"
    if not good:
        raise ShapeError(
            f"{words} in pairs.", port=port, fix=f"Bring them to {size + 1} numbers, or switch rotary off."
        )
    near = [number for number in good if number <= heads] or good
    raise ShapeError(
        f"{words}{' in pairs' if even else ''} evenly.",
        port=port,
        fix=f"Set {name} to {_listed(good)}.",
        sets={name: near[-1]},
    )


def _listed(numbers: list[int]) -> str:
    """`1, 2, 5 or 10`; the first ones where there are many."""
    shown, more = numbers[:8], ", and so on" if len(numbers) > 8 else ""
    if more or len(shown) == 1:
        return ", ".join(map(str, shown)) + more
    return f"{', '.join(map(str, shown[:-1]))} or {shown[-1]}"


def check_mask(site: Site, port: str, needed: Shape) -> None:
    """Raise ShapeError where a mask is connected that has another shape."""
    mask = site.maybe(port)
    if mask is not None and mask.shape != needed:
        raise ShapeError(
            f"gets a mask {shape_text(mask.shape)} and needs {shape_text(needed)}.",
            port=port,
            fix="Make the mask from the sequence that it is for.",
        )


def check_same_size(name: str, size: int, other: str, other_size: int) -> None:
    """Raise ShapeError unless the vectors at both ports have one length."""
    if size != other_size:
        raise ShapeError(
            f"gets vectors of {other_size} numbers at '{other}', and of {size} at '{name}'.",
            port=other,
            fix=f"Bring them to one size: a Linear with out_features {size} before '{other}'.",
            upstream={"out_features": size},
        )


def _check_causal(site: Site, queries: int, keys: int, mask: str) -> None:
    if not site.params["causal"]:
        return
    if queries != keys:
        raise ShapeError(
            f"is causal, and {queries} places look at {keys}: which of them come later is not known.",
            fix="Set causal to no; it is for a sequence that looks at itself.",
            sets={"causal": False},
        )
    if site.maybe(mask) is not None:
        raise ShapeError(
            "is causal and gets a mask as well.",
            port=mask,
            fix="Set causal to no, or remove the wire to the mask.",
            sets={"causal": False},
        )


# nn.MultiheadAttention


def sources(site: Site) -> tuple[str, str]:
    """The ports that keys and values come from: the key is the query, and the value the key, unless connected."""
    key = "key" if site.maybe("key") else "query"
    return key, "value" if site.maybe("value") else key


def multihead(site: Site) -> dict[str, TensorSpec]:
    """nn.MultiheadAttention: as many vectors as there are queries, and the weights of each head N×H×L×S."""
    query, (key, value) = site.one("query"), map(site.one, sources(site))
    _, length, size = query.shape
    places = key.shape[1]
    check_heads(site, size, "num_heads", "query", even=bool(site.params["rotary"]))
    if value.shape[1] != places:
        raise ShapeError(
            f"gets {value.shape[1]} values for {places} keys.", port="value", fix="Each key needs a value of its own."
        )
    if site.params["rotary"]:
        check_same_size("query", size, "key", key.shape[2])
        check_same_size("query", size, "value", value.shape[2])
    check_mask(site, "attn_mask", (length, places))
    check_mask(site, "key_padding_mask", (N, places))
    _check_causal(site, length, places, "attn_mask")
    weights = TensorSpec((N, site.number("num_heads"), length, places))
    return {"y": query.with_shape(query.shape, "sequence"), "weights": weights}


def _sizes(site: Site) -> tuple[int, int, int]:
    """The length of the vectors at query, key and value."""
    key, value = sources(site)
    return site.one("query").shape[2], site.one(key).shape[2], site.one(value).shape[2]


def other_sizes(site: Site) -> dict[str, int]:
    """What PyTorch calls kdim and vdim, where keys or values are of another length than the queries."""
    size, key, value = _sizes(site)
    return {name: other for name, other in (("kdim", key), ("vdim", value)) if other != size}


def multihead_weights(site: Site) -> dict[str, Shape]:
    """nn.MultiheadAttention: the projections into the heads, in one matrix where all sizes are equal, and out again."""
    return projection_weights(*_sizes(site), bias=bool(site.params["bias"]))


def projection_weights(size: int, key: int, value: int, *, bias: bool, prefix: str = "") -> dict[str, Shape]:
    """The weights of an attention over vectors of these lengths."""
    weights: dict[str, Shape] = {"in_proj_weight": (3 * size, size)}
    if (key, value) != (size, size):
        weights = {"q_proj_weight": (size, size), "k_proj_weight": (size, key), "v_proj_weight": (size, value)}
    weights["out_proj.weight"] = (size, size)
    if bias:
        weights |= {"in_proj_bias": (3 * size,), "out_proj.bias": (size,)}
    return {prefix + name: shape for name, shape in weights.items()}


def multihead_flops(site: Site) -> int:
    """Projections, scores and weighted sums."""
    size, key, value = _sizes(site)
    return attention_flops(site.one("query").shape[1], site.one(sources(site)[0]).shape[1], size, key, value)


def attention_flops(length: int, places: int, size: int, key: int, value: int) -> int:
    """An attention of `length` queries over so many places: in and out of the heads, scores, and weighted sums."""
    projections = 2 * size * (2 * length * size + places * (key + value))
    return projections + 4 * length * places * size


# Scaled dot product


def dot_product(site: Site) -> dict[str, TensorSpec]:
    """softmax(Q·Kᵀ/√D)·V: a vector for each query, and the weights."""
    query, key, value = (site.one(port) for port in ("query", "key", "value"))
    check_same_size("query", query.shape[-1], "key", key.shape[-1])
    if value.shape[:-1] != key.shape[:-1]:
        raise ShapeError(
            f"gets values {shape_text(value.shape)} for keys {shape_text(key.shape)}.",
            port="value",
            fix="Each key needs a value of its own: all sizes but the last must be equal.",
        )
    length, places = query.shape[-2], key.shape[-2]
    scores = (*_together(site, query.shape[:-2], "key", key.shape[:-2]), length, places)
    mask = site.maybe("mask")
    if mask is not None and _together(site, scores, "mask", _spread(mask.shape, len(scores))) != scores:
        raise ShapeError(
            f"gets a mask {shape_text(mask.shape)} and needs {shape_text(scores)}, or less of it from the right.",
            port="mask",
            fix="Make the mask from the sequence that it is for.",
        )
    _check_causal(site, length, places, "mask")
    shape = (*scores[:-1], value.shape[-1])
    return {"y": TensorSpec(shape, kind=kind_of(shape)), "weights": TensorSpec(scores)}


def _together(site: Site, first: Shape, port: str, second: Shape) -> Shape:
    """Both stretched to fit each other, the batch in front if there is one. Raises ShapeError for what `port` gets."""
    try:
        shape = broadcast_all((TensorSpec(first), TensorSpec(second)), port).shape
    except ShapeError:
        shape = (1, N)
    if N in shape[1:]:
        came, query = (shape_text(site.one(name).shape) for name in (port, "query"))
        words = f"gets {came}, which does not go with a query {query}."
        raise ShapeError(words, port=port, fix="Bring the sizes in front to the same first.")
    return shape


def _spread(mask: Shape, rank: int) -> Shape:
    """One mask for all heads of a sample: with 1 in their place."""
    return (mask[0], *(1,) * (rank - len(mask)), *mask[1:]) if 2 < len(mask) < rank else mask


def dot_product_flops(site: Site) -> int:
    """Scores and weighted sums."""
    query, key, value = (site.one(port) for port in ("query", "key", "value"))
    leading = _together(site, query.shape[:-2], "key", key.shape[:-2])
    pairs = prod(size for size in leading if size != N) * query.shape[-2] * key.shape[-2]
    return 2 * pairs * (query.shape[-1] + value.shape[-1])


# Masks


def causal_mask(site: Site) -> TensorSpec:
    """L×L, for N×L×…"""
    length = site.dims["x.L"]
    return TensorSpec((length, length), "bool")


def padding_mask(site: Site) -> TensorSpec:
    """As the tokens."""
    return TensorSpec(site.one().shape, "bool")
