"""Counting over samples, a chunk at a time: of columns of numbers, of classes, of tokens, of pictures.

Each tally sees the training samples first and then the test samples; what it counts by part has the training part in
row 0 and the test part in row 1. No tally makes a copy larger than a chunk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Arrays: TypeAlias = dict[str, Array]
Parts: TypeAlias = tuple[Array, Array]
"""The training samples and the test samples of a field; no test samples where all are learned and tested."""
Tell: TypeAlias = Callable[[int], None]
"""Is told after each chunk how many samples that were."""

CHUNK = 2**18
"""Numbers looked at at once."""
BINS = 40
MOST_COLUMNS = 100
"""Columns that are counted; those beyond are left out."""
MOST_TOKENS = 200
"""The most frequent tokens that are told."""
MOST_MEANS = 20
"""Classes of which there is a mean picture, where there are no more."""
MOST_KINDS = 2**22
"""Classes or tokens from this number on are not counted."""


@dataclass(frozen=True)
class Chunk:
    """Some samples that follow each other, all of one part."""

    part: int
    values: Array


def chunks(parts: Parts, tell: Tell) -> Iterator[Chunk]:
    """All samples, training part first."""
    for part, values in enumerate(parts):
        step = max(1, CHUNK // max(1, math.prod(values.shape[1:])))
        for start in range(0, len(values), step):
            chunk = values[start : start + step]
            yield Chunk(part, chunk)
            tell(len(chunk))


def columns(parts: Parts, tell: Tell) -> Arrays:
    """`min`, `max`, `mean`, `std`, `missing` (C) and `histogram` (2×C×BINS, evenly from min to max) of each column.

    Numbers of a sequence are columns by their last axis. What is not finite is missing, and counts in nothing else;
    of a column that has nothing else, min, max, mean and std are NaN.
    """
    width = _width(parts[0])
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    total, known, seen = np.zeros(width), np.zeros(width, np.int64), 0
    for _, table, good in _tables(parts, width, tell):
        low = np.minimum(low, np.min(table, axis=0, initial=np.inf, where=good))
        high = np.maximum(high, np.max(table, axis=0, initial=-np.inf, where=good))
        total += np.sum(table, axis=0, dtype=np.float64, where=good)
        known += np.sum(np.broadcast_to(good, table.shape), axis=0)
        seen += len(table)
    mean = _over(total, known)
    squares, histogram = np.zeros(width), np.zeros((2, width, BINS), np.int64)
    for part, table, good in _tables(parts, width, tell):
        squares += np.sum((table - mean) ** 2, axis=0, where=good)
        histogram[part] += _histogram(table, good, low, high)
    nothing = known == 0
    return {
        "min": np.where(nothing, np.nan, low),
        "max": np.where(nothing, np.nan, high),
        "mean": mean,
        "std": np.sqrt(_over(squares, known)),
        "missing": seen - known,
        "histogram": histogram,
    }


def classes(parts: Parts, count: int, tell: Tell) -> Arrays:
    """`counts` (2×K): how often each class is there."""
    count = min(count, MOST_KINDS)
    counts = np.zeros((2, count), np.int64)
    for chunk in chunks(parts, tell):
        flat = chunk.values.reshape(-1)
        counts[chunk.part] += np.bincount(flat[(flat >= 0) & (flat < count)], minlength=count)
    return {"counts": counts}


def tokens(parts: Parts, padding: int | None, tell: Tell) -> Arrays:
    """`tokens` (K), the most frequent first, and `counts` (2×K) of them; `lengths` (2×T+1): samples of each length.

    Padding counts in neither.
    """
    longest = math.prod(parts[0].shape[1:])
    counts, lengths = np.zeros((2, 1), np.int64), np.zeros((2, longest + 1), np.int64)
    for part, values in ((chunk.part, chunk.values.reshape(-1, longest)) for chunk in chunks(parts, tell)):
        real = np.ones(values.shape, bool) if padding is None else values != padding
        found = np.bincount(values[real & (values >= 0) & (values < MOST_KINDS)])
        counts = np.pad(counts, ((0, 0), (0, max(0, len(found) - counts.shape[1]))))
        counts[part, : len(found)] += found
        lengths[part] += np.bincount(real.sum(axis=1), minlength=longest + 1)
    total = counts.sum(axis=0)
    order = np.argsort(-total, kind="stable")
    order = order[total[order] > 0]
    chosen = order[:MOST_TOKENS]
    return {"tokens": chosen, "counts": counts[:, chosen], "lengths": lengths, "different": np.array(len(order))}


def mean_pictures(parts: Parts, labels: Parts, count: int, tell: Tell) -> Arrays:
    """`means` (K×C×H×W): the mean picture of each class; all nothing where a class has none."""
    shape = parts[0].shape[1:]
    total, seen = np.zeros((count, math.prod(shape))), np.zeros(count, np.int64)
    for part, classes_of in zip(parts, labels, strict=True):
        start = 0
        for chunk in chunks((part, part[:0]), tell):
            flat = np.nan_to_num(chunk.values.reshape(len(chunk.values), -1))
            own = classes_of[start : start + len(flat)]
            total += (own == np.arange(count)[:, None]).astype(np.float32) @ flat
            seen += np.bincount(own, minlength=count)[:count]
            start += len(flat)
    return {"means": (total / np.maximum(seen, 1)[:, None]).astype(np.float32).reshape(count, *shape)}


def pictures(parts: Parts, tell: Tell) -> Arrays:
    """`mean` (C×H×W) of all pictures, and `range` (2): the least and the largest value in any."""
    total, seen = np.zeros(parts[0].shape[1:]), 0
    low, high = np.inf, -np.inf
    for values in (chunk.values.astype(np.float32) for chunk in chunks(parts, tell)):
        good = np.isfinite(values)
        total += np.sum(values, axis=0, dtype=np.float64, where=good)
        seen += len(values)
        low = min(low, float(np.min(values, initial=np.inf, where=good)))
        high = max(high, float(np.max(values, initial=-np.inf, where=good)))
    return {"mean": (total / max(seen, 1)).astype(np.float32), "range": np.array([low, high])}


def _width(values: Array) -> int:
    return min(values.shape[-1] if values.ndim > 1 else 1, MOST_COLUMNS)


def _tables(parts: Parts, width: int, tell: Tell) -> Iterator[tuple[int, Array, Array]]:
    """Chunks as rows and columns of float64, with what of them is finite."""
    for chunk in chunks(parts, tell):
        values = chunk.values
        table = values.reshape(-1, values.shape[-1] if values.ndim > 1 else 1)[:, :width].astype(np.float64)
        good = np.isfinite(table)
        yield chunk.part, table, np.True_ if good.all() else good  # type: ignore[misc]  # where= takes one for all


def _histogram(table: Array, good: Array, low: Array, high: Array) -> Array:
    width = table.shape[1]
    spread = high > low
    low = np.where(spread, low, 0.0)
    scale = BINS / np.where(spread, high - low, np.inf)
    places = (np.where(good, table, low) - low) * scale
    index = np.minimum(places.astype(np.int64), BINS - 1) + np.arange(width) * BINS
    chosen = index[np.broadcast_to(good, index.shape)]
    return np.bincount(chosen, minlength=width * BINS).reshape(width, BINS)


def _over(total: Array, count: Array) -> Array:
    """A mean; NaN of nothing."""
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
