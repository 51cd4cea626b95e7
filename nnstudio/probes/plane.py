"""The plane that data with two numbers a sample lies in, cut into cells."""

from __future__ import annotations

from typing import TypeAlias

import torch

from nnstudio.errors import DataError
from nnstudio.probes.places import edges_of
from nnstudio.probes.spec import Look

Edges: TypeAlias = tuple[float, float, float, float]
"""x0, x1, y0, y1 of a picture."""


def field_of_points(look: Look, panel: str) -> str:
    """The one input field. Raises DataError, naming the panel, unless it holds two numbers a sample."""
    if len(look.spec.inputs) != 1 or look.test[look.spec.inputs[0]].shape[1:] != (2,):
        raise DataError(f"The {panel} panel needs data with two numbers a sample, such as moons.")
    return look.spec.inputs[0]


def edges_around(points: torch.Tensor) -> Edges:
    """Of a picture with room for all points."""
    (x0, y0), (x1, y1) = edges_of(points)
    return x0, x1, y0, y1


def middles(edges: Edges, resolution: int) -> torch.Tensor:
    """R²×2: the middle of each cell, row by row from the lowest y, each row from the lowest x."""
    x0, x1, y0, y1 = edges
    middle = (torch.arange(resolution) + 0.5) / resolution
    y, x = torch.meshgrid(y0 + (y1 - y0) * middle, x0 + (x1 - x0) * middle, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)
