"""What data are, in one word: the SHA-256 of their tensors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import torch


def digest(*parts: Mapping[str, torch.Tensor]) -> str:
    """Of all tensors of all parts, with their names, types and shapes."""
    sha = hashlib.sha256()
    for part in parts:
        for name in sorted(part):
            tensor = part[name].detach().cpu().contiguous()
            sha.update(repr((name, str(tensor.dtype), tuple(tensor.shape))).encode())
            sha.update(tensor.view(-1).view(torch.uint8).numpy().data if tensor.numel() else b"")
    return sha.hexdigest()


def size(*parts: Mapping[str, torch.Tensor]) -> int:
    """How many bytes there are to go through."""
    return sum(tensor.nbytes for part in parts for tensor in part.values())
