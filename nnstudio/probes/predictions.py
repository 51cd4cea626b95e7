"""The test samples with what the model says of them, its worst mistakes first."""

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

_MOST = 1000
"""Samples on one page at most."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    _, target_name = judged(look)
    target = look.test[target_name]
    if not len(target):
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    answers = ask(look, look.test)
    found = _values(answers, target) if look.spec.task == "values" else _classes(answers, target, look)
    order, page = _page(found.arrays["index"], options)
    arrays = {name: array[order] for name, array in found.arrays.items()} | {"index": order}
    arrays |= {f"input:{name}": float32(look.test[name][order]) for name in look.spec.inputs}
    facts: dict[str, Option] = {"total": len(target), "page": page, "task": look.spec.task}
    return Found(arrays, facts | {"names": list(look.class_names)} | found.facts)


def _classes(answers: Answers, target: torch.Tensor, look: Look) -> Found:
    """All samples; `index` says in which order to show them: wrong and sure first, right and sure last."""
    true = class_labels(target, look.spec).numpy()
    predicted = answers.predicted.cpu().numpy()
    confidence = float32(answers.confidence)
    right = predicted == true
    order = np.lexsort((np.where(right, confidence, -confidence), right))
    arrays: dict[str, NDArray[Any]] = {"index": order, "true": true, "predicted": predicted}
    wrong = int(len(right) - right.sum())
    return Found(arrays | {"confidence": confidence}, {"wrong": wrong, "accuracy": float(right.mean())})


def _values(answers: Answers, target: torch.Tensor) -> Found:
    """All samples; the largest error, averaged over the numbers of a sample, comes first."""
    true, predicted = (
        float32(target.squeeze(1) if target.shape[1:] == (1,) else target),
        float32(answers.predicted),
    )
    if true.shape != predicted.shape:
        raise DataError(f"The prediction is {predicted.shape} and its target {true.shape}.")
    error = np.abs(predicted - true).reshape(len(true), -1).mean(axis=1)
    arrays: dict[str, NDArray[Any]] = {"index": np.argsort(-error, kind="stable"), "true": true}
    return Found(arrays | {"predicted": predicted, "error": error}, {"wrong": -1, "accuracy": -1.0})


def _page(order: NDArray[np.int64], options: Mapping[str, Option]) -> tuple[NDArray[np.int64], int]:
    """The samples of the page asked for, or of the last one, and its number."""
    count = clamp(whole(options, "count", 24), 1, _MOST)
    page = clamp(whole(options, "page", 0), 0, (len(order) - 1) // count)
    return order[page * count : (page + 1) * count].astype(np.int64), page


PREDICTIONS = Probe("predictions", "Test samples and what the model says of them, mistakes first.", _look)
