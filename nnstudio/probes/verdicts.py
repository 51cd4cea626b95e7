"""What a model says of its test samples beside what is true, one verdict an answer; of sequences each place is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.answers import ask, class_labels, judged
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Look
from nnstudio.protocol.messages import Option

MOST_PLACES = 2**15
"""Places of sequences that are looked at."""
_BATCH = 64
"""Sequences that run at once."""


@dataclass(frozen=True)
class Verdicts:
    """All answers in a row. `samples` of the test set's `all_samples` were looked at."""

    true: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]
    samples: int
    all_samples: int


@dataclass(frozen=True)
class Sequences:
    """Answers to n sequences of equal length, n×T. `counts` says which places count for the loss."""

    true: torch.Tensor
    predicted: torch.Tensor
    confidence: torch.Tensor
    counts: torch.Tensor


def verdicts(look: Look, options: Mapping[str, Option]) -> Verdicts:
    """Raises DataError where the model tells no classes, or there is nothing to judge."""
    _, target_name = judged(look)
    target = look.test[target_name]
    if not len(target):
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    if look.spec.task == "tokens":
        return _sure(_flat(sequences(look, options), len(target)))
    answers, true = ask(look, look.test), class_labels(target, look.spec).numpy()
    predicted, confidence = answers.predicted.cpu().numpy(), _doubles(answers.confidence)
    counts = true >= 0 if look.spec.ignore is None else (true >= 0) & (true != look.spec.ignore)
    return _sure(Verdicts(true[counts], predicted[counts], confidence[counts], len(target), len(target)))


def _sure(found: Verdicts) -> Verdicts:
    if not np.isfinite(found.confidence).all():
        raise DataError(
            "Some predictions are no finite numbers, so there is nothing to judge.", fix="Train anew, slower."
        )
    return found


def sequences(look: Look, options: Mapping[str, Option]) -> Sequences:
    """The answers to the first sequences of the test set: as many as are quick, or as have the `places` that are asked
    for. Raises DataError for other answers.
    """
    place, target_name = judged(look)
    target = look.test[target_name]
    length = max(int(target[:1].numel()), 1)
    places = clamp(whole(options, "places", MOST_PLACES), 1, MOST_PLACES)
    some = max(1, min(len(target), places // length))
    parts = list(_answers(look, place, some))
    predicted, confidence = (torch.cat([part[which] for part in parts]) for which in (0, 1))
    true = target[:some].cpu()
    if predicted.shape != true.shape:
        raise DataError(f"The prediction is {[*predicted.shape[1:]]} a sample and its target {[*true.shape[1:]]}.")
    counts = torch.ones_like(true, dtype=torch.bool) if look.spec.ignore is None else true != look.spec.ignore
    return Sequences(true, predicted, confidence, counts)


def _answers(look: Look, place: int, some: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The likeliest class and its probability at each place, batch by batch: all logits would not fit."""
    for start in range(0, some, _BATCH):
        rows = [look.test[name][start : min(start + _BATCH, some)] for name in look.spec.inputs]
        made = look.model(*rows)
        output = made if isinstance(made, torch.Tensor) else made[place]
        sure, likeliest = output.softmax(dim=-1).max(dim=-1)
        yield likeliest.cpu(), sure.cpu()


def _flat(found: Sequences, all_samples: int) -> Verdicts:
    true, predicted = (each[found.counts].numpy().astype(np.int64) for each in (found.true, found.predicted))
    return Verdicts(true, predicted, _doubles(found.confidence[found.counts]), len(found.true), all_samples)


def _doubles(tensor: torch.Tensor) -> NDArray[Any]:
    return tensor.detach().cpu().double().numpy()
