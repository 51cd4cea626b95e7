"""What a node of autograd has saved for the way back, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import torch

_LEAD = "_saved_"
_SINGLE_NUMBERS = 4
"""As many numbers of a tensor are told one by one."""


def saved_text(function: Any) -> str:
    """As in "mat1 1×8, mat2 8×2, alpha 1"; empty where nothing is saved."""
    return ", ".join(_entries(function))


def shape_text(shape: tuple[int, ...]) -> str:
    """As "1×8"; empty for a single number."""
    return "×".join(map(str, shape))


def _entries(function: Any) -> Iterator[str]:
    for name in _names(function.__class__):
        try:
            value = getattr(function, _LEAD + name)
        except RuntimeError:  # changed in its place since then; backward itself tells of that
            continue
        words = _words(value)
        if words:
            yield f"{name} {words}"


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Of what such a node saves; sizes and strides are told by the tensors themselves."""
    names = [name.removeprefix(_LEAD) for name in dir(kind) if name.startswith(_LEAD)]
    return tuple(name for name in names if "_sym_" not in name)


def _words(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        few = value.numel() <= _SINGLE_NUMBERS
        numbers = ", ".join(f"{number:.6g}" for number in value.detach().reshape(-1).tolist()) if few else ""
        shape = shape_text(tuple(value.shape))
        return f"{shape} [{numbers}]" if shape and few else shape or f"= {numbers}"
    if isinstance(value, int) and value >= 2**63:  # torch tells a negative number as an unsigned one
        value -= 2**64
    if isinstance(value, (tuple, list)):
        return "×".join(map(str, value)) if all(isinstance(size, int) for size in value) else ""
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)
