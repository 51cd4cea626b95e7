"""Where every place of a sequence looks: the weights of attention, for one test sample.

Options: `node` (as the engine calls it, or a module it lies in; all of the model where it is empty), `sample`,
`longest` (places told at most, along each axis), `rollout`, and `means`: names of nodes whose mean alone is wanted.
Arrays: `weights:I`, heads × queries × keys, of each attention in the order of the computation; `rollout:I`, queries ×
keys, what has come from where by then, also through the layers before; `mean:NODE`; and `input:FIELD` of images.
Facts: of each attention its name in `paths`, and in `kinds` "self", "cross" or nothing; the numbers of places in
`queries` and `keys`; `tokens:FIELD`, the sample in its tokens; and those of the sample, as the activations have them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.attending import CROSS, Attended, attended, is_under
from nnstudio.probes.one_sample import inputs_of
from nnstudio.probes.options import clamp, whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

Arrays: TypeAlias = dict[str, NDArray[np.float32]]
LONGEST = 128
"""Places along an axis that are told unless asked otherwise."""
MOST_NUMBERS = 1 << 18
"""In one frame: many heads are told of fewer places."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    inputs, facts = inputs_of(look, options)
    found = Found(facts=facts)
    means = words(options, "means")
    if means:
        found.arrays.update(_means(look, inputs, means))
        return found
    node = str(options.get("node", ""))
    wide = options.get("rollout") is True
    every = attended(look.model, list(inputs.values()), "" if wide else node, node)
    own = [each for each in every if is_under(each.path, node)]
    if not own:
        raise DataError(f"There is no attention in '{node}'." if node else "There is no attention in the network.")
    longest = _longest(own, whole(options, "longest", LONGEST))
    _tell(found, own, longest)
    if wide:
        _roll_out(found, every, own, longest)
    _tell_sample(found, look)
    return found


def _longest(every: Sequence[Attended], asked: int) -> int:
    """How many places are told, so that a frame stays small."""
    asked = clamp(asked, 1, 4096)
    heads = sum(each.weights.shape[1] for each in every)
    return min(asked, max(8, int((MOST_NUMBERS / heads) ** 0.5)))


def _tell(found: Found, every: Sequence[Attended], longest: int) -> None:
    for number, each in enumerate(every):
        found.arrays[f"weights:{number}"] = float32(each.weights[0, :, :longest, :longest])
    found.facts["paths"] = [each.path for each in every]
    found.facts["kinds"] = [each.kind for each in every]
    found.facts["queries"] = [each.weights.shape[-2] for each in every]
    found.facts["keys"] = [each.weights.shape[-1] for each in every]


def _roll_out(found: Found, every: Sequence[Attended], own: Sequence[Attended], longest: int) -> None:
    """Attention rollout (Abnar and Zuidema, 2020): half of each place is what was there, the rest what it looked at.

    Followed through layers of one name, save for their numbers, and one length: an encoder is not before a decoder.
    """
    come: dict[tuple[str, int], torch.Tensor] = {}
    places = {id(each): number for number, each in enumerate(own)}
    for each in every:
        rows, columns = each.weights.shape[-2:]
        if each.kind == CROSS or rows != columns:
            continue
        row = (re.sub(r"\d+", "", each.path), rows)
        come[row] = rolled(each.weights[0], come.get(row))
        if id(each) in places:
            found.arrays[f"rollout:{places[id(each)]}"] = float32(come[row][:longest, :longest])


def rolled(weights: torch.Tensor, before: torch.Tensor | None) -> torch.Tensor:
    """What has come from where after one more layer, of weights heads × L × L."""
    mixed = weights.float().mean(dim=0)
    mixed = mixed + torch.eye(len(mixed), device=mixed.device)
    mixed = mixed / mixed.sum(dim=-1, keepdim=True)
    return mixed if before is None else mixed @ before


def _means(look: Look, inputs: Mapping[str, torch.Tensor], nodes: Sequence[str]) -> Arrays:
    """For a small picture of each node: the mean over its heads, and over its layers of the kind that comes last."""
    every = attended(look.model, list(inputs.values()))
    found: Arrays = {}
    for node in nodes:
        weights = [each.weights[0] for each in every if is_under(each.path, node)]
        alike = [each.mean(dim=0) for each in weights if each.shape[-2:] == weights[-1].shape[-2:]]
        if alike:
            found[f"mean:{node}"] = float32(torch.stack(alike).mean(dim=0)[:LONGEST, :LONGEST])
    return found


def _tell_sample(found: Found, look: Look) -> None:
    """What the network was given, in tokens where it is text; and of a decoder what it is to write."""
    sample = found.facts["sample"]
    assert isinstance(sample, int), "as it was asked for"
    for name in dict.fromkeys((*look.spec.inputs, *look.spec.targets)):
        values = look.test[name][sample] if name in look.test else torch.empty(0)
        if values.dim() == 1 and not values.is_floating_point():
            found.facts[f"tokens:{name}"] = _names(values[:4096], look.names_of(name))
        elif values.dim() == 3 and name in look.spec.inputs:
            found.arrays[f"input:{name}"] = float32(values)


def _names(tokens: torch.Tensor, names: Sequence[str]) -> list[int | float | str]:
    return [names[token] if 0 <= token < len(names) else str(token) for token in tokens.tolist()]


ATTENTION = Probe("attention", "Where every place of a sequence looks.", _look)
"""See above for options, arrays and facts."""
