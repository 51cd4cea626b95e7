"""What the model says of every place in the plane its data lies in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.answers import Answers, ask, class_labels, judged
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_MARGIN = 0.1
"""Room around the data, as a part of its extent."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    field, (_, target) = _field(look), judged(look)
    points = torch.cat([look.train[field], look.test[field]])
    labels = torch.cat([look.train[target], look.test[target]])
    resolution = clamp(whole(options, "resolution", 64), 2, 512)
    edges = _edges(points)
    answers = ask(look, {field: _places(edges, resolution).to(points)})
    found = Found(_picture(answers, look.spec.task, resolution))
    found.arrays["points"] = float32(points)
    found.arrays["labels"] = class_labels(labels, look.spec).numpy()
    found.arrays["test"] = (np.arange(len(points)) >= len(look.train[field])).astype(np.uint8)
    found.facts.update(zip(("x0", "x1", "y0", "y1"), edges, strict=True))
    found.facts.update(names=list(look.class_names), task=look.spec.task)
    return found


def _field(look: Look) -> str:
    """The one input field. Raises DataError unless it holds two numbers a sample."""
    if len(look.spec.inputs) != 1 or look.test[look.spec.inputs[0]].shape[1:] != (2,):
        raise DataError("The Boundary panel needs data with two numbers a sample, such as moons.")
    return look.spec.inputs[0]


def _edges(points: torch.Tensor) -> tuple[float, float, float, float]:
    """x0, x1, y0, y1 of the picture."""
    low, high = points.amin(dim=0), points.amax(dim=0)
    room = (high - low).clamp(min=1e-3) * _MARGIN
    (x0, y0), (x1, y1) = (low - room).tolist(), (high + room).tolist()
    return x0, x1, y0, y1


def _places(edges: tuple[float, float, float, float], resolution: int) -> torch.Tensor:
    """R²×2: the middle of each cell, row by row from the lowest y, each row from the lowest x."""
    x0, x1, y0, y1 = edges
    middle = (torch.arange(resolution) + 0.5) / resolution
    y, x = torch.meshgrid(y0 + (y1 - y0) * middle, x0 + (x1 - x0) * middle, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def _picture(answers: Answers, task: str, resolution: int) -> dict[str, NDArray[Any]]:
    """`grid` R×R, and `classes` R×R where there are more than two."""
    square = (resolution, resolution)
    if task == "values":
        if answers.predicted.ndim != 1:
            raise DataError("The Boundary panel needs a model that predicts one number.")
        return {"grid": float32(answers.predicted).reshape(square)}
    if answers.probabilities.shape[1] == 2:
        return {"grid": float32(answers.probabilities[:, 1]).reshape(square)}
    classes = answers.predicted.cpu().numpy().reshape(square)
    return {"grid": float32(answers.confidence).reshape(square), "classes": classes}


BOUNDARY = Probe("boundary", "What the model says of every place in the plane.", _look)
