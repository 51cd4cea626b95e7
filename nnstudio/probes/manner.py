"""How the samples of an input lie: what a person's own input is to be like.

Pictures that stand on a plain ground, as digits do, have a manner in which they are drawn: how large, where, how thick.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
from numpy.typing import NDArray

from nnstudio.protocol.messages import Option

Figures: TypeAlias = tuple[dict[str, NDArray[Any]], dict[str, Option]]
"""Arrays and facts."""

_NUMBERS = 2**17
"""Looked at, about; of larger data evenly spaced samples."""
_FEW = 6
"""Different numbers in a column that are choices."""
_FAINT = 0.2
"""Of the range: what differs less from the ground is no ink."""
_PLAIN = 0.35
"""Share of the pixels that are ground, where pictures stand on a plain one."""
_NEAR = 0.07
"""Of the side: pictures are centred whose middles stray less."""


def figures_of(samples: torch.Tensor) -> Figures:
    """Of a picture (C×H×W) its manner; of other numbers the range of each. Whole numbers, as tokens, have none."""
    if not samples.is_floating_point() or not len(samples):
        return {}, {}
    some = samples[:: max(1, samples.numel() // _NUMBERS)].detach().to("cpu", torch.float32).nan_to_num()
    return ({}, _manner(some)) if some.ndim == 4 else _ranges(some.reshape(len(some), -1))


def _ranges(some: torch.Tensor) -> Figures:
    """Arrays `low` and `high` by column, and `choices:COLUMN` where there are few different numbers."""
    low, high = torch.aminmax(some, dim=0)
    choices: dict[str, Option] = {}
    for column in range(some.shape[1] if some.shape[1] <= 128 else 0):
        found = torch.unique(some[:, column])
        if len(found) <= _FEW:
            choices[f"choices:{column}"] = found.tolist()
    return {"low": low.numpy(), "high": high.numpy()}, choices


def _manner(pictures: torch.Tensor) -> dict[str, Option]:
    """`low` and `high` of all pixels, the `ground` of each channel, and of drawings what `_drawn` tells."""
    low, high = pictures.min().item(), pictures.max().item()
    edge = torch.cat([pictures[..., 0, :], pictures[..., -1, :], pictures[..., 0], pictures[..., -1]], dim=-1)
    ground = edge.transpose(0, 1).flatten(1).median(dim=1).values
    ink = (pictures - ground[:, None, None]).abs().amax(dim=1) / ((high - low) or 1.0)
    plain = bool((ink < _FAINT).float().mean() >= _PLAIN)
    facts: dict[str, Option] = {"low": low, "high": high, "ground": ground.tolist(), "plain": plain}
    return facts | (_drawn(ink) if plain else {})


def _drawn(ink: torch.Tensor) -> dict[str, Option]:
    """All in pixels: the `extent` of the longer side, the `stroke`'s width, and the middle `x`, `y`.

    `centred` says whether the middles of all are about the same: those of the box around, or `by_mass` the centres of
    mass, whichever stray less.
    """
    marked = ink >= _FAINT
    marked = marked[marked.any(dim=(1, 2))] if bool(marked.any()) else torch.ones_like(marked)
    ink = ink[(ink >= _FAINT).any(dim=(1, 2))] if bool((ink >= _FAINT).any()) else ink
    boxes = [_ends(marked.any(dim=2)), _ends(marked.any(dim=1))]  # rows, columns
    sides = torch.stack([last - first for first, last in boxes], dim=1)
    middles = torch.stack([(first + last) / 2 for first, last in boxes], dim=1)
    masses = torch.stack([_mass(ink.sum(dim=2)), _mass(ink.sum(dim=1))], dim=1)
    stray, stray_mass = _stray(middles), _stray(masses)
    by_mass = stray_mass < stray
    y, x = (masses if by_mass else middles).mean(dim=0).tolist()
    return {
        "extent": sides.amax(dim=1).mean().item(),
        "stroke": _stroke(ink),
        "x": x,
        "y": y,
        "by_mass": by_mass,
        "centred": min(stray, stray_mass) <= _NEAR * max(ink.shape[1:]),
    }


def _ends(lines: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Where the ink begins and ends in n×SIZE."""
    size = lines.shape[1]
    first = lines.float().argmax(dim=1)
    return first.float(), (size - lines.flip(1).float().argmax(dim=1)).float()


def _mass(profile: torch.Tensor) -> torch.Tensor:
    """The centre of each row of n×SIZE, where the first pixel reaches from 0 to 1."""
    places = torch.arange(profile.shape[1]) + 0.5
    return (profile * places).sum(dim=1) / profile.sum(dim=1).clamp(min=1e-9)


def _stray(middles: torch.Tensor) -> float:
    return float(middles.std(dim=0, correction=0).norm())


def _stroke(ink: torch.Tensor) -> float:
    """The width of lines: twice the area over the length of its outline, which is the total variation."""
    padded = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    down, across = padded[:, 1:, :-1] - padded[:, :-1, :-1], padded[:, :-1, 1:] - padded[:, :-1, :-1]
    outline = float((down.square() + across.square()).sqrt().sum())
    return 2 * float(ink.sum()) / outline if outline else 1.0
