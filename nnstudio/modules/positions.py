"""Where in the sequence: told in waves."""

import math

import torch
from torch import nn


class SinusoidalPositions(nn.Module):
    """Adds to x (N×L×D) the waves of each place p: sin(p·r), cos(p·r) with r = 10000^(-2i/D) in the columns 2i, 2i+1.

    Vaswani 2017. Nothing is learned, and L may be any length.
    """

    def __init__(self, embed_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embed_dim = embed_dim
        self.dropout = nn.Dropout(dropout)

    def waves(self, length: int, device: torch.device) -> torch.Tensor:
        """L×D, in float32."""
        places = torch.arange(length, device=device, dtype=torch.float32)
        columns = torch.arange(0, self.embed_dim, 2, device=device, dtype=torch.float32)
        rates = torch.exp(columns * (-math.log(10000.0) / self.embed_dim))
        angles = places.unsqueeze(1) * rates
        # Sine and cosine side by side; of an odd number of columns the last cosine is left out.
        return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, : self.embed_dim]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.dropout(x + self.waves(x.shape[1], x.device).to(x.dtype))
        return y
