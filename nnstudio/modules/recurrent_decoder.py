"""A sequence written token by token, from a state."""

import torch
from torch import nn
from torch.nn import functional as F


class RecurrentDecoder(nn.Module):
    """The second half of a sequence-to-sequence model (Sutskever 2014): predicts each token from those before it.

    While training, a step is given the true token before it with probability `teacher_forcing`, else its own best guess
    (Bengio 2015); in evaluation always the true one, so that losses compare. The token `start` stands before the first.
    """

    def __init__(
        self,
        state_size: int,
        num_layers: int,
        num_embeddings: int,
        embedding_dim: int,
        cell: str = "LSTM",
        teacher_forcing: float = 1.0,
        start: int = 1,
    ) -> None:
        super().__init__()
        cells: dict[str, type[nn.RNN | nn.LSTM | nn.GRU]] = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
        if cell not in cells:
            raise ValueError(f'cell is "{cell}": choose RNN, LSTM or GRU.')
        self.teacher_forcing = teacher_forcing
        self.start = start
        self.embedding = nn.Embedding(num_embeddings, embedding_dim)
        self.rnn = cells[cell](embedding_dim, state_size, num_layers, batch_first=True)
        self.output = nn.Linear(state_size, num_embeddings)

    def forward(
        self, target: torch.Tensor, state: torch.Tensor, cell_state: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Target N×T int64 and the first state of each layer N×S×H to the scores N×T×V.

        `cell_state`, N×S×H, is read by an LSTM alone, and is zero by default.
        """
        states = self.first_states(state, cell_state)
        before = F.pad(target[:, :-1], (1, 0), value=self.start)
        if self.training and self.teacher_forcing < 1.0:
            return self.step_by_step(before, states)
        scores: torch.Tensor = self.output(self.rnn(self.embedding(before), states)[0])
        return scores

    def first_states(
        self, state: torch.Tensor, cell_state: torch.Tensor | None
    ) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """The states as the cell wants them: S×N×H, and two of them for an LSTM."""
        h = state.transpose(0, 1).contiguous()
        if isinstance(self.rnn, nn.LSTM):
            c = torch.zeros_like(h) if cell_state is None else cell_state.transpose(0, 1).contiguous()
            return h, c
        if cell_state is not None:
            raise ValueError("Only an LSTM has a cell state: leave cell_state out, or choose LSTM.")
        return h

    def step_by_step(
        self, before: torch.Tensor, states: torch.Tensor | tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        """The scores N×T×V where steps may be given guesses; `before`, N×T, holds the true token before each."""
        scores: list[torch.Tensor] = []
        guess = before[:, :1]
        for true in torch.split(before, 1, dim=1):
            forced = torch.rand(true.shape, device=true.device) < self.teacher_forcing
            y, states = self.rnn(self.embedding(torch.where(forced, true, guess)), states)
            scores.append(self.output(y))
            guess = scores[-1].argmax(dim=-1)
        return torch.cat(scores, dim=1)
