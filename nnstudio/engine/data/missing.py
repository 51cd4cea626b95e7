"""Missing numbers, filled in once it is known which samples are learned."""

from __future__ import annotations

from collections.abc import Iterable

import torch

BLOCK = 2**14
"""Samples that are looked at together: a copy of all of them in double numbers was not counted before."""


def fill_with_means(train: dict[str, torch.Tensor], test: dict[str, torch.Tensor], names: Iterable[str]) -> None:
    """NaN in these fields becomes the mean of the training part alone, and 0 where that has no number at all."""
    for name in names:
        means = _means(train[name]).to(train[name].dtype)
        for part in (train, test):
            for block in torch.split(part[name], BLOCK):  # in place: the samples are a loader's, made for this
                torch.where(block.isnan(), means, block, out=block)


def _means(samples: torch.Tensor) -> torch.Tensor:
    """Over the samples, in double numbers."""
    total = torch.zeros(samples.shape[1:], dtype=torch.float64)
    count = torch.zeros(samples.shape[1:], dtype=torch.int64)
    for block in torch.split(samples, BLOCK):
        total += block.double().nansum(dim=0)
        count += block.isnan().logical_not().sum(dim=0)
    return (total / count).nan_to_num(0.0)
