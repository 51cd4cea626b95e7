"""Noise against overfitting."""

import torch
from torch import nn


class GaussianNoise(nn.Module):
    """Adds normal noise of standard deviation `std` to x of any shape while training; otherwise y = x."""

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x
