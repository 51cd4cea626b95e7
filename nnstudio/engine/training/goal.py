"""How far a run goes before it stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nnstudio.engine.training.trainer import Trainer


class Goal:
    """To its end, or to a step that was asked for: then it is `stepping`."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._stop_at: int | None = None
        self.stepping = False

    @property
    def reached(self) -> bool:
        return self._trainer.steps == self._stop_at

    def go(self) -> None:
        """To the end."""
        self._stop_at, self.stepping = None, False

    def step(self, *, epoch: bool) -> None:
        """One step more than was asked for, or to the end of the epoch that comes then."""
        self._stop_at = min(self._trainer.total_steps, self._next(epoch))
        self.stepping = True

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While batches become larger or smaller: the end of an epoch is still meant."""
        whole = self.stepping and self._stop_at is not None and (self._stop_at - self._epochs_end) % self._pace == 0
        yield
        if whole:
            self._stop_at = self._epochs_end

    @property
    def _pace(self) -> int:
        return self._trainer.feed.steps_per_epoch

    @property
    def _epochs_end(self) -> int:
        """The step that ends the epoch that goes, or the one that comes."""
        return self._trainer.steps + (self._trainer.feed.steps_left or self._pace)

    def _next(self, epoch: bool) -> int:
        start = self._trainer.steps
        if self.stepping and self._stop_at is not None:
            start = self._stop_at
        if not epoch:
            return start + 1
        return self._epochs_end + max(0, start - self._epochs_end + self._pace) // self._pace * self._pace
