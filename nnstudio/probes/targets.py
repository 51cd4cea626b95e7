"""The samples that lie in a picture of what a model says, with what is right for each."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.probes.answers import class_labels, judged
from nnstudio.probes.places import Inputs, in_rows
from nnstudio.probes.spec import Found, Look, float32

MOST = 2_000
"""Points of each of the two parts: more of them hide what is under them."""


def add_samples(found: Found, look: Look, inputs: Inputs, chosen: int) -> None:
    """Arrays `points` N×count, `labels` (classes, -1 for none), `values` (numbers, for the task "values") and `test`
    (1 where it is a test sample); fact `samples`, how many there are in all.
    """
    _, target = judged(look)
    parts = [look.train, look.test]
    points = torch.cat([inputs.columns(part)[:MOST] for part in parts])
    targets = torch.cat([part[target][:MOST] for part in parts])
    train = min(len(look.train[target]), MOST)
    found.arrays["points"] = float32(points)
    found.arrays["labels"] = _labels(targets, look, chosen)
    found.arrays["test"] = (np.arange(len(points)) >= train).astype(np.uint8)
    if look.spec.task == "values":
        found.arrays["values"] = _values(targets, chosen)
    found.facts["samples"] = sum(len(part[target]) for part in parts)


def _labels(targets: torch.Tensor, look: Look, chosen: int) -> NDArray[np.int64]:
    if look.spec.task in ("logit", "probability"):  # told as 0 and 1, or as -1 and 1
        return (_column(targets, chosen) > 0).to("cpu", torch.int64).numpy()
    labels: NDArray[Any] = class_labels(targets, look.spec).numpy()
    return labels


def _values(targets: torch.Tensor, chosen: int) -> NDArray[np.float32]:
    return float32(_column(targets, chosen).float())


def _column(targets: torch.Tensor, chosen: int) -> torch.Tensor:
    """The number that is judged; of fewer targets than outputs the last."""
    numbers = in_rows(targets)
    return numbers[:, min(chosen, numbers.shape[1] - 1)]
