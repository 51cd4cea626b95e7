"""A place in the sequence for what is said of the whole of it."""

import torch
from torch import nn


class ClassToken(nn.Module):
    """N×L×D to N×(L+1)×D: puts a learned token before the first (BERT, Devlin 2019)."""

    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(1, 1, embed_dim))
        nn.init.trunc_normal_(self.token, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
