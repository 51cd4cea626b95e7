"""A training from its start to where it stands: told as it goes, and made to stand still by Ctrl+C."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeAlias

from nnstudio.cli.interrupting import Interrupts
from nnstudio.errors import NNStudioError, is_cancelled
from nnstudio.headless import Headless
from nnstudio.project.events import Asked
from nnstudio.project.run import Run
from nnstudio.project.session import Session, SessionEvent
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.protocol.client import EngineChange
from nnstudio.reports import TrainingReport

Then: TypeAlias = Callable[[], None]
_KEPT = ("paused", "end")
"""Reasons of the checkpoint that a run leaves where it stands."""


class Start(Protocol):
    """Asks for the run."""

    def __call__(self, session: Session, *, paused: bool) -> Future[msg.AnyReply]: ...


class Going:
    """Of one training, or of a race. `then` is called when it stands before its first step, where it is to do that."""

    def __init__(
        self,
        headless: Headless,
        say: TrainingReport,
        interrupts: Interrupts,
        estimate: msg.Estimated | None = None,
        then: Then | None = None,
    ) -> None:
        self._headless, self._say, self._interrupts = headless, say, interrupts
        self._estimate, self._then = estimate, then
        self._session = headless.session
        self._session.subscribe(self._note)
        self._started: Future[msg.AnyReply] = Future()
        self._told = self._pausing = False
        self._unrecorded: set[int] = set()
        self._asked: list[Future[msg.AnyReply]] = []

    def follow(self, start: Start) -> None:
        """Begin, and come back when it stands and all of it is on the disk.

        Raises what the start is refused with, and KeyboardInterrupt where it is given up before it has begun.
        """
        self._interrupts.gently(self._headless.nudge)
        self._started = start(self._session, paused=self._then is not None)
        self._started.add_done_callback(lambda _: self._headless.nudge())
        for event in self._headless.events(math.inf):
            self._tell_started()
            if event is not None:
                self._hear(event)
            self._tell_refusals()
            if self._interrupts.asked:
                self._stand_still()
            if self._is_over():
                return

    @property
    def interrupted(self) -> bool:
        """Whether it stands because somebody wanted that."""
        runs = self._session.steering.runs
        return self._interrupts.asked and any(run.state in ("paused", "stopped") and not run.trouble for run in runs)

    def _tell_started(self) -> None:
        """As soon as the engine has begun, and before anything that it tells of the run."""
        reply, error = outcome(self._started)
        if error is not None:
            told = self._session.steering.start_failed(error)
            raise KeyboardInterrupt if is_cancelled(error) else told
        first = reply.runs[0] if isinstance(reply, msg.RaceStarted) else reply
        if isinstance(first, msg.Started) and self._session.run.number == first.run and not self._told:
            self._told = True
            self._say.started(self._session, first, self._estimate)

    def _hear(self, event: msg.AnyEvent | EngineChange) -> None:
        self._say.heard(self._session, event)
        if isinstance(event, msg.Notice) and event.kind == "unrecorded":
            self._unrecorded.add(event.run)
        if self._then is not None and self._session.run.state == "paused" and not self._interrupts.asked:
            then, self._then = self._then, None
            then()

    def _note(self, event: SessionEvent) -> None:
        """What follows from a setting may be refused."""
        if isinstance(event, Asked):
            self._asked.append(event.future)

    def _tell_refusals(self) -> None:
        answered = [asked for asked in self._asked if asked.done()]
        self._asked = [asked for asked in self._asked if not asked.done()]
        for error in (outcome(asked)[1] for asked in answered):
            if isinstance(error, NNStudioError):
                self._say.notice(error)

    def _stand_still(self) -> None:
        """What is waited for is given up; what goes is paused, once."""
        states = {run.state for run in self._session.steering.runs}
        if "starting" in states:
            self._session.errands.cancel(msg.MODEL_KEY)
        elif "training" in states and not self._pausing:
            self._pausing = True
            self._session.pause()  # where it ends meanwhile, that is told

    def _is_over(self) -> bool:
        runs = self._session.steering.runs
        return not any(map(self._goes, runs)) and all(map(self._is_kept, runs))

    def _goes(self, run: Run) -> bool:
        stands = bool(run.trouble) or self._interrupts.asked
        return run.active and not (run.state == "paused" and stands)

    def _is_kept(self, run: Run) -> bool:
        """Whether the place where it stands is on the disk, or never will be."""
        if not run.folder or not run.step or run.state == "failed" or run.number in self._unrecorded:
            return True
        return any(each.step == run.step and each.reason in _KEPT for each in run.checkpoints)
