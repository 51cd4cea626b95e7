"""The largest of several tensors."""

import torch


def maximum(*tensors: torch.Tensor) -> torch.Tensor:
    """The largest of them, element by element; shapes are stretched to fit each other."""
    largest = tensors[0]
    for tensor in tensors[1:]:
        largest = torch.maximum(largest, tensor)
    return largest
