"""What each node makes of one test sample."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.errors import DataError
from nnstudio.probes.answers import class_labels
from nnstudio.probes.options import clamp, whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_LONGEST_VECTOR = 512
"""More bars than that cannot be told apart on a screen."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    samples = len(look.test[look.spec.inputs[0]]) if look.spec.inputs else 1
    if not samples:
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    inputs = {name: look.test[name][sample : sample + 1] for name in look.spec.inputs}
    made = _made(look, inputs, words(options, "nodes"))
    found = Found(facts={"sample": sample, "samples": samples, **label_facts(look, sample)})
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
    return {name: _without_batch(traced[name]) for name in chosen}


def _without_batch(tensor: torch.Tensor) -> torch.Tensor:
    """The only sample; a tensor without a batch, such as a constant, as it is."""
    return tensor[0] if tensor.ndim and len(tensor) == 1 else tensor


def _limited(tensor: torch.Tensor, channels: int) -> torch.Tensor:
    if tensor.ndim == 1:
        return tensor[:_LONGEST_VECTOR]
    return tensor[:channels] if tensor.ndim >= 3 and channels > 0 else tensor


def label_facts(look: Look, sample: int) -> dict[str, Option]:
    """Facts `label`, a class or -1, and `label_name`."""
    if look.spec.target not in look.test:
        return {"label": -1, "label_name": ""}
    target = look.test[look.spec.target][sample : sample + 1]
    label = int(class_labels(target, look.spec)[0])
    named = 0 <= label < len(look.class_names)
    return {"label": label, "label_name": look.class_names[label] if named else ""}


ACTIVATIONS = Probe("activations", "What each node makes of one test sample.", _look)
