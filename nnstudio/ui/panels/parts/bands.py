"""Runs of a race that differ in the seed alone, taken together: their mean, and how far they lie from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from nnstudio.project.run import Run
from nnstudio.series import Floats

SEVERAL = 2


@dataclass(frozen=True)
class Band:
    """`mean` at the end of each epoch; `low` and `high` are a standard deviation from it, but inside of all runs."""

    name: str
    token: str
    epochs: Floats
    mean: Floats
    low: Floats
    high: Floats
    runs: int

    def at(self, epoch: float) -> tuple[float, float]:
        """Mean and half the width there; NaN outside of it."""
        if not len(self.epochs):
            return np.nan, np.nan
        mean, low, high = (
            float(np.interp(epoch, self.epochs, values, np.nan, np.nan)) for values in (self.mean, self.low, self.high)
        )
        return mean, (high - low) / 2


def groups(runs: Iterable[Run]) -> list[list[Run]]:
    """Those of the same race that differ in the seed alone, in the order of their first ones."""
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        if run.race:
            found.setdefault((run.race, run.group), []).append(run)
    return [group for group in found.values() if len(group) >= SEVERAL]


def band(name: str, token: str, curves: Sequence[tuple[Floats, Floats]]) -> Band:
    """Of curves as epochs and values. An epoch counts with the runs that have come to it, and are finite there."""
    epochs = np.unique(np.concatenate([epochs for epochs, _ in curves] or [np.empty(0)]))
    table = np.full((len(curves), len(epochs)), np.nan)
    for row, (own, values) in zip(table, curves, strict=True):
        row[np.searchsorted(epochs, own)] = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(table)
    there = known.any(axis=0)
    table, known, epochs = table[:, there], known[:, there], epochs[there]
    count = known.sum(axis=0)
    mean = np.where(known, table, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (table - mean) ** 2, 0.0).sum(axis=0) / count)
    low = np.maximum(mean - spread, np.where(known, table, np.inf).min(axis=0, initial=np.inf))
    high = np.minimum(mean + spread, np.where(known, table, -np.inf).max(axis=0, initial=-np.inf))
    return Band(name, token, epochs, mean, low, high, len(curves))
