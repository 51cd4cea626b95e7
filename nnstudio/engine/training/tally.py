"""Training loss and accuracy of steps: only kept at each step, and worked out for many steps at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.engine.training.feeding import Batch
from nnstudio.engine.training.metrics import decided, has_accuracy, right_share
from nnstudio.protocol.messages import Model

KEPT_ELEMENTS = 2**16
"""Numbers of predictions kept until what they come down to is looked up; more would fall out of a processor's cache."""


@dataclass(frozen=True)
class Figures:
    """Training loss and accuracy of some steps, one value a step; no accuracies where the task has none."""

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]
    sizes: NDArray[np.int64]
    """Samples in each step."""


@dataclass(frozen=True)
class _Decided:
    """What the predictions of some steps came down to, and how many samples each step has."""

    answer: torch.Tensor
    target: torch.Tensor
    sizes: list[int]


class Tally:
    """Of the steps that nobody has asked for yet."""

    def __init__(self, spec: Model) -> None:
        self._spec = spec
        self._judged = spec.outputs.index(spec.prediction) if has_accuracy(spec) else None
        self._losses: list[torch.Tensor] = []
        self._sizes: list[int] = []
        self._answers: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._kept = 0
        self._decided: list[_Decided] = []

    def add(self, loss: torch.Tensor, outputs: Batch, target: torch.Tensor | None, size: int) -> None:
        """One step: judging many at once costs a fraction of judging each."""
        self._losses.append(loss)
        self._sizes.append(size)
        if self._judged is not None and target is not None:
            answer = outputs[self._judged].detach()
            self._answers.append((answer, target))
            self._kept += answer.numel()
            if self._kept > KEPT_ELEMENTS:
                self._decide()

    def take(self) -> Figures:
        """Figures of all of them, which are forgotten then."""
        losses = torch.stack(self._losses).float().cpu().numpy() if self._losses else _nothing()
        figures = Figures(losses, self._accuracies(), np.array(self._sizes, np.int64))
        self._losses, self._sizes = [], []
        return figures

    def _decide(self) -> None:
        """Of what was kept of predictions, only what they come down to is kept from here."""
        answers, targets = zip(*self._answers, strict=True)
        sizes = [len(answer) for answer in answers]
        self._decided.append(_Decided(decided(self._spec.task, _joined(answers)), _joined(targets), sizes))
        self._answers, self._kept = [], 0

    def _accuracies(self) -> NDArray[np.float32]:
        if self._answers:
            self._decide()
        if not self._decided:
            return _nothing()
        answers, targets = torch.cat([d.answer for d in self._decided]), torch.cat([d.target for d in self._decided])
        right = right_share(self._spec.task, answers, targets, self._spec.ignore).cpu().numpy()
        sizes = np.array([size for each in self._decided for size in each.sizes])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self._decided = []
        shares: NDArray[np.float32] = (np.add.reduceat(right, starts) / sizes).astype(np.float32)
        return shares


def _joined(batches: Sequence[torch.Tensor]) -> torch.Tensor:
    """One behind the other; a large one alone is not worth a copy."""
    return batches[0] if len(batches) == 1 else torch.cat(list(batches))


def _nothing() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)
