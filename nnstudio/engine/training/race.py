"""Several runs side by side, each in its turn.

Whoever has seen least of its data is next, for a few milliseconds: so curves over epochs grow together, whatever a step
of each costs, and changing over costs next to nothing. Each run has random numbers and threads of its own, which are
put in place for its turn: it computes what it would compute alone, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NoReturn

import torch

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model.quiet import random_state, set_random_state
from nnstudio.engine.records.keeping import Keeper
from nnstudio.engine.training.run import REPORT_EVERY, Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

TURN = 0.01
"""Seconds that one run goes on before it is another's turn; what is asked meanwhile waits so long."""
MOST_RUNS = 64
TOLD_AT_ONCE = 2
"""So many runs tell as often as one alone; more of them more seldom: looking at figures costs each run some time."""
MOST_SELDOM = 1.0
"""Seconds between two tellings of a run, at most about."""


@dataclass
class Lane:
    """A run, and what is its own of what all share: torch's random numbers and threads."""

    run: Run
    threads: int
    random: list[torch.Tensor]

    @property
    def place(self) -> float:
        """How many epochs it has seen."""
        trainer = self.run.trainer
        return trainer.steps / trainer.feed.steps_per_epoch

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside, everything is as if this run were alone."""
        set_random_state(self.random)
        if torch.get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)
        self.run.teller.mark = perf_counter()
        try:
            yield
        finally:
            self._count(perf_counter())
            self.random = random_state()

    def _count(self, now: float) -> None:
        """The rest of its turn is time of its own; what others take after it is not."""
        self.run.account.sums.seconds += now - self.run.teller.mark
        self.run.teller.mark = now


def lane(run: Run, threads: int) -> Lane:
    """Of a run that has just been made: torch's generator is where that left it."""
    return Lane(run, threads, random_state())


class Race:
    """Steered as one run. The first one is the lead: probes look at it, and the window gets its weights."""

    def __init__(self, lanes: Sequence[Lane], stream: Stream) -> None:
        self._lanes = tuple(lanes)
        self._stream = stream
        pause = min(max(REPORT_EVERY, REPORT_EVERY * len(lanes) / TOLD_AT_ONCE), MOST_SELDOM)
        for each in lanes:
            _make_one_of(each.run, len(lanes), pause)
            each.run.safety.switch_off()  # nobody can change one, so that one in trouble is at its end

    @property
    def lead(self) -> Run:
        return self._lanes[0].run

    @property
    def state(self) -> str:
        """That of a run: "training" while one of them is, then "paused" while one could go on."""
        states = {each.run.state for each in self._lanes}
        return next((state for state in ("training", "paused") if state in states), self.lead.state)

    @property
    def active(self) -> bool:
        """Whether one of them can still go on."""
        return self.state in ("training", "paused")

    def advance(self) -> None:
        """A turn of the one that is behind. One that fails ends alone."""
        behind = min((each for each in self._lanes if each.run.state == "training"), key=lambda each: each.place)
        with behind.turn():
            run, end = behind.run, perf_counter() + TURN
            run.advance()
            while run.state == "training" and perf_counter() < end:
                run.advance()
        if self._stream.stale and self.lead.state != "training":  # it is over, and panels may still ask for something
            self._stream.show_stale(self.lead.subject)

    def begin(self, *, paused: bool = False) -> None:
        """Off to the end, or stand still before the first step."""
        for run in self._in_turn():
            run.begin(paused=paused)

    def go(self) -> None:
        """Start or go on, all of them."""
        for run in self._in_turn():
            run.go()

    def step(self, *, epoch: bool = False) -> None:
        """One step of each, or to the end of its epoch, and pause. Raises EngineError unless all are paused."""
        for run in self._in_turn():
            run.step(epoch=epoch)

    def pause(self) -> None:
        """All stand still."""
        for run in self._in_turn():
            run.pause()

    def stop(self, number: int = 0, *, keep_weights: bool = True) -> None:
        """End all of them, or that one alone, where they are."""
        for run in self._in_turn():
            if number in (0, run.number):
                run.stop(keep_weights=keep_weights)

    def save(self) -> None:
        """A checkpoint of each as it stands. Raises EngineError where they are not recorded, or have not begun."""
        for run in self._in_turn():
            run.save()

    def record(self, sample: int, request: int) -> msg.Recorded:
        """The step of the lead that comes next. Raises EngineError while training."""
        with self._lanes[0].turn():
            return self.lead.record(sample, request)

    @property
    def keeper(self) -> Keeper:
        return self.lead.keeper

    def change(self, plan: msg.Plan) -> NoReturn:
        """Refused, as all changes are. Raises EngineError."""
        raise _no_changes()

    def change_layer(self, layer: str, values: Mapping[str, Any]) -> NoReturn:
        """Refused, as all changes are. Raises EngineError."""
        raise _no_changes()

    def change_weight(self, request: msg.ChangeWeight) -> NoReturn:
        """Refused, as all changes are. Raises EngineError."""
        raise _no_changes()

    retouched = False
    """No weights are typed in a race."""

    def tell_retouched(self) -> None:
        """There is nothing to tell."""

    def _in_turn(self) -> Iterator[Run]:
        """Each that can go on, while everything is as if it were alone: its checkpoints hold its random numbers."""
        for each in self._lanes:
            if each.run.active:
                with each.turn():
                    yield each.run


def _make_one_of(run: Run, count: int, pause: float) -> None:
    """What a run does beside its steps takes a share of the time: many of them together take no more than one does."""
    run.report_every, run.raced = pause, True
    run.keeper.take_turns(count)
    run.safety.rivals = run.figuring.rivals = count


def _no_changes() -> EngineError:
    words = "The runs of a race are compared, so nothing is changed on their way."
    return EngineError(words, fix="Stop the race, or change a run that trains alone.")


def check_count(count: int) -> None:
    """Raise EngineError for more runs than can be watched, and for none."""
    if not count:
        raise EngineError("A race needs at least one run.")
    if count > MOST_RUNS:
        raise EngineError(f"{count} runs are more than the {MOST_RUNS} of a race.", fix="Leave out some values.")
