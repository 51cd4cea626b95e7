"""Runs in trouble: what happened, with a button for what helps where a button can do it.

Also what began anew in a run that went on from weights, which nobody would see otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from nnstudio.errors import StorageError
from nnstudio.graph.changes import Change, PlanSet
from nnstudio.graph.training import TrainingPlan
from nnstudio.project import shelf
from nnstudio.project.run import Run
from nnstudio.project.session import Session
from nnstudio.protocol.messages import CheckpointSaved
from nnstudio.runs import reading
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.texts import float_text
from nnstudio.ui.notices import Notice, Notices
from nnstudio.ui.runs.deeds import Deeds
from nnstudio.ui.runs.library import Library


class Rescue(QObject):
    """Speaks through the notices."""

    def __init__(self, bridge: Bridge, notices: Notices, deeds: Deeds, library: Library) -> None:
        super().__init__(notices)
        self._bridge, self._notices, self._deeds, self._library = bridge, notices, deeds, library
        self._told: tuple[int, int] | None = None
        self._notice: Notice | None = None
        self._stood_by = TrainingPlan()
        self._greeted: Run | None = None
        bridge.run_changed.connect(self._run)
        bridge.engine_changed.connect(self._look_back)
        bridge.session_changed.connect(self._look_back)
        bridge.document_changed.connect(self._edited)

    def _run(self, run: Run) -> None:
        self._tell_fresh(run)
        standing = (run.number, run.step) if run.state == "paused" and run.message else None
        if standing == self._told:
            return
        self._told = standing
        if self._notice is not None:
            self._notices.close(self._notice)
            self._notice = None
        if standing is not None:
            self._notice = self._notices.show("error", run.message, run.fix)
            self._stood_by = self._bridge.session.document.plan
            self._offer(self._notice, run)

    def _offer(self, notice: Notice, run: Run) -> None:
        """The button, where the plan can do something about it."""
        plan, before = self._bridge.session.document.plan, self._stood_by
        if len(self._bridge.session.steering.runs) > 1:  # a race can not be changed
            return
        if plan.lr < before.lr or plan.batch_size < before.batch_size:
            notice.offer(self.tr("Resume with the changed plan"), self._resume)
        elif run.trouble == "nan":
            words = self.tr("Halve the learning rate to {0}, and resume").format(float_text(plan.lr / 2))
            notice.offer(words, partial(self._change, "lr", plan.lr / 2))
        elif run.trouble == "memory" and plan.batch_size > 1:
            words = self.tr("Halve the batch size to {0}, and resume").format(f"{plan.batch_size // 2:,}")
            notice.offer(words, partial(self._change, "batch_size", plan.batch_size // 2))
        self._notices.arrange()

    def _change(self, name: str, value: float) -> None:
        """The run takes over the new plan, and goes on."""
        session = self._bridge.session
        if session.run.state == "paused":
            session.document.set_plan(**{name: value})
            self._resume()

    def _resume(self) -> None:
        if self._bridge.session.run.state == "paused":
            self._deeds.control.pause_or_resume()

    def _edited(self, change: Change) -> None:
        """What the button does is reckoned from the plan as it is."""
        if isinstance(change, PlanSet) and self._notice in self._notices.shown:
            self._offer(self._notice, self._bridge.session.run)

    def _tell_fresh(self, run: Run) -> None:
        if not run.fresh or run is self._greeted:
            return
        self._greeted = run
        listed = ", ".join(f"'{name}'" for name in run.fresh[:4]) + ("…" if len(run.fresh) > 4 else "")
        self._notices.info(self.tr("These nodes begin anew: {0}.").format(listed), self.tr("The rest trains on."))

    # After the engine's end

    def _look_back(self, _: object) -> None:
        """Once the engine is back, in the project whose run it was: at once, or when that is shown again."""
        session = self._bridge.session
        run, ready = session.run, session.engine_state.state == "ready"
        if ready and run.state == "failed" and run.trouble == "engine" and run.folder:
            run.trouble = ""  # it is told once
            self._library.do(partial(_checkpoints, Path(run.folder)), partial(self._lost, session, run))

    def _lost(self, session: Session, run: Run, found: list[CheckpointSaved]) -> None:
        run.checkpoints = found or run.checkpoints
        if session is not self._bridge.session or session.run is not run or not run.checkpoints:
            return
        last = max(run.checkpoints, key=lambda saved: saved.step)
        self._tell_lost(run, last, partial(self._deeds.go_on, run, last, branch=False))

    def _tell_lost(self, run: Run, last: CheckpointSaved, resume: Callable[[], None]) -> None:
        message = self.tr("The run ended with the engine, at step {0}.").format(f"{run.step:,}")
        fix = self.tr("It can go on from its last checkpoint, to the last bit as if nothing had happened.")
        notice = self._notices.show("warning", message, fix)
        notice.offer(self.tr("Resume from step {0}").format(f"{last.step:,}"), resume)
        self._notices.arrange()


def _checkpoints(folder: Path) -> list[CheckpointSaved]:
    """Those that are in the folder: of the last one nobody may have heard. None where nothing was written yet."""
    try:
        record = reading.read_record(folder)
    except StorageError:
        return []
    return shelf.of_record(reading.KeptRun(folder, record, reading.state_of(record))).checkpoints
