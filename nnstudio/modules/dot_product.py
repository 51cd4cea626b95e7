"""Attention by likeness: the heart of the transformer."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class ScaledDotProductAttention(nn.Module):
    """softmax(Q·Kᵀ/√D)·V for query N×...×L×D, key N×...×S×D and value N×...×S×E (Vaswani 2017).

    Gives y, N×...×L×E, and the weights before dropout, N×...×L×S.
    """

    def __init__(self, causal: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.causal = causal
        self.dropout = dropout

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The mask is bool, L×S or N×...×L×S, and True where the query may not see the key."""
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        # The least number rather than -inf: a query that may see nothing gets even weights instead of NaN.
        least = torch.finfo(scores.dtype).min
        if self.causal:
            places = torch.arange(query.shape[-2], device=query.device).unsqueeze(1)
            scores = scores.masked_fill(torch.arange(key.shape[-2], device=key.device) > places, least)
        if mask is not None:
            while 2 < mask.dim() < scores.dim():  # one mask for all the heads of a sample
                mask = mask.unsqueeze(1)
            scores = scores.masked_fill(mask, least)
        weights = scores.softmax(dim=-1)
        return F.dropout(weights, self.dropout, self.training) @ value, weights
