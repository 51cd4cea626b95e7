"""Sizes and cost of a model, found on the meta device: nothing is computed, no memory is used."""

from __future__ import annotations

import torch
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.engine.data.datasets import found, stand_ins
from nnstudio.engine.looking.trace import trace
from nnstudio.engine.model.build import build
from nnstudio.engine.model.quiet import looking, random_state_kept
from nnstudio.engine.model.words import in_words
from nnstudio.errors import DataError
from nnstudio.protocol.messages import Described, Model

BATCH = 2


def describe(spec: Model, request: int = 0) -> Described:
    """Shapes of all variables of forward for a batch of 2, parameters, and FLOPs of forward for one sample.

    Raises EngineError with the line where the shapes do not fit. Leaves the random state as it was.
    """
    batch = empty_batch(spec, BATCH)
    inputs = [batch[name] for name in spec.inputs]
    counter = FlopCounterMode(display=False)
    with random_state_kept():
        model = build(spec, device="meta").module
    try:
        with looking(model), counter:
            seen = trace(model, inputs)
    except Exception as error:  # the model's own forward may raise anything
        raise in_words(error) from error
    return Described(
        request=request,
        shapes={name: tuple(tensor.shape) for name, tensor in seen.items()},
        parameters={name: tuple(p.shape) for name, p in model.named_parameters() if p.requires_grad},
        flops=counter.get_total_flops() // BATCH,
    )


def empty_batch(spec: Model, size: int) -> dict[str, torch.Tensor]:
    """All that the model and its loss take, by name, on the meta device. Raises DataError."""
    if not spec.data.dataset:
        return {name: tensor.to("meta") for name, tensor in stand_ins(spec, size).items()}
    kind, values = found(spec.data)
    fields = {field.name: field for field in kind.fields_for(values)}
    missing = [name for name in (*spec.inputs, *spec.targets) if name not in fields]
    if missing:
        raise DataError(f"The data set '{kind.name}' has no '{missing[0]}'.", fix=f"It has: {', '.join(fields)}.")
    return {
        name: torch.empty((size, *fields[name].shape), dtype=getattr(torch, fields[name].dtype), device="meta")
        for name in {*spec.inputs, *spec.targets}
    }
