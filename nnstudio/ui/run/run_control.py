"""What the Train menu and the toolbar do: start, pause, step, stop, and start the engine again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.errors import EngineClosed, NNStudioError, is_cancelled
from nnstudio.project.run import summed
from nnstudio.project.session import Run, Session, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.bridge import Bridge

ANSWER_MS = 3000
"""How long a run may take to stop before the person hears that the engine does not answer."""
HIGHEST_LR = 1000.0
"""The plan takes no more."""


@runtime_checkable
class Restartable(Protocol):
    """An engine that can be ended and started again."""

    def start(self) -> None: ...
    def close(self) -> None: ...


class RunControl(QObject):
    """Commands for the run. Each says why it is not possible now; a failure goes to the notices."""

    about_to_train = Signal()
    """Fields take what is being written in them, before the drawing is sent."""
    unanswered = Signal()
    """The run was asked to stop and has not."""
    checkpoints_wanted = Signal()
    """The person wants to choose what to go on from."""
    race_wanted = Signal()
    """The person wants to say what varies in a race."""
    taken = Signal(object)
    """Session: no run can begin, because this other project trains."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._ending: Run | None = None
        self._patience = QTimer(self, singleShot=True, interval=ANSWER_MS)
        self._patience.timeout.connect(self._run_out)

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop and goes on."""
        return self._ending is self.run and self.active

    @property
    def run(self) -> Run:
        return self._bridge.session.run

    @property
    def whole(self) -> Run:
        """The run; of a race, all that it consists of as one."""
        return summed(self._bridge.session.steering.runs)

    @property
    def active(self) -> bool:
        """Whether something goes on, or could."""
        return self._bridge.session.steering.active

    @property
    def engine_state(self) -> str:
        return self._bridge.session.engine_state.state

    # What is possible

    def why_not_train(self) -> str:
        """Why no training can begin now, or an empty string."""
        session = self._bridge.session
        if self.active:
            return self.tr("A run is going. Stop it first.")
        if not session.document.nodes:
            return self.tr("The drawing is empty. Add a Dataset, layers and a loss.")
        errors = session.compiled.errors
        if errors:
            others = len(session.compiled.listed_errors) - 1
            more = self.tr(" And {0} more.").format(others) if others > 0 else ""
            return f"{errors[0]}{more}"
        return self.why_no_engine()

    def why_not_train_on(self) -> str:
        """Why no training can go on from the weights that there are now."""
        reason = self.why_not_train()
        if reason:
            return reason
        session = self._bridge.session
        if session.document.trained is None:
            return self.tr("There are no weights to go on from. Train first.")
        anew = session.starting_anew
        if anew and len(anew) == session.trainable_nodes:
            return self.tr("The weights fit no node any more. Train from the beginning.")
        return ""

    def train_on_words(self) -> str:
        """What training on does now."""
        anew = self._bridge.session.starting_anew
        if not anew:
            return self.tr("Go on from the weights that there are; epochs are counted on")
        listed = ", ".join(f"'{name}'" for name in anew[:4]) + ("…" if len(anew) > 4 else "")
        return self.tr("Go on from the weights that there are; these nodes start anew: {0}").format(listed)

    def why_not_resume_from(self) -> str:
        """Why there is no checkpoint to go on from now."""
        if not self._bridge.session.steering.shelf.has_checkpoint:
            return self.tr("There is no checkpoint yet. Train first: one is kept at every pause and at the end.")
        return self.why_not_train()

    def why_no_race(self) -> str:
        """Why nothing can be raced; where a run is going, a race can be prepared."""
        if not self._bridge.session.document.nodes:
            return self.tr("The drawing is empty. Add a Dataset, layers and a loss.")
        return ""

    def can_race(self) -> bool:
        return not self.why_no_race()

    def can_resume_from(self) -> bool:
        return not self.why_not_resume_from()

    def why_no_engine(self) -> str:
        """Why the engine can not be asked now, or an empty string."""
        words = {
            "starting": self.tr("The engine is starting…"),
            "lost": self.tr("The engine is being restarted…"),
            "stopped": self.tr("The engine is not running. Choose Train ▸ Restart Engine."),
        }
        return words.get(self.engine_state, "")

    def can_train(self) -> bool:
        return not self.why_not_train()

    def can_train_on(self) -> bool:
        return not self.why_not_train_on()

    def can_pause(self) -> bool:
        """Pause or resume."""
        return self.whole.state in ("training", "paused")

    def why_not_step(self) -> str:
        """Why there can be no step now; where no run is going, a step begins one."""
        if self.whole.state == "paused":
            return ""
        if self.active:
            return self.tr("Step through a run: pause it first.")
        return self.why_not_train()

    def can_step(self) -> bool:
        return not self.why_not_step()

    def can_save(self) -> bool:
        """Whether a checkpoint can be made: the run goes on, or could, and is kept somewhere."""
        return self.run.state in ("training", "paused") and bool(self.run.folder) and self.run.step > 0

    def can_stop(self) -> bool:
        return self.active

    # What is done

    def train(self) -> None:
        """Train from the beginning."""
        self.begin(self._bridge.session.train)

    def train_on(self) -> None:
        """Train on from the weights that there are."""
        self.begin(lambda: self._bridge.session.steering.train(anew=False))

    def begin(self, start: Callable[[], Future[msg.AnyReply]]) -> None:
        """Begin a run of the project that is shown; `start` asks for it."""
        other = self._bridge.training_elsewhere
        if other is not None:
            self.taken.emit(other)
            return
        self.about_to_train.emit()
        session = self._bridge.session
        try:
            future = start()
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return
        self._bridge.run_changed.emit(session.run)
        self._bridge.when(future, partial(self._started, session))

    def pause_or_resume(self) -> None:
        """Stand still, or go on."""
        session = self._bridge.session
        self._watch(session.resume() if self.whole.state == "paused" else session.pause())

    def step(self, *, epoch: bool = False) -> None:
        """One more step, or to the end of the epoch; where no run is going, the first of one that begins."""
        if self.active:
            self._watch(self._bridge.session.step(epoch=epoch))
        else:
            self.begin(lambda: self._bridge.session.steering.train(then=msg.Step(epoch=epoch)))

    def scale_lr(self, factor: float) -> None:
        """Multiply the plan's learning rate, as one step; a run that is going takes it over."""
        document = self._bridge.session.document
        document.set_plan(lr=min(document.plan.lr * factor, HIGHEST_LR))

    def save_checkpoint(self) -> None:
        """Keep the run as it stands."""
        self._watch(self._bridge.session.steering.save_checkpoint())

    def stop(self) -> None:
        """End the run; its weights stay. An engine that does not answer is told of after a while."""
        self._patience.start()
        if self.stopping:
            return
        self._ending = self.run
        self._bridge.when(self._bridge.session.stop(), self._stopped)
        self._bridge.run_changed.emit(self.run)

    def stop_one(self, run: Run) -> None:
        """End one of a race; the others go on."""
        self._watch(self._bridge.session.steering.stop(run.number))

    def restart_engine(self) -> None:
        """End the engine and start it again, without waiting for either."""
        engine = self._bridge.session.engine
        if not isinstance(engine, Restartable):
            return
        self._bridge.deliver(EngineChange("lost", self.tr("The engine is being restarted.")))

        def restart(engine: Restartable = engine) -> None:
            engine.close()
            engine.start()

        threading.Thread(target=restart, name="nnstudio-restart", daemon=True).start()

    def export(self, kind: msg.ExportKind, path: Path) -> Future[Any] | None:
        """Write the model in that form; None where the drawing has problems, which is told."""
        try:
            return self._bridge.session.export(kind.kind, path)
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return None

    def _watch(self, future: Future[Any]) -> None:
        self._bridge.when(future, self._tell_failure)

    def _stopped(self, future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._ending = None
        self._tell_failure(future)
        self._bridge.run_changed.emit(self.run)

    def _run_out(self) -> None:
        if self.stopping:
            self.unanswered.emit()

    def _started(self, session: Session, future: Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        self._bridge.answered(session, future)
        if isinstance(error, NNStudioError):
            self._tell(session.steering.start_failed(error))
            self._bridge.look_again()
        elif error is not None:
            self._tell(error)
        if session is self._bridge.session:
            self._bridge.run_changed.emit(session.run)

    def _tell_failure(self, future: Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self._tell(error)

    def _tell(self, error: BaseException) -> None:
        if isinstance(error, EngineClosed) or is_cancelled(error):
            return  # the person wanted it
        message, fix = (error.message, error.fix) if isinstance(error, NNStudioError) else (str(error), "")
        self._bridge.trouble.emit(Trouble(message, fix))
