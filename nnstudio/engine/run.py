"""One run: steps the trainer, and tells what the window wants to know about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

import msgspec
import numpy as np

from nnstudio.engine import weights
from nnstudio.engine.account import Account
from nnstudio.engine.changing import check_changeable, differences
from nnstudio.engine.checkpoint import Snapshot
from nnstudio.engine.goal import Goal
from nnstudio.engine.judging import Figuring
from nnstudio.engine.keeping import Keeper
from nnstudio.engine.layers import Difference, set_layer
from nnstudio.engine.retouching import set_weight
from nnstudio.engine.stream import Stream
from nnstudio.engine.subject import Subject
from nnstudio.engine.trainer import Figures, Trainer
from nnstudio.engine.walk import record
from nnstudio.engine.words import in_words
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

REPORT_EVERY = 0.05
"""Seconds between two Progress events."""
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
        self.number = number
        self.subject = subject
        self.plan = plan
        self.trainer = Trainer(subject.model, subject.spec, plan, subject.data)
        self.state = "paused"
        self.retouched = False
        """Whether weights were typed that the window has not got yet."""
        self.report_every, self.tells_weights = REPORT_EVERY, True
        self.keeper = keeper or Keeper()
        self.account = Account(plan)
        self._send_on = send
        self._stream = stream
        self._goal = Goal(self.trainer)
        self.mark = self._told = self._next_report = self._next_weights = 0.0
        self._untold: list[Figures] = []
        self._figuring = Figuring(subject.spec.task, perf_counter())

    @property
    def total_steps(self) -> int:
        return self.trainer.total_steps

    @property
    def active(self) -> bool:
        """Whether it can still go on."""
        return self.state in ("training", "paused")

    def advance(self) -> None:
        """One step, and what is due after it. A model that fails ends the run, not the engine."""
        try:
            self.trainer.step()
            self._after_step()
        except Exception as error:  # noqa: BLE001  # the model's own code may raise anything
            self._fail(in_words(error))

    def snapshot(self) -> Snapshot:
        """All that it needs to go on from here. For a moment between two steps, when all of them are told."""
        return self.account.snapshot(self.trainer, self.subject)

    def save(self) -> None:
        """A checkpoint as it stands. Raises EngineError where the run is not recorded, or has not begun."""
        if not self.trainer.steps:
            raise EngineError("Nothing has been trained yet.", fix="Take a step first.")
        if self.state == "training":
            self._report(perf_counter())
        self.keeper.ask(self.snapshot)

    def begin(self, *, paused: bool = False) -> None:
        """Off to the end, or stand still before the first step."""
        self.keeper.begin(
            step=self.trainer.steps,
            total_steps=self.total_steps,
            steps_per_epoch=self.trainer.feed.steps_per_epoch,
            parameters=sum(weight.numel() for weight in self.subject.model.parameters()),
        )
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
            self._report(perf_counter())
            self._stand("paused")

    def record(self, sample: int, request: int) -> msg.Recorded:
        """The step that comes next, an operation at a time, without taking it. Raises EngineError while training."""
        if self.state == "training":
            raise EngineError("The run is going on.", fix="Pause it first.")
        inputs, targets, _ = self.trainer.feed.peek()
        return record(self.subject, inputs, targets, sample=sample, request=request)

    def stop(self, *, keep_weights: bool = True) -> None:
        """End it where it is; the weights go to the window unless nobody wants them any more."""
        if self.state == "training":
            self._report(perf_counter())
        if self.active:
            self._stand("stopped", keep_weights)

    def change(self, plan: msg.Plan) -> None:
        """Go on by another plan, from the next step on. Raises EngineError, with all as it was, where it can not."""
        check_changeable(self.plan, plan)
        if self.state == "training":
            self._report(perf_counter())
        found = differences(self.plan, plan)
        with self._goal.kept():
            self.trainer.change(plan)
        self.plan = plan
        self.account.watch.follow(plan)
        self._tell_changes(found)
        if self.state == "training" and self.at_end:
            self._arrive(perf_counter())

    def change_layer(self, layer: str, values: Mapping[str, Any]) -> None:
        """Set attributes of a layer, from the next step on. Raises EngineError."""
        self._tell_changes(set_layer(self.subject.model, layer, values))

    def change_weight(self, request: msg.ChangeWeight) -> None:
        """Set numbers of a weight, from the next step on. Raises EngineError."""
        self._tell_changes(set_weight(self.subject.model, request.name, request.value, request.index))
        self.retouched = True

    def tell_retouched(self) -> None:
        """While it stands still: what was typed goes into the document as well."""
        self._send_weights()

    def _tell_changes(self, differences: Iterable[Difference]) -> None:
        for each in differences:
            told = {"what": each.what, "before": each.before, "after": each.after}
            self._send(msg.Changed(run=self.number, step=self.trainer.steps, **told))

    def _set_off(self) -> None:
        if self.state == "training":
            return
        now = perf_counter()
        self.mark = self._told = now
        self._next_report, self._next_weights = now + self.report_every, now + WEIGHTS_EVERY
        self._stream.run_begins()
        self._set_state("training")
        if self.at_end:  # by a plan of fewer epochs than are done
            self._arrive(now)

    def _after_step(self) -> None:
        trainer, now = self.trainer, perf_counter()
        self.subject.step = trainer.steps
        if trainer.epoch_ended:
            self._end_epoch(now)
        elif now >= self._next_report:
            self._report(now)
        if now >= self.keeper.due:
            self._report(now)
            self.keeper.report(now, self.snapshot)
        if self._arrives:
            self._arrive(now)
        elif now >= self._stream.wake:
            self._stream.run_due(self.subject)

    def _arrive(self, now: float) -> None:
        self._report(now)
        if not self.at_end:
            self._stand("paused")
            return
        early = self.trainer.epoch < self.plan.epochs
        self._stand("finished", message=self.account.watch.words if early else "")

    @property
    def _arrives(self) -> bool:
        """Whether it stands still after this step: it has gone as far as was asked, or to its end."""
        return self._goal.reached or self.at_end

    @property
    def at_end(self) -> bool:
        return self.trainer.epoch_ended and (self.trainer.epoch >= self.plan.epochs or self.account.watch.over)

    def _end_epoch(self, now: float) -> None:
        self._collect(now)
        wanted = self._figuring.wanted(
            now, self.plan.monitor, waited_for=self._arrives or self.account.watch.may_be_over
        )
        if wanted:
            self._report(now)  # the losses do not wait for figures
        scores = self.trainer.test(wanted)
        self.trainer.epoch_done(scores)
        after = perf_counter()
        self._figuring.took(scores.cost, after)
        sums = self.account.sums
        sums.seconds += after - now - scores.cost
        done = msg.EpochDone(
            run=self.number,
            epoch=self.trainer.epoch,
            step=self.trainer.steps,
            train_loss=sums.loss,
            test_loss=scores.loss,
            train_accuracy=None if scores.accuracy is None else sums.accuracy,
            test_accuracy=scores.accuracy,
            seconds=sums.seconds,
            metrics=dict(scores.metrics),
        )
        self._send(done)
        self._keep_epoch(done)
        self.mark = after
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
            self.keeper.keep_best(self.snapshot)
        if self.plan.checkpoint_every and done.epoch % self.plan.checkpoint_every == 0:
            self.keeper.keep(f"epoch-{done.epoch}", "every", self.snapshot)

    def _collect(self, now: float) -> None:
        """Take the figures of the last steps into the epoch's. Tells them where the loss is no number any more."""
        figures = self.trainer.take()
        self.account.sums.seconds += now - self.mark
        self.mark = now
        if len(figures.losses):
            self._untold.append(figures)
            self.account.sums.add(figures)
            if not np.isfinite(figures.losses).all():
                self._tell_steps(now)
                raise self._not_a_number(figures)

    def _report(self, now: float) -> None:
        self._collect(now)
        if self._untold:
            self._tell_steps(now)
        self._told, self._next_report = now, now + self.report_every

    def _tell_steps(self, now: float) -> None:
        losses = np.concatenate([figures.losses for figures in self._untold])
        accuracies = np.concatenate([figures.accuracies for figures in self._untold])
        self._untold = []
        self._send(
            msg.Progress(
                run=self.number,
                epoch=self.trainer.epoch,
                step=self.trainer.steps,
                total_steps=self.total_steps,
                steps_per_second=len(losses) / max(now - self._told, 1e-9),
                losses=msg.Array.of(losses),
                accuracies=msg.Array.of(accuracies),
                lr=self.trainer.updater.lr,
            )
        )

    def _not_a_number(self, figures: Figures) -> EngineError:
        good = np.isfinite(figures.losses)
        at = self.trainer.steps - len(good) + int(np.argmin(good)) + 1
        value = "NaN (not a number)" if np.isnan(figures.losses[np.argmin(good)]) else "infinite"
        fix = f"Lower the learning rate, which is {self.plan.lr:g}, and start again."
        return EngineError(f"The loss became {value} at step {at}.", fix=fix)

    def _stand(self, state: str, keep_weights: bool = True, message: str = "") -> None:
        stepping, self._goal.stepping = self._goal.stepping, False
        if self.trainer.steps:  # before the first step there are only the seed's weights
            self.keeper.stand("paused" if state == "paused" else "end", self.snapshot, stepping=stepping)
            if state == "finished" and self.account.best:
                self.subject.model.load_state_dict(self.account.best)
            if keep_weights:
                self._send_weights()
        self._set_state(state, message=message)
        self._stream.changed()

    def _fail(self, error: EngineError) -> None:
        self._set_state("failed", error)
        self._stream.changed()

    def _send_weights(self) -> None:
        self.retouched = False
        if self.tells_weights:
            data = weights.save(self.subject.model)
            self._send(msg.Weights(run=self.number, epoch=self.trainer.epoch, data=data))

    def _set_state(self, state: str, error: EngineError | None = None, message: str = "") -> None:
        self.state = state
        event = msg.RunState(
            run=self.number, state=state, epoch=self.trainer.epoch, step=self.trainer.steps, message=message
        )
        if error is not None:
            event = msgspec.structs.replace(event, message=error.message, fix=error.fix, line=error.line)
        self._send(event)

    def _send(self, event: msg.AnyEvent) -> None:
        """To the window, and into the run's folder."""
        self._send_on(event)
        self.keeper.take(event)
