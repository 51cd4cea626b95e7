"""Small pictures of what each node makes of one test sample, no larger than a card on the canvas can show.

Options: `nodes` (without it those of the main drawing), `sample`, and `channels` (of an image at most). Arrays: by the
names of the nodes, `input:FIELD` for what is given; larger ones are made smaller by means over patches. Facts:
`shape:NAME` of what was made smaller, `loss` of the sample, `tokens:FIELD`, the sample's first tokens in words;
`sample`, `samples`, `label`, `label_name`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch.nn.functional import adaptive_avg_pool2d

from nnstudio.probes.one_sample import inputs_of, without_batch
from nnstudio.probes.options import whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.probes.variables import loss_variables
from nnstudio.protocol.messages import Option

_LONGEST_VECTOR = 512
"""More bars or cells than that cannot be told apart on a card."""
_MAP, _TILE, _INPUT = (32, 64), (32, 32), (64, 64)
"""Rows and columns at most: of a matrix, of each channel of an image, and of the image that is given."""
_MOST_TOKENS = 96
_MOST_CHANNELS = 16


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    inputs, facts = inputs_of(look, options)
    found, channels = Found(facts=facts), whole(options, "channels", 0)
    for name, tensor in _made(look, inputs, words(options, "nodes"), facts).items():
        _tell(found, name, tensor, channels)
    for name, tensor in inputs.items():
        found.arrays[f"input:{name}"] = float32(_smaller(tensor[0], _INPUT, 3))
        told = look.names_of(name) if tensor.ndim == 2 and not tensor.is_floating_point() else ()
        if told:
            numbers = tensor[0, :_MOST_TOKENS].tolist()
            facts[f"tokens:{name}"] = [told[number] if 0 <= number < len(told) else "" for number in numbers]
    return found


def _tell(found: Found, name: str, tensor: torch.Tensor, channels: int) -> None:
    shown = _smaller(tensor, _TILE if tensor.ndim > 2 else _MAP, channels or _MOST_CHANNELS)
    found.arrays[name] = float32(shown)
    if shown.shape != tensor.shape:
        found.facts[f"shape:{name}"] = [*tensor.shape]


def _made(
    look: Look, inputs: dict[str, torch.Tensor], nodes: list[str], facts: dict[str, Option]
) -> dict[str, torch.Tensor]:
    """The variables asked for, without the batch. A node that is no longer there is left out."""
    traced = look.trace([inputs[name] for name in look.spec.inputs])
    between = _on_the_way_to_the_loss(look, traced, facts)
    made = {**traced, **between}
    wanted = nodes or [name for name in made if "." not in name]
    chosen = [name for name in wanted if name in made and name not in inputs]
    return {name: without_batch(made[name]) for name in chosen}


def _on_the_way_to_the_loss(
    look: Look, traced: dict[str, torch.Tensor], facts: dict[str, Option]
) -> dict[str, torch.Tensor]:
    """What is computed behind forward; the loss itself is a fact."""
    if look.spec.free:
        return {}
    sample = whole(facts, "sample", 0)
    rows = {name: look.test[name][sample : sample + 1] for name in look.spec.targets if name in look.test}
    between, loss = loss_variables(look, traced, rows)
    if loss is not None and loss.numel() == 1:
        facts["loss"] = loss.item()
    return {name: tensor for name, tensor in between.items() if name not in rows}


def _smaller(tensor: torch.Tensor, most: tuple[int, int], channels: int) -> torch.Tensor:
    """As much of a tensor as a small picture shows."""
    if tensor.ndim < 2:
        return tensor[:_LONGEST_VECTOR] if tensor.ndim else tensor
    while tensor.ndim > 3:
        tensor = tensor.select(1, tensor.shape[1] // 2)  # the slice in the middle
    tensor = tensor[:channels] if tensor.ndim == 3 else tensor
    rows, columns = (min(pair) for pair in zip(tensor.shape[-2:], most, strict=True))
    if not tensor.numel() or (rows, columns) == tensor.shape[-2:]:
        return tensor
    planes = tensor.float().reshape(-1, *tensor.shape[-2:])
    return adaptive_avg_pool2d(planes, (rows, columns)).reshape(*tensor.shape[:-2], rows, columns)


ACTIVATIONS = Probe("activations", "Small pictures of what each node makes of one test sample.", _look)
"""See above for options, arrays and facts."""
