"""Attention that feels how far apart two places are."""

import torch
from torch import nn
from torch.nn import functional as F

from nnstudio.modules.dot_product import ScaledDotProductAttention


def rotate_pairs(x: torch.Tensor, places: torch.Tensor, base: float) -> torch.Tensor:
    """Turns each pair of columns 2i, 2i+1 of x (N×H×L×D) by the angle places·base^(-2i/D); places is L."""
    columns = torch.arange(0, x.shape[-1], 2, device=x.device, dtype=torch.float32)
    angles = places.unsqueeze(1) * base ** (-columns / x.shape[-1])
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


class RotaryMultiheadAttention(nn.Module):
    """nn.MultiheadAttention with rotary positions (RoPE, Su 2021): queries and keys are turned by their places.

    So a score depends on how far apart the two are, not on where they stand. The weights are those of the torch layer.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        causal: bool = False,
        base: float = 10000.0,
    ) -> None:
        super().__init__()
        if embed_dim % (2 * num_heads):
            raise ValueError(
                f"embed_dim is {embed_dim} and num_heads {num_heads}: each head needs an even number of columns, "
                f"so make embed_dim a multiple of {2 * num_heads}."
            )
        self.num_heads = num_heads
        self.base = base
        self.in_proj_weight = nn.Parameter(torch.empty(3 * embed_dim, embed_dim))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * embed_dim)) if bias else None
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias)
        self.attention = ScaledDotProductAttention(causal, dropout)
        nn.init.xavier_uniform_(self.in_proj_weight)
        if bias:
            nn.init.zeros_(self.out_proj.bias)

    def project(self, *inputs: torch.Tensor) -> list[torch.Tensor]:
        """The queries, keys and values of each head, N×H×L×D/H, from N×L×D each."""
        weights = self.in_proj_weight.chunk(3)
        biases = (None, None, None) if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
        projected = [F.linear(x, weight, bias) for x, weight, bias in zip(inputs, weights, biases, strict=True)]
        return [torch.unflatten(y, -1, (self.num_heads, -1)).transpose(1, 2) for y in projected]

    def rotate(self, x: torch.Tensor) -> torch.Tensor:
        """x, N×H×L×D/H, turned by the places 0 to L-1."""
        return rotate_pairs(x, torch.arange(x.shape[2], device=x.device), self.base)

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        key_padding_mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """N×L×D and the weights N×H×L×S. Masks are bool and True where hidden: L×S or N×L×S, and N×S for padding.

        Raises ValueError where there are not as many values as keys: a mask could make one key look like many.
        """
        if key.shape[1] != value.shape[1]:
            raise ValueError(f"There are {key.shape[1]} keys and {value.shape[1]} values.")
        mask = attn_mask if attn_mask is None or attn_mask.dim() != 3 else attn_mask.unsqueeze(1)
        if key_padding_mask is not None:
            padding = key_padding_mask[:, None, None, :]
            mask = padding if mask is None else mask | padding
        q, k, v = self.project(query, key, value)
        y, weights = self.attention(self.rotate(q), self.rotate(k), v, mask)
        return self.out_proj(y.transpose(1, 2).flatten(2)), weights
