"""What a run keeps count of besides its trainer: the means of the epoch that goes, and which epoch was the best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.model import weights
from nnstudio.engine.model.subject import Subject
from nnstudio.engine.model.words import in_words
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.records.draft import Draft
from nnstudio.engine.records.scribe import source_hash
from nnstudio.engine.training.metrics import Scores
from nnstudio.engine.training.state import Packed
from nnstudio.engine.training.stopping import Watch
from nnstudio.engine.training.tally import Figures
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import EpochDone, Plan

_STATE = ("losses", "right", "samples", "seconds")


class Account:
    """Of one run. With its trainer's state it is all that the run needs to go on as if it had never stood still."""

    def __init__(self, plan: Plan) -> None:
        self.sums = EpochSums()
        self.watch = Watch(plan)
        self.best: dict[str, torch.Tensor] = {}
        """Weights of the best epoch, where the plan wants them at the end."""
        self._draft = Draft()

    def epoch_done(self, run: int, trainer: Trainer, scores: Scores) -> EpochDone:
        """The figures of the epoch that has just ended."""
        return EpochDone(
            run=run,
            epoch=trainer.epoch,
            step=trainer.steps,
            train_loss=self.sums.loss,
            test_loss=scores.loss,
            train_accuracy=None if scores.accuracy is None else self.sums.accuracy,
            test_accuracy=scores.accuracy,
            seconds=self.sums.seconds,
            metrics=dict(scores.metrics),
        )

    def close_epoch(self, done: EpochDone, plan: Plan, model: nn.Module) -> bool:
        """An epoch is over; whether it was the best so far."""
        self.sums.clear()
        best = self.watch.take(done)
        if best:  # where nobody wants them now, those of an earlier epoch are not the best any more
            self.best = weights.copies(model) if plan.restore_best else {}
        return best

    def snapshot(self, trainer: Trainer, subject: Subject) -> Snapshot:
        """For a moment between two steps, when the figures of all of them are taken.

        Raises EngineError where there is no memory for it.
        """
        with _memory_in_words():
            return self._snapshot(trainer, subject, trainer.state())

    def draft(self, trainer: Trainer, subject: Subject) -> Callable[[], Snapshot]:
        """What makes the snapshot of this very moment later, until there is another draft; this much costs next to
        nothing. Both raise EngineError where there is no memory for it.
        """
        with _memory_in_words():
            self._draft.hold(trainer.present())
        rest = self._snapshot(trainer, subject, Packed())
        return partial(self._finished, rest)

    def _finished(self, rest: Snapshot) -> Snapshot:
        with _memory_in_words():
            return replace(rest, trainer=self._draft.hand_over())

    def _snapshot(self, trainer: Trainer, subject: Subject, state: Packed) -> Snapshot:
        return Snapshot(
            plan=trainer.plan,
            data=subject.spec.data,
            source_hash=source_hash(subject.spec.source),
            step=trainer.steps,
            epoch=trainer.epoch,
            trainer=state,
            facts={
                "sums": self.sums.state(),
                "watch": self.watch.state(),
                "samples": subject.data.train_samples,
            },
            best=dict(self.best),
        )

    def restore(self, snapshot: Snapshot, trainer: Trainer, subject: Subject) -> None:
        """Go on from there, to the last bit. Raises EngineError where it is damaged, or of another network or data."""
        if snapshot.facts.get("samples") != subject.data.train_samples:
            fix = "Choose the data it was trained on, or train from the beginning."
            raise EngineError("The checkpoint is of a run on other data.", fix=fix)
        trainer.restore(snapshot.trainer)
        self.sums.restore(snapshot.facts["sums"])
        self.watch.restore(snapshot.facts["watch"])
        self.best = dict(snapshot.best)
        subject.step = trainer.steps


class EpochSums:
    """Of the epoch that is going, the same to the last bit whatever pieces its steps come in."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """An epoch begins."""
        self.losses = self.right = self.samples = self.seconds = 0.0

    def add(self, figures: Figures) -> None:
        """Some steps more."""
        sizes = figures.sizes.astype(np.float64)
        self.losses = _added(self.losses, figures.losses * sizes)
        self.right = _added(self.right, figures.accuracies * sizes if len(figures.accuracies) else sizes[:0])
        self.samples += float(sizes.sum())

    @property
    def loss(self) -> float:
        return self.losses / self.samples

    @property
    def accuracy(self) -> float:
        return self.right / self.samples

    def state(self) -> dict[str, Any]:
        """As plain facts."""
        return {name: getattr(self, name) for name in _STATE}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there. Raises KeyError and ValueError for what is no such state."""
        for name in _STATE:
            setattr(self, name, float(state[name]))


@contextmanager
def _memory_in_words() -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # the second is torch's own word for no memory
        raise in_words(error) from error


def _added(total: float, terms: NDArray[np.float64]) -> float:
    """One after the other: numpy's own sum adds in an order that depends on how many there are."""
    return float(np.add.accumulate(np.concatenate([[total], terms]))[-1])
