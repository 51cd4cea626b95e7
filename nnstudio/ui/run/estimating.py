"""What a training would take of memory and time, asked in the background while a person draws and plans."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.data.loading import bytes_text
from nnstudio.errors import NNStudioError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import Bridge

DELAY_MS = 400
"""After the last edit, until the engine is asked."""


class Estimating(QObject):
    """One question at a time, and none while a run is going. An estimate that can not be had is none."""

    told = Signal()
    """There is another estimate, or none any more."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._about: msg.Estimate | None = None
        self._asked: Future[msg.AnyReply] | None = None
        self._found: msg.Estimated | None = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._ask)
        bridge.session_changed.connect(self._forget)
        bridge.engine_changed.connect(self._forget)
        bridge.history_changed.connect(self.again)
        bridge.projects_changed.connect(self.again)  # a run has ended, here or in another project
        self._timer.start()

    @property
    def found(self) -> msg.Estimated | None:
        """As the engine has told it."""
        return self._found

    @property
    def words(self) -> str:
        """`about 1.2 MB of memory, 3 s an epoch`; empty where nothing is known, and while a run tells it itself."""
        if self._found is None or self._training:
            return ""
        memory = self.tr("about {0} of memory").format(bytes_text(self._needs))
        seconds = self._found.epoch_seconds
        return self.tr("{0}, {1} an epoch").format(memory, _seconds_text(seconds)) if seconds > 0 else memory

    @property
    def details(self) -> str:
        """What the memory is for, a line each."""
        if not self.words or self._found is None:
            return ""
        return "\n".join(f"{name}: {bytes_text(size)}" for name, size in self._found.memory.items() if size)

    @property
    def warning(self) -> str:
        """Why the training will not fit into memory, or an empty string."""
        if self._found is None or self._training or self._needs <= self._found.free:
            return ""
        words = self.tr("Needs about {0}, and {1} are free: make batch_size or the layers smaller.")
        return words.format(bytes_text(self._needs), bytes_text(self._found.free))

    @property
    def _needs(self) -> int:
        return sum(self._found.memory.values()) if self._found is not None else 0

    @property
    def _training(self) -> bool:
        return self._bridge.desk.training is not None

    def again(self, *_: object) -> None:
        """Something may be otherwise: ask, once nothing more happens."""
        if self._training:
            self._about = None  # the engine learns from the run how long a step takes
        else:
            self._timer.start()

    def _forget(self, *_: object) -> None:
        """Another project, or another engine."""
        self._take(None, None)
        self.again()

    def _wanted(self) -> msg.Estimate | None:
        """What is to be asked as things are now; None where it can not be."""
        session = self._bridge.session
        if session.engine_state.state != "ready":
            return None
        try:
            return session.steering.estimate()
        except NNStudioError:
            return None  # what is wrong with the drawing is told at its node

    def _ask(self) -> None:
        if self._training or (self._asked is not None and not self._asked.done()):
            return  # the end of the run asks again, and so does the answer
        wanted = self._wanted()
        if wanted is None:
            self._take(None, None)
        if wanted is None or wanted == self._about:
            return
        self._asked = self._bridge.session.engine.ask(wanted)
        self._bridge.when(self._asked, partial(self._answered, wanted))

    def _answered(self, about: msg.Estimate, future: Future[Any]) -> None:
        reply, _ = outcome(future)
        self._take(about, reply if isinstance(reply, msg.Estimated) else None)
        self._timer.start()

    def _take(self, about: msg.Estimate | None, found: msg.Estimated | None) -> None:
        self._about = about
        if found != self._found:
            self._found = found
            self.told.emit()


def _seconds_text(seconds: float) -> str:
    """`0.02 s`, `3.1 s`, `12 s`, `3 min`."""
    if seconds < 99.5:
        return f"{seconds:.2g} s" if seconds >= 0.01 else "0.01 s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60:,} h {minutes % 60} min"
