"""One probe, asked for only while somebody looks."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from nnstudio.project.session import Engine
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge


class Feed(QObject):
    """The frames of one probe. Of several that come in before one is taken only the newest is kept."""

    arrived = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._probe = ""
        self._options: dict[str, Option] = {}
        self._looking = False
        self._engine: Engine | None = None
        self._number = 0
        self._frame: ProbeFrame | None = None
        bridge.frame.connect(self._on_frame)
        bridge.session_changed.connect(self._on_session)

    @property
    def active(self) -> bool:
        """Whether the engine has been asked."""
        return self._engine is not None

    def ask(self, probe: str, options: Mapping[str, Option]) -> None:
        """Want this probe with these options from now on; no probe at all for an empty name."""
        same_probe, same_options = probe == self._probe, dict(options) == self._options
        if same_probe and same_options:
            return
        self._probe, self._options = probe, dict(options)
        if same_probe and self._engine is not None:
            self._engine.update(self._number, self._options)
        else:
            self._stop()
            self._start()

    def look(self, looking: bool) -> None:
        """Somebody looks, or nobody any more."""
        if looking != self._looking:
            self._looking = looking
            if looking:
                self._start()
            else:
                self._stop()

    def take(self) -> ProbeFrame | None:
        """The newest frame, once."""
        frame, self._frame = self._frame, None
        return frame

    def _start(self) -> None:
        session = self._bridge.current
        if self._looking and self._probe and session is not None and self._engine is None:
            self._engine = session.engine
            self._number = self._bridge.probe(self._probe, self._options)

    def _stop(self) -> None:
        if self._engine is not None:
            self._engine.unsubscribe(self._number)
        self._engine = None
        self._frame = None

    def _on_session(self, _session: object) -> None:
        self._stop()
        self._start()

    def _on_frame(self, frame: ProbeFrame) -> None:
        if self._engine is not None and frame.subscription == self._number:
            self._frame = frame
            self.arrived.emit()
