"""How the samples of an input lie: what a person's own input is to be like.

Pictures that stand on a plain ground, as digits do, have a manner in which they are drawn: how large, where, how thick.
Computed with numpy on few samples: it is over before torch's threads have found each other.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.protocol.messages import Option

Figures: TypeAlias = tuple[dict[str, NDArray[Any]], dict[str, Option]]
"""Arrays and facts."""
Floats: TypeAlias = NDArray[np.float32]

_NUMBERS, _PICTURES = 2**17, 128
"""Looked at, about; of more data evenly spaced samples."""
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
    step = max(1, samples.numel() // _NUMBERS, len(samples) // _PICTURES if samples.ndim == 4 else 1)
    some = np.nan_to_num(samples[::step].detach().to("cpu", torch.float32).numpy())
    return ({}, _manner(some)) if some.ndim == 4 else _ranges(some.reshape(len(some), -1))


def _ranges(some: Floats) -> Figures:
    """Arrays `low` and `high` by column, and `choices:COLUMN` where there are few different numbers."""
    choices: dict[str, Option] = {}
    for column in range(some.shape[1] if some.shape[1] <= 128 else 0):
        found = np.unique(some[:, column])
        if len(found) <= _FEW:
            choices[f"choices:{column}"] = found.tolist()
    return {"low": some.min(axis=0), "high": some.max(axis=0)}, choices


def _manner(pictures: Floats) -> dict[str, Option]:
    """`low` and `high` of all pixels, the `ground` of each channel, and of drawings what `_drawn` tells."""
    low, high = float(pictures.min()), float(pictures.max())
    edges = (pictures[..., 0, :], pictures[..., -1, :], pictures[..., 0], pictures[..., -1])
    ground = np.median(np.concatenate(edges, axis=-1), axis=(0, 2)).astype(np.float32)
    ink = np.abs(pictures - ground[:, None, None]).max(axis=1) / ((high - low) or 1.0)
    plain = bool((ink < _FAINT).mean() >= _PLAIN)
    facts: dict[str, Option] = {"low": low, "high": high, "ground": ground.tolist(), "plain": plain}
    return facts | (_drawn(ink) if plain else {})


def _drawn(ink: Floats) -> dict[str, Option]:
    """All in pixels: the `extent` of the longer side, the `stroke`'s width, and the middle `x`, `y`.

    `centred` says whether the middles of all are about the same: those of the box around, or `by_mass` the centres of
    mass, whichever stray less.
    """
    some = (ink >= _FAINT).any(axis=(1, 2))
    ink = ink[some] if some.any() else np.ones_like(ink)  # all blank: as good as all inked
    marked = ink >= _FAINT
    boxes = [_ends(np.asarray(marked.any(axis=2))), _ends(np.asarray(marked.any(axis=1)))]  # rows, columns
    sides = np.stack([last - first for first, last in boxes], axis=1)
    middles = np.stack([(first + last) / 2 for first, last in boxes], axis=1)
    masses = np.stack([_mass(ink.sum(axis=2)), _mass(ink.sum(axis=1))], axis=1)
    stray, stray_mass = _stray(middles), _stray(masses)
    by_mass = stray_mass < stray
    y, x = (masses if by_mass else middles).mean(axis=0).tolist()
    return {
        "extent": float(sides.max(axis=1).mean()),
        "stroke": _stroke(ink),
        "x": x,
        "y": y,
        "by_mass": by_mass,
        "centred": min(stray, stray_mass) <= _NEAR * max(ink.shape[1:]),
    }


def _ends(lines: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the ink begins and ends in n×SIZE."""
    return lines.argmax(axis=1), lines.shape[1] - lines[:, ::-1].argmax(axis=1)


def _mass(profile: Floats) -> Floats:
    """The centre of each row of n×SIZE, where the first pixel reaches from 0 to 1."""
    places = np.arange(profile.shape[1], dtype=np.float32) + 0.5
    centres: Floats = (profile * places).sum(axis=1) / np.maximum(profile.sum(axis=1), 1e-9)
    return centres


def _stray(middles: NDArray[Any]) -> float:
    return float(np.linalg.norm(middles.std(axis=0)))


def _stroke(ink: Floats) -> float:
    """The width of lines: twice the area over the length of its outline, which is the total variation."""
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    down, across = padded[:, 1:, :-1] - padded[:, :-1, :-1], padded[:, :-1, 1:] - padded[:, :-1, :-1]
    outline = float(np.sqrt(down**2 + across**2).sum())
    return 2 * float(ink.sum()) / outline if outline else 1.0
