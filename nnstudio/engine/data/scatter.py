"""Some samples drawn by lot, to be shown as points: their numbers, their labels, and their first two components."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from nnstudio.data.spec import Field
from nnstudio.engine.data.datasets import Data
from nnstudio.engine.data.preview import taken
from nnstudio.engine.data.tallies import Array, Arrays

MOST_NUMBERS = 4096
"""Numbers of one sample that components are looked for in."""
FEW = 64
"""Numbers of one sample that are few."""
FITTED = 250
"""Where there are more, components are found from about so many samples; all drawn ones are shown in them."""


@dataclass(frozen=True)
class Drawn:
    """Samples by lot: their places, of which the test set's come after the training set's."""

    data: Data
    places: torch.Tensor
    rows: Array
    test: Array

    @property
    def in_part(self) -> Array:
        """The place of each sample in the training set or in the test set."""
        places = self.places.numpy()
        return np.where(self.test, places - self.data.train_samples, places)

    def values(self, name: str) -> Array:
        """A field of these samples."""
        return taken(self.data, name, self.places).numpy()


def draw(data: Data, count: int, seed: int, *, same: bool) -> Drawn:
    """`count` samples at most, the same for the same seed, in the order of their places.

    `same` where the training set is the test set too: then all are drawn from the one.
    """
    train = data.train_samples
    total = train + (0 if same else data.test_samples)
    places = np.arange(total)
    if total > count:
        places = np.sort(np.random.default_rng(seed).choice(total, count, replace=False))
    source = torch.cat([data.rows["train"], data.rows["test"]])[torch.from_numpy(places)]
    return Drawn(data, torch.from_numpy(places), source.numpy(), places >= train)


def components(values: Array, *, standardized: bool) -> tuple[Array, list[float]] | None:
    """Each sample's first two principal components, and which shares of the variance they explain.

    Centred, and if wished each number is divided by its standard deviation. What is missing counts as the mean. None
    where there are no two numbers that differ.
    """
    table = values.reshape(len(values), -1).astype(np.float64)
    if len(table) < 3 or table.shape[1] > MOST_NUMBERS:
        return None
    table[~np.isfinite(table)] = np.nan
    known = np.isfinite(table).any(axis=0)
    table = table[:, known]
    table = np.nan_to_num(table - np.nanmean(table, axis=0)) if table.size else table
    spread = table.std(axis=0)
    table = table[:, spread > 0] / (spread[spread > 0] if standardized else 1.0)
    if table.shape[1] < 2:
        return None
    fitted = table if table.shape[1] <= FEW else table[:: math.ceil(len(table) / FITTED)]
    sizes, axes = _axes(fitted)
    axes = axes[:2] * np.where(axes[:2].sum(axis=1) < 0, -1.0, 1.0)[:, None]  # a sign that does not flip by chance
    shares = sizes**2 / np.sum(sizes**2)
    return (table @ axes.T).astype(np.float32), [float(share) for share in shares[:2]]


def _axes(table: Array) -> tuple[Array, Array]:
    """Singular values, and right singular vectors as rows; of a wide table by a small square one, which is quicker."""
    if len(table) >= table.shape[1]:
        _, sizes, axes = np.linalg.svd(table, full_matrices=False)
        return sizes, axes
    left, squares, _ = np.linalg.svd(table @ table.T)
    sizes = np.sqrt(squares)
    return sizes, (left.T @ table) / np.maximum(sizes, np.finfo(np.float64).tiny)[:, None]


def pca_field(fields: list[Field]) -> Field | None:
    """The field that components are looked for in: a picture, or else the first with several numbers."""
    several = [field for field in fields if field.dtype == "float32" and math.prod(field.shape) > 2]
    images = [field for field in several if field.kind == "image"]
    vectors = [field for field in several if field.kind == "vector"]
    return next(iter(images + vectors), None)


def explained(drawn: Drawn, field: Field) -> tuple[Arrays, dict[str, object]]:
    """`points.pca` (P×2), and the facts `pca` (the field), `pca.explained` and `pca.words`; or nothing."""
    standardized = field.kind != "image"
    found = components(drawn.values(field.name), standardized=standardized)
    if found is None:
        return {}, {}
    words = "centred, each number divided by its standard deviation" if standardized else "centred"
    if math.prod(field.shape) > FEW:
        words += f", found from about {FITTED} samples"
    return {"points.pca": found[0]}, {"pca": field.name, "pca.explained": found[1], "pca.words": words}
