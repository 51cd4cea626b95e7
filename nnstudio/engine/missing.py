"""Missing numbers, filled in once it is known which samples are learned."""

from __future__ import annotations

from collections.abc import Iterable

import torch


def fill_with_means(train: dict[str, torch.Tensor], test: dict[str, torch.Tensor], names: Iterable[str]) -> None:
    """NaN in these fields becomes the mean of the training part alone, and 0 where that has no number at all."""
    for name in names:
        means = train[name].double().nanmean(dim=0).nan_to_num(0.0).to(train[name].dtype)
        for part in (train, test):
            part[name] = torch.where(part[name].isnan(), means, part[name])
