"""Downloads the data that are shown, once; the inspector, which offers that too, is told the same."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nnstudio.project.session import Trouble
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data.source import DataSource, Shown
from nnstudio.ui.downloads.downloads import FAILED, FETCHING, downloads_of


class Fetch(QObject):
    """Of the data that are shown, wherever the download was begun. A failure of one begun here is told in a notice."""

    progressed = Signal(object)
    """protocol.messages.DataProgress."""
    ended = Signal()

    def __init__(self, bridge: Bridge, source: DataSource, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._source = bridge, source
        self._downloads = downloads_of(bridge)
        self._begun: set[str] = set()
        self._downloads.changed.connect(self._changed)
        self._downloads.turned.connect(self._turned)

    @property
    def going(self) -> bool:
        return self._downloads.word(self._name) == FETCHING

    def begin(self, shown: Shown) -> None:
        """Fetch what these data need."""
        self._begun.add(shown.ref.dataset)
        self._downloads.start(shown.session.document.node(shown.node))

    def give_up(self) -> None:
        """What has come stays, for the next try."""
        self._downloads.cancel(self._name)

    @property
    def _name(self) -> str:
        return self._source.shown.ref.dataset if self._source.shown is not None else ""

    def _changed(self, name: str) -> None:
        state = self._downloads.known(name)
        if name == self._name and state is not None and state.word == FETCHING:
            self.progressed.emit(msg.DataProgress(key="", done=state.done, total=state.total))

    def _turned(self, name: str) -> None:
        state = self._downloads.known(name)
        if state is not None and state.word == FETCHING:
            return
        if name in self._begun and state is not None and state.word == FAILED:
            self._bridge.trouble.emit(Trouble(state.message, state.fix))
        self._begun.discard(name)
        if name == self._name:
            self.ended.emit()
