"""Attention by a product."""

import torch
from torch import nn


class LuongAttention(nn.Module):
    """Multiplicative attention (Luong 2015). The score is one of three.

    dot: query·memory; general: query·W·memory; concat: v·tanh(W·[query; memory]), as wide inside as the query.
    """

    def __init__(self, query_size: int, memory_size: int, score: str = "general") -> None:
        super().__init__()
        if score not in ("dot", "general", "concat"):
            raise ValueError(f'score is "{score}": choose dot, general or concat.')
        if score == "dot" and query_size != memory_size:
            raise ValueError(
                f'The score "dot" needs query and memory of one size, but they have {query_size} and {memory_size}: '
                "choose general or concat."
            )
        self.score = score
        if score == "general":
            self.projection = nn.Linear(query_size, memory_size, bias=False)
        elif score == "concat":
            self.projection = nn.Linear(query_size + memory_size, query_size, bias=False)
            self.energy = nn.Linear(query_size, 1, bias=False)

    def scores(self, query: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        """N×T×S: how well each query fits each place of the memory."""
        if self.score == "concat":
            queries = query.unsqueeze(2).expand(-1, -1, memory.shape[1], -1)
            memories = memory.unsqueeze(1).expand(-1, query.shape[1], -1, -1)
            pairs: torch.Tensor = self.energy(torch.tanh(self.projection(torch.cat([queries, memories], dim=-1))))
            return pairs.squeeze(-1)
        wanted: torch.Tensor = self.projection(query) if self.score == "general" else query
        return wanted @ memory.transpose(1, 2)

    def forward(
        self, query: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Query N×T×Q and memory N×S×M to the context N×T×M and the weights N×T×S; mask N×S bool, True where hidden."""
        scores = self.scores(query, memory)
        if mask is not None:
            # The least number rather than -inf: where all is hidden, even weights instead of NaN.
            scores = scores.masked_fill(mask.unsqueeze(1), torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1)
        return weights @ memory, weights
