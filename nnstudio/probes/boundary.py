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
from nnstudio.probes.plane import edges_around, field_of_points, middles
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    field, (_, target) = field_of_points(look, "Boundary"), judged(look)
    points = torch.cat([look.train[field], look.test[field]])
    labels = torch.cat([look.train[target], look.test[target]])
    resolution = clamp(whole(options, "resolution", 64), 2, 512)
    edges = edges_around(points)
    answers = ask(look, {field: middles(edges, resolution).to(points)})
    found = Found(_picture(answers, look.spec.task, resolution))
    found.arrays["points"] = float32(points)
    found.arrays["labels"] = class_labels(labels, look.spec).numpy()
    found.arrays["test"] = (np.arange(len(points)) >= len(look.train[field])).astype(np.uint8)
    found.facts.update(zip(("x0", "x1", "y0", "y1"), edges, strict=True))
    found.facts.update(names=list(look.class_names), task=look.spec.task)
    return found


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
