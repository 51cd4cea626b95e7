"""Downloads the data that are shown, once."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from nnstudio.errands import Errand
from nnstudio.errors import NNStudioError
from nnstudio.protocol import messages as msg
from nnstudio.session import Trouble
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data.view_source import Shown


class Fetch(QObject):
    """One download at a time. A failure is told in a notice."""

    progressed = Signal(object)
    """protocol.messages.DataProgress."""
    ended = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown: Shown | None = None
        self._errand: Errand | None = None
        bridge.data_progress.connect(self._on_progress)

    @property
    def going(self) -> bool:
        return self._errand is not None

    def begin(self, shown: Shown) -> None:
        """Fetch what these data need."""
        if not self.going:
            self._shown, self._errand = shown, shown.session.errands.fetch(shown.ref)
            self._bridge.when(self._errand.future, self._answered)

    def give_up(self) -> None:
        """What has come stays, for the next try."""
        if self._shown is not None and self._errand is not None:
            self._shown.session.errands.cancel(self._errand.key)

    def _on_progress(self, progress: msg.DataProgress) -> None:
        if self._errand is not None and progress.key == self._errand.key:
            self.progressed.emit(progress)

    def _answered(self, future: Future[msg.AnyReply]) -> None:
        self._errand = None
        error = None if future.cancelled() else future.exception()
        if isinstance(error, NNStudioError) and getattr(error, "kind", "") != "cancelled":
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
        self.ended.emit()
