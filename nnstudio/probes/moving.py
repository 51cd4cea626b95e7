"""How far weights move a step: they are compared with what they were at an earlier look, so that no step is slowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.probes.histograms import spread

Weights = Mapping[str, Sequence[torch.Tensor]]
_MOST = 1 << 14
"""Numbers of a tensor that are kept to be compared; of larger ones, as many evenly spread ones."""


@dataclass
class _Seen:
    """What was found at a look, and the weights then: all in a row, with how many of them each layer has."""

    step: int
    weights: NDArray[np.float32]
    sizes: dict[str, int]
    ratios: dict[str, float] = field(default_factory=dict)
    steps: int = 0


_seen: WeakKeyDictionary[nn.Module, _Seen] = WeakKeyDictionary()
"""The last look at each model, whoever looked."""


def update_ratios(model: nn.Module, step: int, weights: Weights) -> tuple[dict[str, float], int]:
    """By layer |change of the weights| / |weights| / steps since the look before, and how many steps that were.

    Nothing at the first look at a model, or where its weights have other sizes by now. Steps that go back and forth in
    between cancel each other.
    """
    last = _seen.get(model)
    if last is not None and last.step == step:
        return last.ratios, last.steps
    found = _noted(step, weights)
    if last is not None and step > last.step and last.sizes == found.sizes:
        found.steps = step - last.step
        found.ratios = _ratios(last, found)
    _seen[model] = found
    return found.ratios, found.steps


def _noted(step: int, weights: Weights) -> _Seen:
    kept = {name: [spread(each.detach(), _MOST) for each in own] for name, own in weights.items()}
    sizes = {name: sum(each.numel() for each in own) for name, own in kept.items()}
    parts = [each.float() for own in kept.values() for each in own]
    numbers = torch.cat(parts).cpu().numpy().copy() if parts else np.empty(0, np.float32)
    return _Seen(step, numbers, sizes)


def _ratios(before: _Seen, now: _Seen) -> dict[str, float]:
    sizes = np.array(list(now.sizes.values()), int)
    if not sizes.size:
        return {}
    starts = np.cumsum(sizes) - sizes
    with np.errstate(invalid="ignore", over="ignore"):
        moved, length = (
            np.sqrt(np.add.reduceat(row.astype(np.float64) ** 2, starts))
            for row in (now.weights - before.weights, now.weights)
        )
        ratios = moved / np.maximum(length, 1e-12) / now.steps
    return dict(zip(now.sizes, ratios.tolist(), strict=True))
