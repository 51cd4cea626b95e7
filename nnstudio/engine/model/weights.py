"""Weights as the bytes of a safetensors file: parameters and buffers by name."""

from __future__ import annotations

from dataclasses import dataclass

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from nnstudio.engine.model.memory import check_room
from nnstudio.errors import EngineError

COPIES = 3
"""What saving takes: the tensors, the file, and the message that carries it."""


@dataclass(frozen=True)
class Fit:
    """How given weights fit a module."""

    misfits: tuple[str, ...]
    """Given ones that have no place."""
    fresh: tuple[str, ...]
    """Nodes, in the module's order, of which some weight was not given, or in another shape."""


def save(module: nn.Module) -> bytes:
    """All that `state_dict` has. A tensor with two names is written twice: safetensors knows no sharing.

    Raises EngineError where there is no memory for it: safetensors would end the process.
    """
    found = module.state_dict()
    check_room(COPIES * sum(tensor.nbytes for tensor in found.values()))
    state = {name: tensor.detach().cpu().clone() for name, tensor in found.items()}
    return safetensors.torch.save({name: tensor.contiguous() for name, tensor in state.items()})


def copies(module: nn.Module) -> dict[str, torch.Tensor]:
    """All that `state_dict` has, as it is now."""
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def load(module: nn.Module, data: bytes) -> Fit:
    """Copy those whose name and shape fit. Raises EngineError for a broken file."""
    try:
        given = safetensors.torch.load(data)
    except SafetensorError as error:
        raise EngineError("The saved weights are damaged.", fix="Train the model again.") from error
    state = module.state_dict()
    fitting = {name for name, tensor in given.items() if name in state and state[name].shape == tensor.shape}
    with torch.no_grad():
        for name in fitting:
            state[name].copy_(given[name])
    fresh = dict.fromkeys(name.partition(".")[0] for name in state if name not in fitting)
    return Fit(tuple(sorted(given.keys() - fitting)), tuple(fresh))
