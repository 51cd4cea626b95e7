"""Collects what a model says of the test set, for the metrics that torch has not; and when they may be made."""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from nnstudio.metrics.registry import computed, metrics_of
from nnstudio.metrics.spec import BINARY, VALUES, Judged

MOST_NUMBERS = 2**23
"""Of scores or of predicted numbers that are kept of a test set; there are no figures of what is larger."""
SHARE = 0.03
"""Of a run's time, for figures that nobody waits for."""
FIRST_AFTER = 0.5
"""Seconds into a run before such figures are made: what is seen first is the loss."""
LOADING = 0.8
"""Seconds that scikit-learn takes to load."""


class Answers:
    """What the model says of the test set, batch by batch. `figures` are the metrics of it.

    Never raises: where predictions and targets do not go together there are no figures.
    """

    def __init__(self, task: str, ignore: int | None, names: tuple[str, ...]) -> None:
        self._task, self._ignore, self._names = task, ignore, names
        self._columns: dict[str, list[NDArray[np.generic]]] = {}
        self._samples = self._numbers = 0
        self._failed = not names
        self.seconds = 0.0

    def add(self, prediction: torch.Tensor, target: torch.Tensor) -> None:
        """A batch of what the model says, and of what is right."""
        if self._failed:
            return
        began = perf_counter()
        try:
            self._add(prediction, target)
        except (RuntimeError, ValueError, IndexError):  # of sizes that only a person's own loss puts together
            self._failed = True
        self.seconds += perf_counter() - began

    def figures(self) -> dict[str, float]:
        """By name; those that are not defined for these answers are left out."""
        if self._failed or not self._columns:
            return {}
        began = perf_counter()
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items() if parts}
        found = computed(Judged(task=self._task, **columns), self._names)
        self.seconds += perf_counter() - began
        return found

    def _add(self, prediction: torch.Tensor, target: torch.Tensor) -> None:
        if self._task in VALUES:
            self._add_numbers(prediction, target)
        elif self._task in BINARY:
            self._add_two_classes(prediction, target)
        else:
            self._add_classes(prediction, target)
        self._samples += len(target)

    def _add_numbers(self, prediction: torch.Tensor, target: torch.Tensor) -> None:
        self._numbers += 2 * prediction.numel()
        if self._numbers > MOST_NUMBERS:
            self._failed, self._columns = True, {}
            return
        right = target.reshape(prediction.shape).reshape(len(prediction), -1)
        self._keep("predicted", prediction.reshape(right.shape).cpu().double())
        self._keep("target", right.cpu().double())
        self._keep("sample", self._whose(len(right), 1))

    def _add_two_classes(self, prediction: torch.Tensor, target: torch.Tensor) -> None:
        scores = prediction.reshape(-1)
        self._keep("predicted", (scores > (0.0 if self._task == "logit" else 0.5)).long())
        self._keep("target", (target.reshape(-1) > 0.5).long())
        self._keep("sample", self._whose(len(prediction), scores.numel() // max(len(prediction), 1)))
        self._keep_scores(scores)

    def _add_classes(self, prediction: torch.Tensor, target: torch.Tensor) -> None:
        """One row an answer: scores of an image have the classes second, those of a sequence last."""
        scores = prediction.movedim(1, -1) if self._task == "classes" else prediction
        scores, right = scores.reshape(-1, scores.shape[-1]), target.reshape(-1)
        sample = self._whose(len(target), right.numel() // max(len(target), 1))
        if self._ignore is not None:
            counts = right != self._ignore
            scores, right, sample = scores[counts], right[counts], sample[counts.to(sample.device)]
        self._keep("predicted", scores.argmax(1))
        self._keep("target", right)
        self._keep("sample", sample)
        if self._task == "classes":
            self._keep_scores(scores.cpu().double().softmax(1))
        else:
            self._keep("surprise", cross_entropy(scores, right, reduction="none"))

    def _keep_scores(self, scores: torch.Tensor) -> None:
        self._numbers += scores.numel()
        if self._numbers > MOST_NUMBERS:
            self._columns["scores"] = []
        else:
            self._keep("scores", scores.cpu().double())

    def _whose(self, samples: int, answers: int) -> torch.Tensor:
        """The sample of each answer."""
        return (torch.arange(samples) + self._samples).repeat_interleave(answers)

    def _keep(self, name: str, values: torch.Tensor) -> None:
        self._columns.setdefault(name, []).append(values.detach().cpu().numpy())


def computed_ones(task: str) -> tuple[str, ...]:
    """Names of the metrics of the task that are made from all answers."""
    return tuple(name for name, metric in metrics_of(task).items() if metric.compute)


def watched(task: str, monitor: str) -> tuple[str, ...]:
    """Names of those that every epoch needs: what the run watches, if it is a metric of the task."""
    return (monitor,) if monitor in computed_ones(task) else ()


class Figuring:
    """Which metrics are made after an epoch: all of the task where somebody waits for them, or there is time."""

    def __init__(self, task: str, now: float) -> None:
        self._task = task
        self._all = computed_ones(task)
        wait = FIRST_AFTER if "sklearn.metrics" in sys.modules else LOADING / SHARE
        self._next = now + wait
        self.rivals = 1
        """How many runs go side by side: all together keep within the share."""

    def wanted(self, now: float, monitor: str, *, waited_for: bool) -> tuple[str, ...]:
        """Names of those to make now; of every epoch the one that the run watches, if it is a metric of the task."""
        if waited_for or now >= self._next:
            return self._all
        return watched(self._task, monitor)

    def took(self, seconds: float, now: float) -> None:
        """What they cost, so that the next ones keep within the share."""
        self._next = max(self._next, now + self.rivals * seconds / SHARE)
