"""Tokens as vectors that are 0 but for a single 1."""

import torch
from torch.nn import functional as F


def one_hot(tokens: torch.Tensor, classes: int) -> torch.Tensor:
    """N×... int64, from 0 to classes - 1, to N×...×classes float32."""
    return F.one_hot(tokens, classes).to(torch.float32)
