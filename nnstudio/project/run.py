"""A training run as the window's side knows it: put together from what the engine tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.errors import NNStudioError, is_cancelled
from nnstudio.graph.race import Entry
from nnstudio.graph.training import EpochRow
from nnstudio.project.rates import Rates
from nnstudio.protocol import messages as msg
from nnstudio.series import Series

Floats = NDArray[np.float64]
_NO_METRICS: dict[str, float] = {}
MOST_EPOCHS = 2**12
"""Rows of epochs that are kept each by itself."""
AFTERWARDS = 2**10, 2**7
"""Numbers of its steps, and rows of its epochs, that are kept of a run when another begins; and as many of the epochs
that it went on from, which are those of the run before it once more."""


class Course:
    """Where in the epochs each step lies: the batch size, and with it the steps of an epoch, may change on the way.

    `pace` is how many steps an epoch has from the last known place on; 0 while nobody has told.
    """

    def __init__(self, step: int = 0, epoch: float = 0.0, pace: float = 0.0) -> None:
        self._places: list[tuple[int, float, float]] = [(step, epoch, pace)]

    @property
    def pace(self) -> float:
        return self._places[-1][2]

    def epochs(self, steps: ArrayLike) -> Floats:
        """How many epochs are done after so many steps."""
        return self._read(steps, 0, 1, 1 / (self.pace or 1.0))

    def steps(self, epochs: ArrayLike) -> Floats:
        """After how many steps so many epochs are done."""
        return self._read(epochs, 1, 0, self.pace or 1.0)

    def pass_by(self, step: int, epoch: float, pace: float = 0.0) -> None:
        """The run was here, and goes on at this pace, or as before."""
        if step > self._places[-1][0]:
            self._places.append((step, epoch, pace or self.pace))
        else:
            self._places[-1] = (self._places[-1][0], self._places[-1][1], pace or self.pace)

    def go_back(self, step: int) -> None:
        """Forget what comes after a step."""
        self._places = [self._places[0], *(place for place in self._places[1:] if place[0] <= step)]

    def _read(self, given: ArrayLike, known: int, wanted: int, rate: float) -> Floats:
        values = np.asarray(given, np.float64)
        last = self._places[-1]
        beyond = last[wanted] + (values - last[known]) * rate
        if len(self._places) == 1:
            return beyond
        inside = np.interp(values, [place[known] for place in self._places], [place[wanted] for place in self._places])
        return np.where(values > last[known], beyond, inside)


@dataclass
class Run:
    """`state` is "idle", "starting", "training", "paused", "finished", "stopped" or "failed" (with a message)."""

    number: int = 0
    label: str = ""
    """What tells it from others that were started with it."""
    group: str = ""
    """What it has in common with those that differ from it in the seed alone."""
    race: str = ""
    """One word for all that were started with it, where there are several."""
    entry: Entry | None = field(default=None, compare=False)
    """The values of a race that it has instead of the document's."""
    folder: str = ""
    """Where it is recorded, or empty."""
    state: str = "idle"
    epoch: int = 0
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    steps_per_second: float = 0.0
    lr: float = 0.0
    first_step: int = 0
    """Where it went on from; `losses[0]` is that of the step after it."""
    losses: Series = field(default_factory=Series)
    """Training loss of every step."""
    accuracies: Series = field(default_factory=Series)
    """Share of right answers in every step's batch; empty where the loss has none."""
    epochs: list[EpochRow] = field(default_factory=list)
    """Of thousands, not all: `thinned`."""
    changes: list[msg.Changed] = field(default_factory=list)
    """What was changed on the way, in the order of the steps."""
    checkpoints: list[msg.CheckpointSaved] = field(default_factory=list)
    message: str = ""
    fix: str = ""
    trouble: str = ""
    """What kind of trouble it stands still for, as in messages.RunState; "engine" where it ended with that."""
    earlier: tuple[EpochRow, ...] = ()
    """The epochs of trainings that it went on from."""
    epochs_before: int = 0
    """How many those were, where the engine counts this run's from one."""
    fresh: tuple[str, ...] = ()
    """Nodes that began with random weights although it went on from some."""
    samples: int = 0
    """In the training set."""
    plan: msg.Plan | None = field(default=None, compare=False)
    """What it was begun with."""
    began: str = field(default="", compare=False)
    """The local time in ISO form."""
    spent: float = field(default=0.0, compare=False)
    """Seconds that it was at work, up to the last pause."""
    course: Course = field(default_factory=Course, compare=False)
    rates: Rates = field(default_factory=Rates, compare=False)
    """The learning rate of its steps."""
    hue: int = field(default=0, compare=False)
    """Which of the colours for runs is its own."""
    visible: bool = field(default=True, compare=False)
    """Whether it is to be seen in the plots."""
    whole: bool = field(default=True, compare=False)
    """Whether its steps are here; of a recorded one they are read when somebody wants to see them."""
    _since: float = field(default=0.0, compare=False, repr=False)

    @property
    def active(self) -> bool:
        """Whether it goes on, or could."""
        return self.state in ("starting", "training", "paused")

    @property
    def seconds(self) -> float:
        """How long it was at work."""
        return self.spent + (monotonic() - self._since if self._since else 0.0)

    @property
    def history(self) -> tuple[EpochRow, ...]:
        """All epochs that led to its weights."""
        return (*self.earlier, *self.epochs)

    @property
    def epochs_done(self) -> int:
        """How many those of its own are."""
        return self.epochs[-1].epoch - self.epochs[0].epoch + 1 if self.epochs else 0

    def follow(self, earlier: Sequence[EpochRow]) -> None:
        """It trains on from weights that these epochs have made: its own are counted on from there."""
        self.earlier = tuple(thinned(earlier))
        self.epochs_before = earlier[-1].epoch if earlier else 0
        self.course = Course(0, self.epochs_before)

    def take_state(self, event: msg.RunState) -> None:
        self.number, self.state, self.message, self.fix = event.run, event.state, event.message, event.fix
        self.epoch, self.step, self.trouble = event.epoch, event.step, event.kind
        self._mark_time()

    def fail(self, message: str, fix: str) -> None:
        self.state, self.message, self.fix = "failed", message, fix
        self._mark_time()

    def refuse(self, error: NNStudioError) -> None:
        """The engine did not begin it: that is a failure, unless somebody had given it up."""
        if is_cancelled(error):
            self.state = "stopped"
        else:
            self.fail(error.message, error.fix)

    def take_started(self, reply: msg.Started) -> None:
        """The engine has begun it."""
        self.number, self.folder, self.fresh = reply.run, reply.folder, reply.fresh
        self.steps_per_epoch, self.samples = reply.steps_per_epoch, reply.train_samples
        self.first_step = self.step = reply.step
        first = reply.step / max(reply.steps_per_epoch, 1) + self.epochs_before
        self.course = Course(reply.step, first, reply.steps_per_epoch)

    def take_progress(self, event: msg.Progress) -> None:
        self.epoch, self.step, self.total_steps = event.epoch, event.step, event.total_steps
        self.steps_per_second, self.lr = event.steps_per_second, event.lr
        losses, accuracies = event.losses.numpy(), event.accuracies.numpy()
        self._go_back(max(0, event.step - len(losses) - self.first_step))
        self.losses.extend(losses)
        self.accuracies.extend(accuracies)
        self.rates.take(event.step, event.lr)

    def _go_back(self, steps: int) -> None:
        """Forget what came after so many steps: the run has gone back to there."""
        if steps >= len(self.losses):
            return
        self.losses.cut(steps)
        self.accuracies.cut(steps)
        step = steps + self.first_step
        self.rates.cut(step)
        self.changes = [change for change in self.changes if change.step <= step]
        self.course.go_back(step)
        if self.course.pace:
            done = float(self.course.epochs(step)) + 1e-6
            self.epochs = [row for row in self.epochs if row.epoch <= done]

    def take_change(self, event: msg.Changed) -> None:
        self.changes.append(event)
        if event.what == "batch_size" and event.after.isdecimal() and self.samples:
            pace = -(-self.samples // max(int(event.after), 1))
            self.course.pass_by(event.step, float(self.course.epochs(event.step)), pace)

    def take_checkpoint(self, event: msg.CheckpointSaved) -> None:
        """One file for each place: a best one takes the place of the best before.

        It lies in the run's folder, which is another one than the run began with where that was taken meanwhile.
        """
        self.folder = str(Path(event.path).parent.parent)
        self.checkpoints = [*(each for each in self.checkpoints if each.path != event.path), event]

    def take_epoch(self, event: msg.EpochDone) -> None:
        epoch = event.epoch + self.epochs_before
        if not self.course.pace and event.epoch:
            self.course = Course(0, self.epochs_before, event.step / event.epoch)
        elif abs(float(self.course.epochs(event.step)) - epoch) > 1e-6:
            self.course.pass_by(event.step, epoch)
        self.epochs.append(
            EpochRow(
                epoch=epoch,
                train_loss=event.train_loss,
                test_loss=event.test_loss,
                train_accuracy=event.train_accuracy,
                test_accuracy=event.test_accuracy,
                seconds=event.seconds,
                metrics=event.metrics or _NO_METRICS,
            )
        )
        if len(self.epochs) > MOST_EPOCHS:
            self.epochs = thinned(self.epochs)

    def rest(self) -> None:
        """It is over, and another begins: it needs little room from now on."""
        steps, epochs = AFTERWARDS
        self.losses.keep(steps)
        self.accuracies.keep(steps)
        self.rates.keep(epochs)
        self.epochs = thinned(self.epochs, epochs)
        self.earlier = tuple(thinned(self.earlier, epochs))

    def _mark_time(self) -> None:
        """Time goes by while it trains."""
        now = monotonic()
        if self._since:
            self.spent += now - self._since
        self._since = now if self.state == "training" else 0.0


def summed(runs: Sequence[Run]) -> Run:
    """Several runs as one: how far they are in all, with the figures of the best; a single one is itself."""
    if len(runs) == 1:
        return runs[0]
    first, going = best(runs), [run for run in runs if run.active]
    states = {run.state for run in runs}
    return Run(
        number=runs[0].number,
        label=first.label,
        state=next(
            (state for state in ("training", "starting", "paused", "finished", "stopped") if state in states), "failed"
        ),
        epoch=min((run.epoch for run in going), default=first.epoch),
        step=sum(run.step for run in runs),
        total_steps=sum(run.total_steps if run.active else run.step for run in runs),
        steps_per_second=sum(run.steps_per_second for run in going),
        epochs=first.epochs,
    )


def best(runs: Sequence[Run]) -> Run:
    """The one that is right most often in its last epoch, or has the least test loss; the first of equals."""
    return max(runs, key=lambda run: _rank(run.epochs[-1:]))


def _rank(last: Sequence[EpochRow]) -> tuple[float, float]:
    if not last or not isfinite(last[0].test_loss):
        return (-inf, -inf)
    return (last[0].test_accuracy or 0.0, -last[0].test_loss)


def thinned(rows: Sequence[EpochRow], most: int = MOST_EPOCHS) -> list[EpochRow]:
    """Those of them that are kept: of many epochs one in each stretch, with metrics where there is one.

    The first, the last and the best are always among them.
    """
    if len(rows) <= most:
        return list(rows)
    first, last = rows[0], rows[-1]
    stretch = 2 * (last.epoch - first.epoch) // most + 1
    kept: dict[int, EpochRow] = {}
    for row in rows:
        place = (row.epoch - first.epoch) // stretch
        if row.metrics or place not in kept or not kept[place].metrics:
            kept[place] = row
    least = min(rows, key=lambda row: row.test_loss if isfinite(row.test_loss) else inf)
    chosen = {row.epoch: row for row in (first, least, *kept.values(), last)}
    return [chosen[epoch] for epoch in sorted(chosen)]
