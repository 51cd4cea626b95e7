"""How many threads a run gets: a rule from counted work, so that the same run always computes the same way."""

from __future__ import annotations

import torch
from torch import nn

from nnstudio.engine.measure import describe
from nnstudio.errors import NNStudioError
from nnstudio.protocol.messages import Model

SMALL_STEP = 1_000_000_000
"""FLOPs of one training step, some 10 ms, below which waking other threads may cost more than they save."""
BACKWARD = 3
"""A training step costs about three forward passes."""

ALL_THREADS = torch.get_num_threads()
"""What torch found to be good for this machine, before anybody changed it."""


def threads_for(step_flops: int) -> int:
    """One for a small step, all for a large one."""
    return 1 if step_flops < SMALL_STEP else ALL_THREADS


def step_flops(spec: Model, model: nn.Module, batch_size: int) -> int:
    """Work of a training step. At least two operations a weight and sample: some layers hide theirs from the count."""
    try:
        counted = describe(spec).flops
    except NNStudioError:
        counted = 0  # a model that cannot run on the meta device may still train
    weights = sum(parameter.numel() for parameter in model.parameters())
    return BACKWARD * batch_size * max(counted, 2 * weights)
