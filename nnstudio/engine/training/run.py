"""One run: steps the trainer, and tells what the window wants to know about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from time import perf_counter, thread_time
from typing import Any

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.looking.walk import record
from nnstudio.engine.model.subject import Subject
from nnstudio.engine.model.words import in_words
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.records.keeping import Keeper
from nnstudio.engine.training.account import Account
from nnstudio.engine.training.changing import check_changeable, differences
from nnstudio.engine.training.goal import Goal
from nnstudio.engine.training.judging import Figuring
from nnstudio.engine.training.layers import Difference, set_layer
from nnstudio.engine.training.metrics import check_watchable
from nnstudio.engine.training.retouching import set_weight
from nnstudio.engine.training.safety import Safety
from nnstudio.engine.training.telling import Teller
from nnstudio.engine.training.trainer import Trainer
from nnstudio.engine.training.trouble import (
    all_finite,
    cause,
    explained,
    weights_not_finite,
)
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

REPORT_EVERY = 0.05
"""Seconds between two Progress events, at least."""
REPORT_SHARE, SELDOM = 0.01, 4
"""They take so much of a run's time, unless they would come less often than this many times as far apart."""
WEIGHTS_EVERY = 2.0
"""Seconds between two Weights events while training."""


class Run:
    """`state` is as in messages.RunState. `advance` is called again and again while it is "training"."""

    def __init__(
        self,
        number: int,
        subject: Subject,
        plan: msg.Plan,
        send: Callable[[msg.AnyEvent], None],
        stream: Stream,
        keeper: Keeper | None = None,
    ) -> None:
        check_watchable(subject.spec, plan)
        self.number = number
        self.subject = subject
        self.plan = plan
        self.trainer = Trainer(subject.model, subject.spec, plan, subject.data)
        self.state = "paused"
        self.retouched = False
        """Whether weights were typed that the window has not got yet."""
        self.report_every, self.tells_weights, self.raced = REPORT_EVERY, True, False
        self.keeper = keeper or Keeper()
        self.account = Account(plan)
        self._send_on = send
        self._stream = stream
        self._unsaid: list[Difference] = []
        """Changes that are told when the run begins."""
        self._goal = Goal(self.trainer)
        self._next_report = self._next_weights = self._due = 0.0
        self.teller = Teller(number, self.trainer, self.account.sums, self._send)
        self.safety = Safety(self.account, self.trainer, subject)
        self.figuring = Figuring(subject.spec.task, perf_counter())

    @property
    def total_steps(self) -> int:
        return self.trainer.total_steps

    @property
    def active(self) -> bool:
        """Whether it can still go on."""
        return self.state in ("training", "paused")

    def advance(self) -> None:
        """One step, and what is due after it. A model that fails ends the run, not the engine."""
        before = self.trainer.steps
        try:
            if self.teller.trouble is not None:
                raise self.teller.trouble
            self.trainer.step()
            self._after_step()
            return
        except Exception as error:  # noqa: BLE001  # the model's own code may raise anything
            trouble = in_words(error)
        self._meet(trouble, before)

    def snapshot(self) -> Snapshot:
        """All that it needs to go on from here. For a moment between two steps, when all of them are told."""
        return self.account.snapshot(self.trainer, self.subject)

    def save(self) -> None:
        """A checkpoint as it stands. Raises EngineError where the run is not recorded, or has not begun."""
        if not self.trainer.steps:
            raise EngineError("Nothing has been trained yet.", fix="Take a step first.")
        self._look()
        if self.teller.trouble is not None:
            raise self.teller.trouble
        self.keeper.ask(self.snapshot)

    def begin(self, *, paused: bool = False) -> None:
        """Off to the end, or stand still before the first step."""
        self.keeper.begin(self.trainer)
        unsaid, self._unsaid = self._unsaid, []
        self._tell_changes(unsaid)
        if paused:
            self._stand("paused")
        else:
            self.go()

    def go(self) -> None:
        """Start or go on, to the end. Nothing changes where it is going there already."""
        self._goal.go()
        self._set_off()

    def step(self, *, epoch: bool = False) -> None:
        """One step, or to the end of the epoch, and pause; more of them add up. Raises EngineError unless paused."""
        if self.state == "training" and not self._goal.stepping:
            raise EngineError("Steps are for a run that is paused.", fix="Pause it first.")
        self._goal.step(epoch=epoch)
        self._set_off()

    def pause(self) -> None:
        """Stand still after this step, with weights and fresh frames."""
        if self.state == "training":
            self._look()
            if self.teller.trouble is None:
                self._stand("paused")

    def record(self, sample: int, request: int) -> msg.Recorded:
        """The step that comes next, an operation at a time, without taking it. Raises EngineError while training."""
        if self.state == "training":
            raise EngineError("The run is going on.", fix="Pause it first.")
        inputs, targets, _ = self.trainer.feed.peek()
        precision = self.trainer.updater.precision
        cast = precision.autocast() if precision.dtype is not None else None
        return record(self.subject, inputs, targets, sample=sample, request=request, cast=cast)

    def stop(self, *, keep_weights: bool = True) -> None:
        """End it where it is; the weights go to the window unless nobody wants them any more."""
        self._look()
        if self.teller.trouble is not None and keep_weights:  # then those are the last good ones
            self._meet(self.teller.trouble, self.trainer.steps)
        if self.active:
            self._stand("stopped", keep_weights)

    def change(self, plan: msg.Plan, *, begun: bool = True) -> None:
        """Go on by another plan, from the next step on. Raises EngineError, with all as it was, where it can not.

        Of a run that has not begun nobody knows, so its changes are told when it does.
        """
        check_changeable(self.plan, plan)
        check_watchable(self.subject.spec, plan)
        self._look()
        found = differences(self.plan, plan)
        with self._goal.kept():
            self.trainer.change(plan)
        self.plan = plan
        self.account.watch.follow(plan)
        if begun:
            self._tell_changes(found)
        else:
            self._unsaid = found
        if self.state == "training" and self.at_end:
            self._arrive(perf_counter())

    def change_layer(self, layer: str, values: Mapping[str, Any]) -> None:
        """Set attributes of a layer, from the next step on. Raises EngineError."""
        self._look()
        self._tell_changes(set_layer(self.subject.model, layer, values))

    def change_weight(self, request: msg.ChangeWeight) -> None:
        """Set numbers of a weight, from the next step on. Raises EngineError."""
        self._look()
        self._tell_changes(set_weight(self.subject.model, request.name, request.value, request.index))
        self.retouched = True

    def tell_retouched(self) -> None:
        """While it stands still: what was typed goes into the document as well."""
        self._send_weights()

    def _tell_changes(self, differences: Iterable[Difference]) -> None:
        if self.teller.trouble is None:
            self.safety.keep()
        self.teller.tell_changes(differences)

    def _set_off(self) -> None:
        if self.state == "training":
            return
        now = perf_counter()
        self.teller.set_off(now)
        self._next_report, self._next_weights, self._due = now + self.report_every, now + WEIGHTS_EVERY, now
        self.safety.set_off()
        self._stream.run_begins()
        self._set_state("training")
        if self.at_end:  # by a plan of fewer epochs than are done
            self._arrive(now)

    def _after_step(self) -> None:
        trainer, now = self.trainer, perf_counter()
        self.subject.step = trainer.steps
        ended = trainer.feed.epoch_ended
        if ended:
            self._end_epoch(now)
        if now >= self._due:
            self._do_what_is_due(now)
        if self._goal.reached or (ended and self.at_end):
            self._arrive(now)
        elif now >= self._stream.wake:
            self._stream.run_due(self.subject)

    def _do_what_is_due(self, now: float) -> None:
        if now >= self._next_report:
            self._report(now)
        if now >= self.safety.due:
            self.teller.collect(now)
            self.safety.keep()
        if now >= self.keeper.due:
            self._report(now)
            self.keeper.report(now, self.snapshot)
        self._due = min(self._next_report, self.safety.due, self.keeper.due)

    def _arrive(self, now: float) -> None:
        self._report(now)
        if not self.at_end:
            self._stand("paused")
            return
        early = self.trainer.epoch < self.plan.epochs
        self._stand("finished", message=self.account.watch.words if early else "")

    @property
    def at_end(self) -> bool:
        return self.trainer.epoch_ended and (self.trainer.epoch >= self.plan.epochs or self.account.watch.over)

    def _end_epoch(self, now: float) -> None:
        self.teller.collect(now)
        waited_for = self._goal.reached or self.at_end or self.account.watch.may_be_over
        wanted = self.figuring.wanted(now, self.plan.monitor, waited_for=waited_for)
        if wanted:
            self._report(now)  # the losses do not wait for figures
        scores = self.trainer.test(wanted)
        if not math.isfinite(scores.loss) and not all_finite(self.subject.model):
            self.teller.trouble = weights_not_finite(self.trainer.steps)
            raise self.teller.trouble
        self.trainer.epoch_done(scores)
        after = perf_counter()
        self.figuring.took(scores.cost, after)
        self.account.sums.seconds += after - now - scores.cost
        done = self.account.epoch_done(self.number, self.trainer, scores)
        self._send(done)
        self._keep_epoch(done)
        self.teller.mark = after
        if after >= self._next_report:
            self._report(after)
        if after >= self._next_weights and not self.at_end:
            self._send_weights()
            self._next_weights = perf_counter() + WEIGHTS_EVERY

    def _keep_epoch(self, done: msg.EpochDone) -> None:
        """What the plan says of epochs: whether it was the best, and whether there is to be a checkpoint."""
        best = self.account.close_epoch(done, self.plan, self.subject.model)
        self.keeper.take_epoch(done, self.trainer.updater.lr, best=best)
        if best:
            self.keeper.keep_best(partial(self.account.draft, self.trainer, self.subject))
        if self.plan.checkpoint_every and done.epoch % self.plan.checkpoint_every == 0:
            self.keeper.keep(f"epoch-{done.epoch}", "every", self.snapshot)

    def _report(self, now: float) -> None:
        began = thread_time()
        self.teller.tell(now)
        apart = max(self.report_every, (thread_time() - began) / REPORT_SHARE)
        self._next_report = now + min(apart, SELDOM * self.report_every)

    def _stand(
        self, state: str, keep_weights: bool = True, message: str = "", error: EngineError | None = None
    ) -> None:
        stepping, self._goal.stepping = self._goal.stepping, False
        if self.trainer.steps:  # before the first step there are only the seed's weights
            self.keeper.stand("paused" if state == "paused" else "end", self.snapshot, stepping=stepping)
            if state == "finished" and self.plan.restore_best and self.account.best:
                self.subject.model.load_state_dict(self.account.best)
            if keep_weights:
                self._send_weights()
        self._set_state(state, error, message=message)
        self._stream.changed()

    def _look(self) -> None:
        """Between two steps: tell them. What is found to be no number is met in place of the next one."""
        if self.state == "training":
            self.teller.look(perf_counter())

    def _meet(self, trouble: EngineError, before: int) -> None:
        """What kept the step after `before` from being good: the run goes back and stands still, if it can go on."""
        self.teller.look(perf_counter())
        trouble, self.teller.trouble = cause(trouble, self.teller.trouble, self.trainer), None
        try:
            back = self._go_back(trouble, before)
        except Exception as error:  # noqa: BLE001  # the model's own code may raise anything
            trouble, back = in_words(error), False
        if back and self.raced:  # the others go on, and nobody waits for it
            self._stand("failed", error=trouble)
        elif back:
            self._stand("paused", error=explained(trouble, self.subject, self.plan, self.safety.began))
        else:
            self.teller.tell_end(perf_counter())
            self._set_state("failed", trouble)
            self._stream.changed()

    def _go_back(self, trouble: EngineError, before: int) -> bool:
        """To the last good step, by the plan as it is now. Says whether there was a way."""
        last = self.trainer.steps
        if not self.safety.go_back(trouble, before):
            return False
        self.teller.go_back(perf_counter(), last)
        then, self.plan = self.plan, self.trainer.plan
        if then != self.plan:
            self.change(then)
        return True

    def _send_weights(self) -> None:
        self.retouched = False
        if self.tells_weights:
            self.tells_weights = self.teller.tell_weights(self.subject.model)

    def _set_state(self, state: str, error: EngineError | None = None, message: str = "") -> None:
        self.state = state
        self.teller.tell_state(state, error, message)

    def _send(self, event: msg.AnyEvent) -> None:
        """To the window, and into the run's folder."""
        self._send_on(event)
        self.keeper.take(event)
