"""Attention by a small network."""

import torch
from torch import nn


class BahdanauAttention(nn.Module):
    """Additive attention, score = v·tanh(W·query + U·memory) (Bahdanau 2015)."""

    def __init__(self, query_size: int, memory_size: int, hidden_size: int) -> None:
        super().__init__()
        self.query_projection = nn.Linear(query_size, hidden_size, bias=False)
        self.memory_projection = nn.Linear(memory_size, hidden_size, bias=False)
        self.energy = nn.Linear(hidden_size, 1, bias=False)

    def forward(
        self, query: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Query N×T×Q and memory N×S×M to the context N×T×M and the weights N×T×S; mask N×S bool, True where hidden."""
        pairs = self.query_projection(query).unsqueeze(2) + self.memory_projection(memory).unsqueeze(1)
        scores = self.energy(torch.tanh(pairs)).squeeze(-1)
        if mask is not None:
            # The least number rather than -inf: where all is hidden, even weights instead of NaN.
            scores = scores.masked_fill(mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1)
        return weights @ memory, weights
