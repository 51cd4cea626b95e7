"""How many threads a run gets: a rule from counted work, so that the same run always computes the same way."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, run_model

SMALL_STEP = 1_000_000_000
"""FLOPs of one training step, some 10 ms, below which waking other threads may cost more than they save."""
BACKWARD = 3
"""A training step costs about three forward passes."""

ALL_THREADS = torch.get_num_threads()
"""What torch found to be good for this machine, before anybody changed it."""

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def threads_for(step_flops: int) -> int:
    """One for a small step, all for a large one."""
    return 1 if step_flops < SMALL_STEP else ALL_THREADS


def step_flops(subject: Subject, batch_size: int) -> int:
    """Work of a training step, as far as layers with weights show it, found by running one sample.

    torch's own FlopCounterMode knows more, but takes a second to load: too long before the first step.
    """
    counted = 0

    def count(module: nn.Module, _: Any, output: Any) -> None:
        nonlocal counted
        counted += layer_flops(module, output)

    model = subject.model
    hooks = [module.register_forward_hook(count) for module in model.modules()]
    try:
        with looking(model):
            run_model(model, tuple(subject.data.train[name][:1] for name in subject.spec.inputs))
    except Exception:  # noqa: BLE001  # the first step is about to fail as well, and says so better
        counted = 0
    finally:
        for hook in hooks:
            hook.remove()
    return BACKWARD * batch_size * counted


def layer_flops(module: nn.Module, output: Any) -> int:
    """Of one layer for one sample: two for each of its own weights at every place of the output."""
    first = output[0] if isinstance(output, tuple) else output
    if isinstance(module, nn.Embedding | nn.EmbeddingBag) or not isinstance(first, torch.Tensor):
        return 0
    places = first.shape[2:] if isinstance(module, CONVOLUTIONS) else first.shape[1:-1]
    return 2 * places.numel() * sum(p.numel() for p in module.parameters(recurse=False) if p.dim() > 1)
