"""What a run goes back to when its loss is no number any more, or the memory runs out.

Losses are looked at now and then, not at every step: that would cost too much. So states are kept in memory on the
way, and the last good step is reached again from there by the same steps.
"""

from __future__ import annotations

import math
from time import perf_counter

from nnstudio.engine.model.subject import Subject
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.training.account import Account
from nnstudio.engine.training.judging import watched
from nnstudio.engine.training.trainer import Trainer
from nnstudio.engine.training.trouble import NotFinite, free_what_is_left
from nnstudio.errors import EngineError

SHARE = 0.003
"""Of a run's time, for keeping its state."""
SHORTEST = 0.1
"""Seconds between two states; more steps than that are soon repeated."""
LOOK_AGAIN = 60.0
"""Seconds until there may be memory for a state again."""


class Safety:
    """Keeps two states at most: one whose weights are known to be good, and a later one that soon will be, or not.

    `began` is the step that the run has begun at, `due` when the next state is to be kept.
    """

    def __init__(self, account: Account, trainer: Trainer, subject: Subject) -> None:
        self._account, self._trainer, self._subject = account, trainer, subject
        self._kept: list[Snapshot] = []
        self.due = 0.0
        self.began = -1
        self.rivals = 1
        """How many runs go side by side: all together take no more time than one."""

    def set_off(self) -> None:
        """Before the first step, and after each pause."""
        if self.began < 0:
            self.began = self._trainer.steps
            self.keep()

    def switch_off(self) -> None:
        """Keep nothing: there is to be no way back."""
        self._kept, self.began, self.due = [], 0, math.inf

    def keep(self) -> None:
        """The state as it is now, between two steps, when all losses so far are known to be finite.

        When it is due; and where something was changed by hand, which no step would repeat.
        """
        if self.due == math.inf:
            return
        began = perf_counter()
        self._forget()
        try:
            taken = self._account.snapshot(self._trainer, self._subject)
        except EngineError:  # better no way back than no memory
            self._kept, self.due = [], began + LOOK_AGAIN
            return
        self._kept = [*(each for each in self._kept if each.step < taken.step), taken]
        now = perf_counter()
        self.due = now + self.rivals * max(SHORTEST, (now - began) / SHARE)

    def go_back(self, trouble: EngineError, before: int) -> bool:
        """Stand at the last good step again, by the plan of then; `before` is where the trouble's step began.

        False where there is no way back. Raises what a step raises.
        """
        if trouble.kind not in ("nan", "memory"):
            return False
        if trouble.kind == "memory":
            free_what_is_left(self._trainer.model)
        step = max(trouble.good if isinstance(trouble, NotFinite) else before, self.began)
        self._kept = [each for each in self._kept if each.step <= step]
        if not self._kept:
            return False
        trainer, snapshot = self._trainer, self._kept[-1]
        if snapshot.plan != trainer.plan:
            trainer.change(snapshot.plan)
            self._account.watch.follow(snapshot.plan)
        self._account.restore(snapshot, trainer, self._subject)
        while trainer.steps < step:
            self._step_again(step)
        self._subject.step = trainer.steps
        return True

    def _step_again(self, last: int) -> None:
        """What a run does in a step, without telling it."""
        trainer = self._trainer
        trainer.step()
        if trainer.epoch_ended or trainer.steps == last:
            self._account.sums.add(trainer.take())
        if trainer.epoch_ended:
            scores = trainer.test(watched(trainer.spec.task, trainer.plan.monitor))
            trainer.epoch_done(scores)
            done = self._account.epoch_done(0, trainer, scores)
            self._account.close_epoch(done, trainer.plan, trainer.model)

    def _forget(self) -> None:
        """What the losses so far have shown to be good takes the place of what is older."""
        step = self._trainer.steps
        sure = [each for each in self._kept if each.step < step][-1:]
        self._kept = [*sure, *(each for each in self._kept if each.step >= step)]
