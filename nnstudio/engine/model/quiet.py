"""Looking at a model without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


def _cuda_in_use() -> bool:
    return bool(torch.cuda.is_initialized())  # type: ignore[no-untyped-call]  # torch has no type for it


def random_state() -> list[torch.Tensor]:
    """Of torch's generators: the CPU's first, then one for each GPU, where they are in use."""
    if torch.backends.mps.is_available():
        return [torch.get_rng_state(), torch.mps.get_rng_state()]
    cuda = torch.cuda.get_rng_state_all() if _cuda_in_use() else []
    return [torch.get_rng_state(), *cuda]


def set_random_state(state: list[torch.Tensor]) -> None:
    """Draw the same random numbers as from there on. States of GPUs that are not there are passed over."""
    torch.set_rng_state(state[0])
    if torch.backends.mps.is_available() and len(state) == 2:
        torch.mps.set_rng_state(state[1])
    elif _cuda_in_use() and len(state) - 1 == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state[1:])


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Whatever happens inside, the run draws the same random numbers afterwards."""
    state = random_state()
    try:
        yield
    finally:
        set_random_state(state)


@contextmanager
def looking(model: nn.Module) -> Iterator[None]:
    """Eval mode, no gradients, random numbers kept; each module goes back to the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with random_state_kept(), torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
