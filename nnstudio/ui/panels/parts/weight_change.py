"""Numbers of a network that a person changes: asked for, and where they can not be, told why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from nnstudio.errors import NNStudioError
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge


class WeightChange(QObject):
    """For one widget that shows numbers; it is its parent, with which it goes."""

    refused = Signal(str, str)
    """What was not done, and what helps."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge

    def ask(self, change: Callable[[Session], Future[msg.AnyReply] | None]) -> None:
        """Make a change in the session that is shown; it may be refused at once, or by the engine later."""
        session = self._bridge.current
        if session is None:
            return
        try:
            future = change(session)
        except NNStudioError as error:
            self.refused.emit(error.message, error.fix)
            return
        if future is not None:
            self._bridge.when(future, self._answered)

    def _answered(self, future: Future[msg.AnyReply]) -> None:
        session = self._bridge.current
        error = session.weighing.take(future) if session is not None else None
        if error is not None:
            self.refused.emit(error.message, error.fix)
