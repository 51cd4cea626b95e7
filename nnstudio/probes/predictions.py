"""The test samples with what the model says of them, its worst mistakes first.

Options: `count` samples on a page, and which `page`; `true` and `predicted`, classes: only samples of that class, or
that are taken for it; of sequences those with such a place. `places`, how many places of sequences are looked at.
Arrays: `index` (the samples of the page), `true`, `predicted`, `input:FIELD`; of classes `confidence`, of numbers
`error`. Of sequences (n×T) there are the likeliest token of each place, `counts` (the places that the loss counts) and
`right`, the share of those that are right. Facts: `total` samples that there are to turn through, `page`, `task`,
`names`, `wrong` and `accuracy` over all samples, -1 where there is no right and wrong.
"""

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
from nnstudio.probes.verdicts import sequences
from nnstudio.protocol.messages import Option

_MOST = 1000
"""Samples on one page at most."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    _, target_name = judged(look)
    target = look.test[target_name]
    if not len(target):
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    found = _judged(look, target, options)
    wanted = _wanted(found, options)
    order, page = _page(wanted, options)
    arrays = {name: array[order] for name, array in found.arrays.items()} | {"index": order}
    arrays |= {f"input:{name}": float32(look.test[name][order]) for name in look.spec.inputs}
    facts: dict[str, Option] = {"total": len(wanted), "page": page, "task": look.spec.task}
    return Found(arrays, facts | {"names": list(look.class_names)} | found.facts)


def _judged(look: Look, target: torch.Tensor, options: Mapping[str, Option]) -> Found:
    if look.spec.task == "tokens":
        return _sequences(look, options)
    answers = ask(look, look.test)
    return _values(answers, target) if look.spec.task == "values" else _classes(answers, target, look)


def _wanted(found: Found, options: Mapping[str, Option]) -> NDArray[np.int64]:
    """The samples in their order, without those that are not asked for."""
    order = found.arrays["index"]
    true, predicted = whole(options, "true", -1), whole(options, "predicted", -1)
    if true < 0 and predicted < 0:
        return order
    fits = torch.ones(found.arrays["true"].shape, dtype=torch.bool)
    for wanted, name in ((true, "true"), (predicted, "predicted")):
        if wanted >= 0:
            fits &= torch.from_numpy(found.arrays[name]) == wanted
    if "counts" in found.arrays:
        fits &= torch.from_numpy(found.arrays["counts"]) > 0
    some: NDArray[np.bool_] = fits.reshape(len(fits), -1).any(dim=1).numpy()
    return np.asarray(order[some[order]], np.int64)


def _sequences(look: Look, options: Mapping[str, Option]) -> Found:
    """As many as are quick; those with the smallest share of right places come first."""
    found = sequences(look, options)
    right = ((found.true == found.predicted) & found.counts).flatten(1).sum(dim=1)
    share = (right / found.counts.flatten(1).sum(dim=1).clamp(min=1)).numpy()
    arrays: dict[str, NDArray[Any]] = {"index": np.argsort(share, kind="stable"), "right": float32(torch.tensor(share))}
    arrays |= {"true": found.true.numpy(), "predicted": found.predicted.numpy()}
    arrays["counts"] = found.counts.numpy().astype(np.uint8)
    every = int(found.counts.sum())
    return Found(arrays, {"wrong": -1, "accuracy": int(right.sum()) / max(every, 1), "places": every})


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
    page = clamp(whole(options, "page", 0), 0, max(len(order) - 1, 0) // count)
    return order[page * count : (page + 1) * count].astype(np.int64), page


PREDICTIONS = Probe("predictions", "Test samples and what the model says of them, mistakes first.", _look)
