"""Numbers of any size brought to the size that a network learns well from."""

from collections.abc import Iterable

import torch
from torch import nn


class Standardize(nn.Module):
    """y = (x - mean) / std, with the mean and deviation of the training set, which `fit` finds before training.

    `shape` is that of mean and std: one each for F features, or for C channels of images as (C, 1, 1). Until it is
    fitted y = x. A feature that is the same everywhere becomes 0.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, shape: int | tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("std", torch.ones(shape))

    @torch.no_grad()
    def fit(self, batches: Iterable[torch.Tensor]) -> None:
        """From batches x: their means and squares are merged (Chan, Golub, LeVeque 1979), so that all need not fit."""
        count, size = 0, self.mean.shape
        mean = squares = torch.zeros_like(self.mean, dtype=torch.float64)
        for batch in batches:
            x = batch.double()
            new = x.numel() // self.mean.numel()
            total = count + new
            here = x.sum_to_size(size) / new
            apart = here - mean
            squares = squares + (x - here).square().sum_to_size(size) + apart.square() * (count * new / total)
            mean, count = mean + apart * (new / total), total
        std = (squares / count).sqrt()
        same = std <= mean.abs() * torch.finfo(torch.float32).eps
        self.mean.copy_(mean)
        self.std.copy_(torch.where(same, 1.0, std))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std
