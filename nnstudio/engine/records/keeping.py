"""Keeps a run: collects what is told of it, and has it written into its folder by another thread.

The thread that trains never waits for the disk. It pays for a snapshot now and then, and only a small share of its
time: of that in which the run goes, since a long pause is no reason to make it slow afterwards. Of the best epoch there
is a draft each time, which costs next to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.records.recording import Leaf, Piece, change_row, epoch_row
from nnstudio.engine.records.scribe import NO_ROOM, Scribe, Send, Waiting
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

WRITE_EVERY = 0.5
"""Seconds between two writes while a run goes."""
SELDOM = 10.0
"""Seconds between two writes of one of many runs, at most."""
LAST_EVERY = 30.0
"""Seconds between two checkpoints made only so that little is lost; in the beginning of a run it is less."""
BEST_EVERY = 2.0
"""Seconds between two times that the best one is written; of those between, a draft is kept of the last."""
SHARE = 0.003
"""Of the run's time, for snapshots of each of these two kinds."""
BYTES_PER_SECOND = 2**29
"""How fast a snapshot is taken, as long as nobody has seen it."""
QUICK = 0.02
"""Seconds that a snapshot may take between two single steps."""
LAST, BEST = "last", "best"

Take = Callable[[], Snapshot]
TakeDraft = Callable[[], Take]


def make_keeper(number: int, entrant: msg.Entrant, data: Data, send: Send) -> Keeper:
    """For the run of that number, where it is to be recorded."""
    keeping = entrant.keeping
    return Keeper(Scribe(number, keeping, entrant.model, entrant.plan, data, send) if keeping.folder else None)


class Keeper:
    """Of one run. Without a scribe it is not recorded, and all this does nothing."""

    def __init__(self, scribe: Scribe | None = None) -> None:
        self._scribe = scribe
        self._leaf = Leaf()
        self._facts: dict[str, Any] = {}
        """What is new for the record."""
        self._waiting: dict[str, Waiting] = {}
        self._share, self._write_every = SHARE, WRITE_EVERY
        self._best: tuple[Take, float | None] | None = None
        """What makes the best one's snapshot, and its test loss."""
        self._step = 0
        self._test_loss: float | None = None
        self._set_off: float | None = None
        self._worked = 0.0
        """Seconds that the run was going, up to when it set off last, or what was written last."""
        self._next_write = self._next_last = self._next_best = perf_counter()
        self._cost = 0.0

    @property
    def folder(self) -> str:
        """Where the run is recorded, or empty."""
        return str(self._scribe.folder) if self._scribe is not None else ""

    @property
    def _idle(self) -> bool:
        return self._scribe is None or self._scribe.broken

    def begin(self, trainer: Trainer) -> None:
        """The run is about to take its first step, or its first one after a checkpoint."""
        parameters = sum(weight.numel() for weight in trainer.model.parameters())
        self._step = trainer.steps
        self._cost = 1e-3 + parameters * 12 / BYTES_PER_SECOND  # a weight and an optimizer's two numbers for it
        self._next_last = perf_counter() + self._cost / self._share
        if self._scribe is not None:
            self._scribe.begin(trainer.steps)
        self._facts |= {
            "step": trainer.steps,
            "total_steps": trainer.total_steps,
            "steps_per_epoch": trainer.feed.steps_per_epoch,
            "parameters": parameters,
            "plan": trainer.plan,
        }

    def take_turns(self, count: int) -> None:
        """It is one of so many that run side by side: all together take no more time than one does."""
        self._share, self._write_every = SHARE / count, min(WRITE_EVERY * count, SELDOM)

    # What is told of the run

    def take(self, event: msg.AnyEvent) -> None:
        """Hear what the window hears."""
        match event:
            case msg.RunState() if self._scribe is not None and self._scribe.broken:
                self._scribe.end(event)
            case _ if self._idle:
                return
            case msg.Progress():
                self._take_steps(event)
            case msg.Changed():
                self._leaf.changes.append(change_row(event))
            case msg.RunState():
                self._take_state(event)

    def take_epoch(self, done: msg.EpochDone, lr: float, *, best: bool) -> None:
        """An epoch is over."""
        if self._idle:
            return
        row = epoch_row(done, lr)
        self._test_loss = row.test_loss
        self._leaf.epochs.append(row)
        self._facts["last"] = row
        if best:
            self._facts["best"] = row

    def _take_steps(self, event: msg.Progress) -> None:
        losses = event.losses.numpy()
        before = event.step - len(losses)
        if before < self._step:
            self._go_back(before)
        self._leaf.pieces.append(Piece(event.step, losses, event.lr))
        self._step = event.step
        self._facts |= {"step": event.step, "total_steps": event.total_steps}

    def _take_state(self, event: msg.RunState) -> None:
        if event.step < self._step:
            self._go_back(event.step)
        now = perf_counter()
        self._spent_time(now)
        self._set_off = now if event.state == "training" else None
        self._facts |= {"state": event.state, "message": event.message}
        if event.state != "training" and self._step:
            self.write()

    def _go_back(self, step: int) -> None:
        """The run stands at an earlier step again."""
        self.write()
        self._step = self._leaf.back_to = step

    # When something is due

    @property
    def due(self) -> float:
        """When `report` is to be called next."""
        return math.inf if self._idle else min(self._next_last, self._next_write)

    def report(self, now: float, snapshot: Take) -> None:
        """When it is due: between two steps, when all of them are told."""
        if now >= self._next_last:
            self.keep(LAST, "going", snapshot)
            self.write(going=True)
        elif now >= self._next_write:
            self.write(going=True)

    def keep_best(self, draft: TakeDraft) -> None:
        """The epoch was the best so far. Of short ones each may be that for a while: there is only a draft of it."""
        if self._scribe is None or self._scribe.broken:
            return
        self._best = None
        with self._unharmed(self._scribe):
            self._best = draft(), self._test_loss

    def stand(self, reason: str, snapshot: Take, *, stepping: bool = False) -> None:
        """The run is about to stand still, so that there is time; but single steps are to be quick."""
        if not (stepping and self._cost > QUICK):
            self.keep(LAST, reason, snapshot)

    def ask(self, snapshot: Take) -> None:
        """Somebody wants a checkpoint of its own now. Raises EngineError where there is no way to."""
        if self._scribe is None:
            fix = "Let runs be recorded in the settings, and start again."
            raise EngineError("The run is not recorded, so it has no checkpoints.", fix=fix)
        if self._scribe.broken:
            raise EngineError("The run is no longer recorded, so no checkpoint can be kept.", fix=NO_ROOM)
        self._keep(self._scribe, "", "asked", snapshot)
        self.write()

    def keep(self, name: str, reason: str, snapshot: Take) -> None:
        """Take a snapshot, to be written with the next leaf; where there is no memory for one, the run does without."""
        if self._scribe is None or self._scribe.broken:
            return
        with self._unharmed(self._scribe):
            self._keep(self._scribe, name, reason, snapshot)

    @contextmanager
    def _unharmed(self, scribe: Scribe) -> Iterator[None]:
        """Whatever happens inside, the run needs no snapshot to go on."""
        try:
            yield
        except EngineError as error:
            self._next_last = perf_counter() + LAST_EVERY
            scribe.do_without(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the run goes on without a record
            scribe.give_up(error)

    def _keep(self, scribe: Scribe, name: str, reason: str, snapshot: Take) -> None:
        """Without a name, under that of its step. Raises EngineError where there is no memory for it."""
        began = perf_counter()
        taken = snapshot()
        now = perf_counter()
        self._cost = now - began
        name = name or f"step-{taken.step}"
        self._waiting[name] = Waiting(taken, name, reason, self._test_loss)
        if name == LAST:
            lately = min(LAST_EVERY, self._seconds(now))
            self._next_last = now + max(lately, (self._cost + scribe.cost) / self._share)

    def write(self, *, going: bool = False) -> None:
        """Let the scribe write what has come together; while the run is going, the best one only now and then."""
        if self._scribe is None or self._scribe.broken:
            return
        now = perf_counter()
        self._next_write = now + self._write_every
        if going and self._scribe.busy:  # a slow disk, or many runs: there is more to write next time
            return
        if not (going and now < self._next_best):
            self._finish_best(self._scribe)
        self._spent_time(now)
        self._scribe.note(**self._facts)
        self._facts = {}
        leaf, self._leaf = self._leaf, Leaf()
        due, self._waiting = self._waiting, {}
        self._scribe.write(leaf, list(due.values()))

    def _finish_best(self, scribe: Scribe) -> None:
        """The draft is to be written."""
        if self._best is None:
            return
        (finish, test_loss), self._best = self._best, None
        began = perf_counter()
        with self._unharmed(scribe):
            self._waiting[BEST] = Waiting(finish(), BEST, BEST, test_loss)
        now = perf_counter()
        self._next_best = now + max(BEST_EVERY, (now - began + scribe.cost) / self._share)

    def _seconds(self, now: float) -> float:
        """How long the run was going."""
        return self._worked + (now - self._set_off if self._set_off is not None else 0.0)

    def _spent_time(self, now: float) -> None:
        """Time goes by while the run does."""
        if self._set_off is not None:
            self._facts["spent"] = self._facts.get("spent", 0.0) + now - self._set_off
            self._worked, self._set_off = self._seconds(now), now
