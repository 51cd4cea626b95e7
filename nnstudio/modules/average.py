"""The mean of several tensors."""

import torch


def average(*tensors: torch.Tensor) -> torch.Tensor:
    """Their mean, element by element; shapes are stretched to fit each other."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total / len(tensors)
