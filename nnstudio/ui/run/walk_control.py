"""What walks through a batch, an operation at a time: begin, step, go back, leave, and on to the next batch."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from nnstudio.errors import NNStudioError
from nnstudio.project.session import Run, Session, Trouble
from nnstudio.project.walking import Walk
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.run.run_control import RunControl


class WalkControl(QObject):
    """Commands for the walk of the project that is shown."""

    begun = Signal()
    """A walk was asked for, and has begun."""

    def __init__(self, bridge: Bridge, run: RunControl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._control = run
        self._stepping: int | None = None
        bridge.run_changed.connect(self._run_changed)
        bridge.session_changed.connect(self._called_off)

    @property
    def walk(self) -> Walk | None:
        return self._bridge.session.walking.walk

    # What is possible

    def why_not_step(self) -> str:
        """Why there is no next operation, or an empty string."""
        if self.walk is None:
            return self._why_not_record()
        if self.walk.at_end and self.walk.turn == len(self.walk.stops):
            return self.tr("This is the end: no loss that depends on weights, so no backward pass.")
        return self._why_no_batch() if self.walk.at_end else ""

    def _why_no_batch(self) -> str:
        """Why the step that was walked through can not be taken: a run that begins would lose what was learned."""
        if self._control.run.state != "paused" and self._bridge.session.document.trained is not None:
            return self.tr("This is the end. In a run that is paused, one more step takes the batch and goes on.")
        return self._control.why_not_step()

    def _why_not_record(self) -> str:
        session, run = self._bridge.session, self._control.run
        if not session.document.nodes:
            return self.tr("The drawing is empty.")
        if self._bridge.training_elsewhere is not None:
            other = self._bridge.training_elsewhere.document.title
            return self.tr("'{0}' is training. Stop it first.").format(other)
        if run.state in ("starting", "training"):
            return self.tr("The run is going on. Pause it first.")
        if session.compiled.errors:
            return str(session.compiled.errors[0])
        if run.state == "paused" and self._is_another():
            return self.tr("The drawing is no longer the one that is trained. Stop the run first.")
        return self._control.why_no_engine()

    def _is_another(self) -> bool:
        session = self._bridge.session
        return session.showing.model is None or session.showing.model.source != session.compiled.source

    def can_step(self) -> bool:
        return not self.why_not_step()

    def can_go_back(self) -> bool:
        return self.walk is not None and self.walk.position > 0

    def can_go_on(self) -> bool:
        return self.walk is not None and not self.walk.at_end

    def walks(self) -> bool:
        return self.walk is not None

    # What is done

    def step(self) -> None:
        """The next operation: the first of a batch where no walk goes on, or after the last of the batch before."""
        if self.why_not_step() or self._bridge.session.walking.waiting:
            return
        if self.walk is None:
            self.record()
        elif self.walk.at_end:
            self._next_batch()
        else:
            self.go_to(self.walk.position + 1)

    def step_back(self) -> None:
        if self.walk is not None:
            self.go_to(self.walk.position - 1)

    def to_start(self) -> None:
        self.go_to(0)

    def to_turn(self) -> None:
        """To where the backward pass begins."""
        if self.walk is not None:
            self.go_to(self.walk.turn)

    def to_end(self) -> None:
        if self.walk is not None:
            self.go_to(len(self.walk.stops) - 1)

    def go_to(self, position: int) -> None:
        """To an operation by its number."""
        self._bridge.session.walking.go_to(position)

    def leave(self) -> None:
        """The canvas shows again what it shows otherwise."""
        self._called_off()
        self._bridge.session.walking.forget()

    def record(self, sample: int = 0) -> None:
        """Have the batch that comes next recorded, with the numbers of one of its samples."""
        session = self._bridge.session
        self._bridge.when(session.walking.record(sample), partial(self._recorded, session))

    # Inside

    def _recorded(self, session: Session, reply: Future[Any]) -> None:
        before = session.walking.walk
        try:
            session.walking.take(reply)
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
        else:
            if before is None and session.walking.walk is not None:
                self.begun.emit()

    def _next_batch(self) -> None:
        """Take the step that was walked through, and record the one behind it once the run stands still again."""
        run = self._control.run
        self._stepping = run.step if run.active else 0
        self._control.step()

    def _run_changed(self, run: Run) -> None:
        if self._stepping is None or run.state in ("starting", "training"):
            return
        if run.state in ("paused", "finished") and run.step > self._stepping:
            self._stepping = None
            self.record()
        elif not run.active:
            self._stepping = None

    def _called_off(self, _: object = None) -> None:
        self._stepping = None
