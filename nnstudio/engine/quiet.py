"""Looking at a model without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Whatever happens inside, the run draws the same random numbers afterwards."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


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
