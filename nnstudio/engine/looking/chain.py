"""The chain rule among single numbers: which part of a gradient comes by which of the values computed from it.

For `c = a * b` the part of ∂L/∂a that comes by c is ∂c/∂a · ∂L/∂c. The slopes are those of autograd itself: its own
functions are asked, from one variable down to those it was computed from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch

from nnstudio.protocol.messages import Term

Edge: TypeAlias = tuple[Any, int]
"""A function of autograd, and which of its outputs."""
MOST_VALUES = 400
"""In larger computations nobody reads single numbers."""
MOST_CALLS = 64
"""Of autograd's functions between a variable and those it was computed from; what is longer is left out."""


def terms(values: Sequence[tuple[str, torch.Tensor]], gradients: Mapping[str, float]) -> dict[str, tuple[Term, ...]]:
    """The terms of each gradient. `values` are all variables in the order they were computed, the loss last.

    Nothing is said of a gradient that the terms do not add up to.
    """
    found: dict[str, list[Term]] = {}
    if len(values) > MOST_VALUES:
        return {}
    known: dict[Edge, str] = {}
    for name, value in values:
        if not value.requires_grad or value.numel() != 1:
            continue
        edge = _edge(value)
        for source, slope in _slopes(edge, value, known).items():
            found.setdefault(source, []).append(Term(name, slope))
        known[edge] = name
    return {name: tuple(parts) for name, parts in found.items() if _adds_up(name, parts, gradients)}


def _adds_up(name: str, parts: list[Term], gradients: Mapping[str, float]) -> bool:
    if name not in gradients or any(part.by not in gradients for part in parts):
        return False
    total = sum(part.local * gradients[part.by] for part in parts)
    return math.isclose(total, gradients[name], rel_tol=1e-4, abs_tol=1e-6)


def _edge(value: torch.Tensor) -> Edge:
    edge = torch.autograd.graph.get_gradient_edge(value)
    return edge.node, edge.output_nr


def _slopes(edge: Edge, value: torch.Tensor, known: Mapping[Edge, str]) -> dict[str, float]:
    """Of a variable by those it was computed from; nothing where the way there is too long."""
    if edge in known:  # the same value under another name
        return {known[edge]: 1.0}
    slopes: dict[str, float] = {}
    open_ends = [(edge, torch.ones_like(value))]
    for _ in range(MOST_CALLS):
        if not open_ends:
            return slopes
        (function, _), gradient = open_ends.pop()
        for end, part in _one_back(function, gradient):
            if end in known:
                slopes[known[end]] = slopes.get(known[end], 0.0) + part.item()
            else:
                open_ends.append((end, part))
    return {}


def _one_back(function: Any, gradient: torch.Tensor) -> list[tuple[Edge, torch.Tensor]]:
    """What a function hands on; one that only takes a gradient in, or has several outputs, hands nothing on."""
    ends = function.next_functions
    if not ends or any(number for _, number in ends):
        return []
    with torch.no_grad():
        parts = function(gradient)
    parts = parts if isinstance(parts, tuple) else (parts,)
    return [(end, part) for end, part in zip(ends, parts, strict=False) if end[0] is not None and part is not None]
