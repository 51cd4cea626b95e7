"""How far weights move a step: they are compared with what they were at an earlier look, so that no step is slowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import torch
from torch import nn

from nnstudio.probes.histograms import spread

Weights = Mapping[str, Sequence[torch.Tensor]]
_MOST = 1 << 14
"""Numbers of a tensor that are kept to be compared; of larger ones, as many evenly spread ones."""


@dataclass
class _Seen:
    """What was found at a look, and the weights then."""

    step: int
    weights: dict[str, list[torch.Tensor]]
    ratios: dict[str, float] = field(default_factory=dict)
    steps: int = 0


_seen: WeakKeyDictionary[nn.Module, _Seen] = WeakKeyDictionary()
"""The last look at each model, whoever looked."""


def update_ratios(model: nn.Module, step: int, weights: Weights) -> tuple[dict[str, float], int]:
    """By layer |change of the weights| / |weights| / steps since the look before, and how many steps that were.

    Nothing at the first look at a model. Steps that go back and forth in between cancel each other.
    """
    last = _seen.get(model)
    if last is not None and last.step == step:
        return last.ratios, last.steps
    now = {
        name: [spread(each.detach(), _MOST).float().clone() for each in each_of] for name, each_of in weights.items()
    }
    found = _Seen(step, now)
    if last is not None and step > last.step:
        found.steps = step - last.step
        found.ratios = _ratios(last.weights, now, found.steps)
    _seen[model] = found
    return found.ratios, found.steps


def _ratios(
    before: Mapping[str, list[torch.Tensor]], now: Mapping[str, list[torch.Tensor]], steps: int
) -> dict[str, float]:
    """Of the layers whose weights still have the same sizes."""
    same = [name for name in now if _sizes(now[name]) == _sizes(before.get(name, [])) and now[name]]
    if not same:
        return {}
    moved = torch.stack(
        [_length([new - old for new, old in zip(now[name], before[name], strict=True)]) for name in same]
    )
    size = torch.stack([_length(now[name]) for name in same])
    ratios = (moved / size.clamp_min(1e-12) / steps).tolist()
    return dict(zip(same, ratios, strict=True))


def _length(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    length: torch.Tensor = torch.linalg.vector_norm(torch.cat(list(tensors)))
    return length


def _sizes(tensors: Sequence[torch.Tensor]) -> list[int]:
    return [each.numel() for each in tensors]
