"""How often numbers occur: a histogram over the range that most of them lie in."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.protocol.messages import Option

_FEWEST, _MOST_BINS = 8, 64
_MOST = 1 << 18
"""Numbers that are counted; of more, as many evenly spread ones."""
_REACH = 6.0
"""Deviations from the mean that are told apart; what lies beyond is counted in the outermost bins."""

Counted = tuple[NDArray[np.int64], dict[str, Option]]


def histogram(tensor: torch.Tensor) -> Counted | None:
    """Counts, and the facts `low`, `high` (the edges of the range) and `counted`; None where no number is finite.

    As many bins as the root of how many numbers there are, so that few numbers make no comb.
    """
    numbers = spread(tensor.detach(), _MOST).float()
    numbers = numbers[numbers.isfinite()]
    if not numbers.numel():
        return None
    low, high = _range(numbers)
    bins = min(max(int(numbers.numel() ** 0.5), _FEWEST), _MOST_BINS)
    counts = torch.histc(numbers.clamp(low, high).cpu(), bins, low, high)
    return counts.numpy().astype(np.int64), {"low": low, "high": high, "counted": numbers.numel()}


def spread(tensor: torch.Tensor, most: int) -> torch.Tensor:
    """The numbers of a tensor in a row; of more than `most`, every second, third and so on."""
    return tensor.reshape(-1)[:: -(-tensor.numel() // most) or 1]


def _range(numbers: torch.Tensor) -> tuple[float, float]:
    deviation, mean = (each.item() for each in torch.std_mean(numbers, correction=0))
    least, most = (each.item() for each in torch.aminmax(numbers))
    low, high = max(least, mean - _REACH * deviation), min(most, mean + _REACH * deviation)
    width = max(abs(mean), 1e-30)
    return (low, high) if high > low else (mean - width / 2, mean + width / 2)
