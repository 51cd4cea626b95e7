"""From sessions to Qt signals: the only adapter. Panels know the bridge, never the engine.

The engine's reader thread calls `deliver`; a queued signal carries the event to the window's thread. Signals are
`Signal(object)`: PySide6 loses data in `Signal(dict)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.session import HistoryMoved, Recompiled, Saved, Session, SessionEvent, StartsAnew, Trouble

SHOW_DELAY_MS = 150
"""After the last edit, until the engine is asked to look at the drawing again."""


class Bridge(QObject):
    """The session shown in the window, as signals. `session` is replaced when another project is opened."""

    session_changed = Signal(object)
    """Session: another project is shown."""
    document_changed = Signal(object)
    """graph.changes.Change: one change of the document, as it happens."""
    history_changed = Signal()
    """After every finished step, undo and redo; also when the project was saved."""
    recompiled = Signal(object)
    """compiler.result.Compiled."""
    run_changed = Signal(object)
    """session.Run: state, progress or an epoch has changed."""
    progress = Signal(object)
    """protocol.messages.Progress."""
    epoch_done = Signal(object)
    """protocol.messages.EpochDone."""
    engine_changed = Signal(object)
    """protocol.client.EngineChange."""
    engine_ready = Signal(object)
    """protocol.messages.EngineReady: torch version, devices, probes and exports."""
    frame = Signal(object)
    """protocol.messages.ProbeFrame."""
    selection_changed = Signal(object)
    """tuple of node ids, the last chosen one last."""
    sample_changed = Signal(int)
    """Index into the test set: the sample that panels and nodes show."""
    starts_anew = Signal(object)
    """tuple of names: nodes whose weights no longer fit."""
    trouble = Signal(object)
    """session.Trouble: to be shown by notices."""

    _delivered = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self._session = session
        self._end: Callable[[], None] = lambda: None
        self.ready: msg.EngineReady | None = None
        self.selection: tuple[str, ...] = ()
        self.sample = 0
        self._delivered.connect(self._handle, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(lambda call, future: call(future), Qt.ConnectionType.QueuedConnection)
        self._tellers: dict[type, Callable[[Any], None]] = {
            Recompiled: self._recompiled,
            HistoryMoved: lambda _: self.history_changed.emit(),
            Saved: lambda _: self.history_changed.emit(),
            Trouble: self.trouble.emit,
            StartsAnew: lambda event: self.starts_anew.emit(event.nodes),
            msg.RunState: self._run_told,
            msg.Progress: self._run_told,
            msg.EpochDone: self._run_told,
            msg.ProbeFrame: self.frame.emit,
            msg.EngineReady: self.engine_ready.emit,
            msg.Weights: lambda _: None,  # the document tells
            EngineChange: self._engine_changed,
        }
        self._show_timer = QTimer(self, singleShot=True, interval=SHOW_DELAY_MS)
        self._show_timer.timeout.connect(lambda: self.session.show())

    @property
    def session(self) -> Session:
        assert self._session is not None, "the window opens a project first"
        return self._session

    @property
    def current(self) -> Session | None:
        """The session, or None before the first project is opened."""
        return self._session

    def open(self, session: Session) -> None:
        """Show another project."""
        old = self._session
        self._end()
        if old is not None:
            session.follow(old)
        self._session = session
        self._end = session.subscribe(self._tell)
        self.select(())
        self.session_changed.emit(session)
        self.recompiled.emit(session.compiled)
        self.run_changed.emit(session.run)
        self.history_changed.emit()
        self._show_timer.start()

    def select(self, nodes: tuple[str, ...]) -> None:
        """Nodes are chosen, on the canvas or elsewhere."""
        if nodes != self.selection:
            self.selection = nodes
            self.selection_changed.emit(nodes)

    def choose_sample(self, sample: int) -> None:
        """Another sample of the test set is looked at."""
        if sample != self.sample:
            self.sample = sample
            self.sample_changed.emit(sample)

    def deliver(self, event: msg.AnyEvent | EngineChange) -> None:
        """From any thread: an event of the engine."""
        self._delivered.emit(event)

    def when(self, future: Future[Any], call: Callable[[Future[Any]], None]) -> None:
        """Call `call` with the future in the window's thread, once it is done."""
        future.add_done_callback(lambda done: self._answered.emit(call, done))

    def probe(self, probe: str, options: Mapping[str, msg.Option]) -> int:
        """Ask for a probe's frames; gives the number that its frames carry."""
        return self.session.engine.subscribe(probe, options)

    def _handle(self, event: msg.AnyEvent | EngineChange) -> None:
        if isinstance(event, msg.EngineReady):
            self.ready = event
        if self._session is not None:
            self._session.handle(event)

    def _tell(self, event: SessionEvent) -> None:
        """Every event as its signal; what is none of these is a change of the document."""
        tell = self._tellers.get(type(event))
        if tell is None:
            self.document_changed.emit(event)
        else:
            tell(event)

    def _recompiled(self, event: Recompiled) -> None:
        self.recompiled.emit(event.compiled)
        self._show_timer.start()

    def _run_told(self, event: SessionEvent) -> None:
        if isinstance(event, msg.Progress):
            self.progress.emit(event)
        elif isinstance(event, msg.EpochDone):
            self.epoch_done.emit(event)
        self.run_changed.emit(self.session.run)

    def _engine_changed(self, event: EngineChange) -> None:
        self.engine_changed.emit(event)
        self.run_changed.emit(self.session.run)
        if event.state == "ready":
            self._show_timer.start()
