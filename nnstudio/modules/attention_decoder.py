"""A sequence written token by token, looking back at another."""

import torch
from torch import nn
from torch.nn import functional as F

from nnstudio.modules.bahdanau import BahdanauAttention
from nnstudio.modules.luong import LuongAttention


class AttentionDecoder(nn.Module):
    """Predicts each token from those before it, attending to a memory: "bahdanau" with the state before a step, to feed
    the cell (Bahdanau 2015); "dot", "general" and "concat" with the state after it (Luong 2015). While training, a step
    is given the true token before it with probability `teacher_forcing`, else its own best guess; in evaluation always
    the true one. The token `start` stands before the first.
    """

    def __init__(
        self,
        memory_size: int,
        num_embeddings: int,
        embedding_dim: int,
        hidden_size: int,
        attention: str = "bahdanau",
        teacher_forcing: float = 1.0,
        start: int = 1,
    ) -> None:
        super().__init__()
        if attention not in ("bahdanau", "dot", "general", "concat"):
            raise ValueError(f'attention is "{attention}": choose bahdanau, dot, general or concat.')
        self.teacher_forcing = teacher_forcing
        self.start = start
        self.looks_first = attention == "bahdanau"
        self.embedding = nn.Embedding(num_embeddings, embedding_dim)
        self.attention: nn.Module
        if self.looks_first:
            self.attention = BahdanauAttention(hidden_size, memory_size, hidden_size)
        else:
            self.attention = LuongAttention(hidden_size, memory_size, attention)
        self.first = nn.Linear(memory_size, hidden_size)
        self.cell = nn.GRUCell(embedding_dim + (memory_size if self.looks_first else 0), hidden_size)
        self.join = nn.Linear(memory_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, num_embeddings)

    def forward(
        self, target: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Target N×T int64 and memory N×S×M to the scores N×T×V and weights N×T×S; mask N×S bool, True where hidden."""
        before = F.pad(target[:, :-1], (1, 0), value=self.start)
        guess = before[:, 0]
        state = self.first_state(memory, mask)
        scores, weights = [], []
        for true in before.unbind(1):
            state, context, seen = self.step(self.embedding(self.choose(true, guess)), state, memory, mask)
            scores.append(self.output(torch.tanh(self.join(torch.cat([context, state], dim=-1)))))
            weights.append(seen)
            guess = scores[-1].argmax(dim=-1)
        return torch.stack(scores, dim=1), torch.stack(weights, dim=1)

    def choose(self, true: torch.Tensor, guess: torch.Tensor) -> torch.Tensor:
        """The token that a step is given, N: the true one or the guess."""
        if not self.training or self.teacher_forcing >= 1.0:
            return true
        return torch.where(torch.rand(true.shape, device=true.device) < self.teacher_forcing, true, guess)

    def first_state(self, memory: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """N×H, from the mean over those places of the memory that are not hidden."""
        if mask is None:
            mean = memory.mean(dim=1)
        else:
            seen = (~mask).to(memory.dtype).unsqueeze(-1)
            mean = (memory * seen).sum(dim=1) / seen.sum(dim=1).clamp(min=1)
        return torch.tanh(self.first(mean))

    def step(
        self, token: torch.Tensor, state: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The embedded token N×D and the state N×H to the next state N×H, the context N×M and the weights N×S."""
        if self.looks_first:
            context, weights = self.attention(state.unsqueeze(1), memory, mask)
            state = self.cell(torch.cat([token, context.squeeze(1)], dim=-1), state)
        else:
            state = self.cell(token, state)
            context, weights = self.attention(state.unsqueeze(1), memory, mask)
        return state, context.squeeze(1), weights.squeeze(1)
