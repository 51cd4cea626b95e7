"""Values and gradients of everything that is computed, for one sample: back-propagation as numbers."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.errors import DataError
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

MOST_NUMBERS = 4096
"""Larger tensors are left out: nobody reads them as numbers."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    """Arrays `value:NAME` and `gradient:NAME` (of the loss by it, where the loss depends on it), and the loss."""
    samples = len(look.test[look.spec.inputs[0]]) if look.spec.inputs else 1
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    rows = {name: tensor[sample : sample + 1] for name, tensor in look.test.items()}
    with torch.enable_grad():
        traced = look.trace([rows[name] for name in look.spec.inputs])
        outputs = [traced[name] for name in look.spec.outputs]
        loss = loss_of(look, outputs, rows)
        gradients = gradients_of(loss, traced)
    found = Found(facts={"sample": sample, "samples": samples})
    if loss is not None:
        found.facts["loss"] = loss.item()
    for name, tensor in traced.items():
        if tensor.numel() <= MOST_NUMBERS:
            found.arrays[f"value:{name}"] = float32(tensor)
            if name in gradients:
                found.arrays[f"gradient:{name}"] = float32(gradients[name])
    return found


def loss_of(look: Look, outputs: list[torch.Tensor], rows: Mapping[str, torch.Tensor]) -> torch.Tensor | None:
    """The loss of these rows, or None where the model has none. Raises DataError where the inputs are random."""
    judge = getattr(look.model, "compute_loss", None)
    if judge is None:
        return None
    if look.spec.free:
        raise DataError("The inputs are random, so a loss says nothing.", fix="Use a Dataset in their place.")
    loss = judge(*outputs, *(rows[name] for name in look.spec.targets))
    assert isinstance(loss, torch.Tensor)
    return loss


def gradients_of(loss: torch.Tensor | None, traced: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Of the loss by each variable; nothing is left behind in the weights."""
    wanted = {name: tensor for name, tensor in traced.items() if tensor.requires_grad}
    if loss is None or not loss.requires_grad or not wanted:
        return {}
    found = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
    return {name: gradient for name, gradient in zip(wanted, found, strict=True) if gradient is not None}


GRADIENTS = Probe("gradients", "Values of everything computed for one sample, and the loss's gradients.", _look)
