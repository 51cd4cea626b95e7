"""Numbers of a weight that a person has typed, set between two steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from nnstudio.engine.training.layers import Difference
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Array


def set_weight(model: nn.Module, name: str, value: Array, index: Sequence[int] = ()) -> list[Difference]:
    """Set one number, a row, or a whole tensor of the state dict, or of a constant; gives what is otherwise now.

    Raises EngineError for a name, a place, a shape or a number that can not be.
    """
    tensor = model.state_dict().get(name)
    if tensor is None:
        tensor = dict(model.named_buffers()).get(name)  # a constant is none of the model's state
    if tensor is None:
        raise EngineError(f"The model has no weight '{name}'.", fix="Wait until the drawing is understood again.")
    what = f"{name}[{', '.join(map(str, index))}]" if index else name
    picked = _picked(tensor, what, index)
    new = _checked(value, picked, what)
    if torch.equal(picked, new):
        return []
    before = _words(picked)
    with torch.no_grad():
        picked.copy_(new)
    return [Difference(what, before, _words(new))]


def _picked(tensor: torch.Tensor, what: str, index: Sequence[int]) -> torch.Tensor:
    """What the index picks, in the memory of the tensor."""
    sizes = tensor.shape[: len(index)]
    if len(index) > tensor.ndim or not all(0 <= place < size for place, size in zip(index, sizes, strict=False)):
        raise EngineError(f"There is no number at {what}: its shape is {_sizes(tensor.shape)}.")
    picked = tensor
    for place in index:
        picked = picked.select(0, place)
    return picked


def _checked(value: Array, picked: torch.Tensor, what: str) -> torch.Tensor:
    numbers = value.numpy()
    if numbers.shape != tuple(picked.shape):
        raise EngineError(f"{what} takes {_sizes(picked.shape)} numbers, not {_sizes(numbers.shape)}.")
    whole = not picked.dtype.is_floating_point
    if whole and (not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any()):
        raise EngineError(f"{what} takes whole numbers.")
    with np.errstate(over="ignore"):
        new = torch.tensor(numbers).to(picked.dtype)
    if not torch.isfinite(new).all():
        kind = str(picked.dtype).removeprefix("torch.")
        raise EngineError(f"{what} takes finite numbers that {kind} can hold.")
    return new.to(picked.device)


def _sizes(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"


def _words(tensor: torch.Tensor) -> str:
    """A number as it is; several by their mean."""
    return f"{tensor.item():.6g}" if tensor.ndim == 0 else f"mean {tensor.cpu().double().mean().item():.4g}"
