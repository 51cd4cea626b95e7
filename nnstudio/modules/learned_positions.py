"""Where in the sequence: learned."""

import torch
from torch import nn


class LearnedPositions(nn.Module):
    """Adds to x (N×L×D) a learned vector for each place, up to `length` places (Gehring 2017)."""

    def __init__(self, length: int, embed_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length, embed_dim))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[1] > self.weight.shape[0]:
            raise ValueError(f"x has {x.shape[1]} places, but length is {self.weight.shape[0]}: raise length.")
        return x + self.weight[: x.shape[1]]
