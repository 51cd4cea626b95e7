"""What of a tensor is told: figures over all of it, and of one sample as many numbers as can be shown."""

from __future__ import annotations

import torch

from nnstudio.probes.spec import float32
from nnstudio.protocol.messages import Array

MOST_NUMBERS = 4096
"""Of one tensor."""
MOST_BYTES = 32 * 2**20
"""Of all tensors of one recording."""


class Excerpts:
    """Numbers of one of so many samples, by key, until there is no more room: the rest is counted in `left_out`.

    There are 0 samples where nothing comes in; then a tensor is told as a whole.
    """

    def __init__(self, samples: int, sample: int) -> None:
        self.sample = sample
        self.arrays: dict[str, Array] = {}
        self.left_out = 0
        self._samples = samples
        self._size = 0

    def of_sample(self, key: str, tensor: torch.Tensor) -> str:
        """Keep the sample's numbers under that key. Gives the key, or an empty one where there was no room."""
        if tensor.dim() and self._samples and len(tensor) == self._samples:
            tensor = tensor[self.sample]
        array = self.of_all(tensor)
        if array is None:
            self.left_out += 1
            return ""
        self.arrays[key] = array
        return key

    def of_all(self, tensor: torch.Tensor) -> Array | None:
        """The tensor's own numbers; None where there is no room any more."""
        array = Array.of(float32(cut(tensor.detach())))
        self._size += len(array.data)
        return array if self._size <= MOST_BYTES else None


def cut(tensor: torch.Tensor) -> torch.Tensor:
    """As many numbers as can be shown: the first channels, then every so manieth row and column."""
    if tensor.numel() <= MOST_NUMBERS:
        return tensor
    if tensor.dim() == 1:
        return tensor[:MOST_NUMBERS]
    plane = max(tensor[0].numel(), 1)
    if tensor.dim() > 2:
        tensor = tensor[: max(MOST_NUMBERS // plane, 1)]
    while tensor.numel() > MOST_NUMBERS:
        widest = max(range(tensor.dim()), key=lambda axis: tensor.shape[axis])
        tensor = tensor.index_select(widest, torch.arange(0, tensor.shape[widest], 2, device=tensor.device))
    return tensor


def figures_of(tensor: torch.Tensor) -> tuple[float, float, float, float, float]:
    """Over the whole batch: mean, standard deviation, lowest, highest, and norm."""
    if not tensor.numel():
        return 0.0, 0.0, 0.0, 0.0, 0.0
    numbers = tensor.detach().float()
    low, high = torch.aminmax(numbers)
    std, mean = torch.std_mean(numbers, correction=0)
    told = torch.stack([mean, std, low, high, numbers.norm()]).tolist()
    return told[0], told[1], told[2], told[3], told[4]
