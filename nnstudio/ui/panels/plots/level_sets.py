"""Lines along which a field that is known on a grid has a certain value (marching squares)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Segments:
    """Pieces of lines, two ends each, in columns and rows of the grid; `fields` tells which field each belongs to."""

    x: Floats
    y: Floats
    fields: NDArray[np.int64]


def level_set(fields: NDArray[np.float32], level: float) -> Segments:
    """Of several fields, U×R×C, at once. Between neighbours a field is taken to be straight; there is no line at what
    is no number.
    """
    above = _widened(fields.astype(np.float64) - level)
    corners = np.stack([above[:, :-1, :-1], above[:, :-1, 1:], above[:, 1:, 1:], above[:, 1:, :-1]])
    signs = corners > 0
    crossed = signs != np.roll(signs, -1, axis=0)
    crossed &= np.isfinite(corners).all(axis=0)
    place = np.flatnonzero(crossed.any(axis=0))
    ends = _ends(corners.reshape(4, -1)[:, place])
    cuts = crossed.reshape(4, -1)[:, place]
    field, row, column = np.unravel_index(place, above[:, :-1, :-1].shape)
    pairs, cells = _pairs(cuts, corners.reshape(4, -1)[:, place])
    at = ends[pairs, cells[:, None]] + np.stack([column[cells], row[cells]], axis=-1)[:, None] - 1  # _widened
    return Segments(at[..., 0].ravel(), at[..., 1].ravel(), field[cells])


def _widened(values: Floats) -> Floats:
    """One more cell on each side, going on straight, so that lines reach the edge of the picture."""
    for axis in (1, 2):
        if values.shape[axis] < 2:
            values = np.repeat(values, 2, axis=axis)
        first, second, before, last = (np.take(values, [place], axis=axis) for place in (0, 1, -2, -1))
        values = np.concatenate([2 * first - second, values, 2 * last - before], axis=axis)
    return values


def _ends(corners: Floats) -> Floats:
    """Where the field is zero on each of the four sides of each cell, 4×cells×2, from the cell's first corner."""
    here, there = corners, np.roll(corners, -1, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(here / (here - there), posinf=0.0, neginf=0.0)
    zero, one = np.zeros_like(share[0]), np.ones_like(share[0])
    x = np.stack([share[0], one, 1 - share[2], zero])
    y = np.stack([zero, share[1], one, 1 - share[3]])
    return np.stack([x, y], axis=-1)


def _pairs(cuts: NDArray[np.bool_], corners: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which two sides each piece joins, and in which cell: one piece, or two where all four sides are cut."""
    saddle = cuts.all(axis=0)
    simple = np.flatnonzero(~saddle)
    sides = np.argsort(~cuts[:, simple], axis=0, kind="stable")[:2].T
    double = np.flatnonzero(saddle)
    joined = (corners[:, double].sum(axis=0) > 0) == (corners[0, double] > 0)  # the first corner with the third
    first = np.where(joined[:, None], [[0, 1]], [[0, 3]])
    second = np.where(joined[:, None], [[2, 3]], [[1, 2]])
    return np.concatenate([sides, first, second]), np.concatenate([simple, double, double])
