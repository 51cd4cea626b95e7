"""Looking into a file with the engine's eyes: one question at a time, and the last one counts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.errors import EngineDied, NNStudioError
from nnstudio.project.errands import Errand
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.importing.facts import Found, found

SOON_MS = 150
"""After the last change of how a file is read, until it is read anew."""


class Looking(QObject):
    """Asks how a file can be read. A new question takes the place of one that has no answer yet."""

    answered = Signal(object)
    """facts.Found."""
    failed = Signal(object)
    """NNStudioError."""
    progress = Signal(object)
    """protocol.messages.DataProgress."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session: Session = bridge.session
        self._question: tuple[Path, str, Mapping[str, Any]] | None = None
        self._errand: Errand | None = None
        self._later = QTimer(self, singleShot=True, interval=SOON_MS)
        self._later.timeout.connect(self._go)
        bridge.data_progress.connect(self._told)
        bridge.engine_changed.connect(self._engine_changed)

    @property
    def waiting(self) -> bool:
        """Whether there is a question without an answer."""
        return self._question is not None

    def ask(self, path: Path, dataset: str, reading: Mapping[str, Any], *, later: bool = False) -> None:
        """Look into this file, to be read in this way as far as it is said; `later` where more may be said soon."""
        self._give_up()
        self._question = (path, dataset, dict(reading))
        if later:
            self._later.start()
        else:
            self._go()

    def stop(self) -> None:
        """No answer is wanted any more."""
        self._give_up()
        self._question = None

    def _give_up(self) -> None:
        self._later.stop()
        errand, self._errand = self._errand, None
        if errand is not None:
            self._session.errands.cancel(errand.key)

    def _go(self) -> None:
        if self._question is not None:
            errand = self._errand = self._session.errands.inspect(*self._question)
            self._bridge.when(errand.future, partial(self._done, errand))

    def _engine_changed(self, change: EngineChange) -> None:
        """Another engine is up, and has not been asked."""
        unasked = self.waiting and self._errand is None and not self._later.isActive()
        if change.state == "ready" and unasked:
            self._go()

    def _told(self, progress: msg.DataProgress) -> None:
        if self._errand is not None and progress.key == self._errand.key:
            self.progress.emit(progress)

    def _done(self, errand: Errand, future: Future[Any]) -> None:
        if errand is not self._errand:
            return
        self._errand = None
        reply, error = told(future)
        if isinstance(error, EngineDied):
            return  # another is started, and asked again
        self._question = None
        if reply is not None:
            self.answered.emit(reply)
        else:
            self.failed.emit(error)


def told(future: Future[Any]) -> tuple[Found | None, NNStudioError | None]:
    """What an answered inspection found, or why it found nothing."""
    reply, error = outcome(future)
    if not isinstance(reply, msg.Inspected):
        return None, error
    try:
        return found(reply), None
    except NNStudioError as unknown:  # an engine of another version
        return None, unknown
