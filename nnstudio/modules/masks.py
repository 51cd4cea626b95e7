"""What attention may not look at. True means hidden, as in nn.MultiheadAttention."""

import torch


def causal_mask(x: torch.Tensor) -> torch.Tensor:
    """L×L bool for x of N×L or N×L×D: True where the column lies after the row, so no place sees a later one."""
    places = torch.arange(x.shape[1], device=x.device)
    return places > places.unsqueeze(1)


def padding_mask(tokens: torch.Tensor, padding_idx: int) -> torch.Tensor:
    """N×L bool for tokens of N×L: True where there is only padding."""
    return tokens == padding_idx
