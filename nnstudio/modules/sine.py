"""The activation of networks that represent a signal."""

import torch
from torch import nn


class Sine(nn.Module):
    """sin(w0·x), element by element, for any shape (SIREN, Sitzmann 2020)."""

    def __init__(self, w0: float = 1.0) -> None:
        super().__init__()
        self.w0 = w0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sin(self.w0 * x)
