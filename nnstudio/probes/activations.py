"""What each node makes of one test sample."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.probes.one_sample import inputs_of, without_batch
from nnstudio.probes.options import whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_LONGEST_VECTOR = 512
"""More bars than that cannot be told apart on a screen."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    inputs, facts = inputs_of(look, options)
    made = _made(look, inputs, words(options, "nodes"))
    found = Found(facts=facts)
    for name, tensor in made.items():
        shown = _limited(tensor, whole(options, "channels", 0))
        found.arrays[name] = float32(shown)
        if shown.shape != tensor.shape:
            found.facts[f"channels:{name}"] = len(tensor)
    found.arrays.update({f"input:{name}": float32(tensor[0]) for name, tensor in inputs.items()})
    return found


def _made(look: Look, inputs: dict[str, torch.Tensor], nodes: list[str]) -> dict[str, torch.Tensor]:
    """The variables asked for, without the batch. A node that is no longer there is left out."""
    traced = look.trace([inputs[name] for name in look.spec.inputs])
    chosen = [name for name in nodes or traced if name in traced and name not in inputs]
    return {name: without_batch(traced[name]) for name in chosen}


def _limited(tensor: torch.Tensor, channels: int) -> torch.Tensor:
    if tensor.ndim == 1:
        return tensor[:_LONGEST_VECTOR]
    return tensor[:channels] if tensor.ndim >= 3 and channels > 0 else tensor


ACTIVATIONS = Probe("activations", "What each node makes of one test sample.", _look)
