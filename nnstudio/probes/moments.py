"""Norm, mean and deviation of many tensors at once: small ones are fetched from the device and added up together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SMALL = 1 << 15
"""Numbers of a tensor that may be fetched; larger ones are added up where they are."""


def moments(tensors: Sequence[torch.Tensor]) -> Floats:
    """A row a tensor: how many numbers, their mean, and the mean of their squares. What is no number is NaN."""
    found = np.empty((len(tensors), 3))
    found[:, 0] = [each.numel() for each in tensors]
    small = [place for place, each in enumerate(tensors) if each.numel() <= _SMALL]
    large = [place for place, each in enumerate(tensors) if each.numel() > _SMALL]
    if small:
        found[small, 1:] = _added([tensors[place] for place in small])
    if large:
        found[large, 1:] = _by_torch([tensors[place] for place in large])
    return found


def together(parts: Floats, sizes: Sequence[int]) -> Floats:
    """Norm, mean and deviation of the first `sizes[0]` tensors taken together, of the next `sizes[1]`, and so on.

    NaN where there are none, infinite where a number of them is not finite.
    """
    found, counts = np.full((len(sizes), 3), np.nan), np.array(sizes, int)
    some = counts > 0
    if not some.any():
        return found
    count, mean, square = parts.T
    starts = (np.cumsum(counts) - counts)[some]
    with np.errstate(invalid="ignore", over="ignore"):
        total, sums, squares = (np.add.reduceat(each, starts) for each in (count, count * mean, count * square))
        middle = sums / total
        deviation = np.sqrt(np.maximum(squares / total - middle**2, 0.0))
    figures = np.stack([np.sqrt(squares), middle, deviation], axis=1)
    figures[~np.isfinite(figures).all(axis=1)] = np.inf
    found[some] = figures
    return found


def _added(tensors: Sequence[torch.Tensor]) -> Floats:
    flat = torch.cat([each.detach().reshape(-1).float() for each in tensors]).cpu().numpy().astype(np.float64)
    sizes = np.array([each.numel() for each in tensors])
    starts = np.cumsum(sizes) - sizes
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.stack([np.add.reduceat(flat, starts), np.add.reduceat(flat * flat, starts)], axis=1)
        return np.asarray(sums / sizes[:, None])


def _by_torch(tensors: Sequence[torch.Tensor]) -> Floats:
    pairs = [torch.stack(torch.var_mean(each.detach().float(), correction=0)) for each in tensors]
    variance, mean = np.array(torch.stack(pairs).tolist()).T
    return np.stack([mean, variance + mean**2], axis=1)
