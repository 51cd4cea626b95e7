"""From sessions to Qt signals: the only adapter. Panels know the bridge, never the engine.

Several projects may be open; the signals are those of the one that is shown. Of the others one hears in
`projects_changed` and `elsewhere`, and they go on taking in what their runs bring.

The engine's reader thread calls `deliver`; a queued signal carries the event to the window's thread. Signals are
`Signal(object)`: PySide6 loses data in `Signal(dict)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from nnstudio.desk import Desk
from nnstudio.errors import EngineClosed, EngineError, is_cancelled
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Sheet
from nnstudio.project.events import Asked, FileWanted, Walked
from nnstudio.project.session import HistoryMoved, Recompiled, Saved, Session, SessionEvent, StartsAnew, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.protocol.client import EngineChange
from nnstudio.runs.wishes import Wishes
from nnstudio.ui import places
from nnstudio.ui.signals import Signals

FILE = "file"
"""The kind of an error that is a file's."""
SHOW_DELAY_MS = 150
"""After the last edit, until the engine is asked to look at the drawing again."""
TAB_EVENTS = (HistoryMoved, Saved, msg.RunState, msg.Progress, EngineChange)
"""After which a project may be unsaved, saved, or no longer in training."""


class Bridge(Signals):
    """The session shown in the window, as signals. `session` is another one when another project is shown."""

    _delivered = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.desk = Desk()
        self.wishes = Wishes()
        self._sheet: Sheet | None = None
        self._ends: dict[Session, Callable[[], None]] = {}
        self._seats: dict[Session, places.Seat] = {}
        self.path: places.Path = ()
        self.ready: msg.EngineReady | None = None
        self.selection: tuple[str, ...] = ()
        self.sample = 0
        self._delivered.connect(self._handle, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(_pass_on, Qt.ConnectionType.QueuedConnection)
        self._tellers: dict[type, Callable[[Any], None]] = {
            Recompiled: self._recompiled,
            HistoryMoved: self._history_moved,
            Saved: lambda _: self.history_changed.emit(),
            Asked: lambda event: self.when(event.future, self._judge),
            Trouble: self.trouble.emit,
            Walked: lambda _: self.walked.emit(),
            FileWanted: self.file_wanted.emit,
            StartsAnew: lambda event: self.starts_anew.emit(event.nodes),
            ch.WeightsTaken: self._weights_typed,
            ch.WeightsTyped: self._weights_typed,
            msg.RunState: self._run_told,
            msg.Progress: self._run_told,
            msg.EpochDone: self._run_told,
            msg.Changed: self._run_told,
            msg.CheckpointSaved: self._run_told,
            msg.ProbeFrame: self.frame.emit,
            msg.DataProgress: self.data_progress.emit,
            msg.EngineReady: self.engine_ready.emit,
            msg.Weights: lambda _: None,  # the document tells
            msg.Notice: lambda _: None,  # as a Trouble
            EngineChange: self._engine_changed,
        }
        self._show_timer = QTimer(self, singleShot=True, interval=SHOW_DELAY_MS)
        self._show_timer.timeout.connect(self._show_model)
        if session is not None:
            self.open(session)

    def answered(self, session: Session, future: Future[Any]) -> None:
        """What a project asked for has an answer: where it failed for a file, somebody may look after that."""
        _, error = outcome(future)
        if isinstance(error, EngineError) and error.kind == FILE:
            self.file_failed.emit(session)

    def _judge(self, future: Future[Any]) -> None:
        """What an edit had asked of the engine is answered: a refusal is told."""
        _, error = outcome(future)
        if error is not None and not isinstance(error, EngineClosed) and not is_cancelled(error):
            self.trouble.emit(Trouble(error.message, error.fix))

    # Which projects are open

    @property
    def session(self) -> Session:
        assert self.desk.front is not None, "the window opens a project first"
        return self.desk.front

    @property
    def current(self) -> Session | None:
        """The session, or None before the first project is opened."""
        return self.desk.front

    @property
    def sessions(self) -> tuple[Session, ...]:
        """All open projects, in the order of their tabs."""
        return tuple(self.desk.sessions)

    @property
    def training_elsewhere(self) -> Session | None:
        """The project whose run is going, where that is not the one shown."""
        return self.desk.training_beside(self.session)

    def open(self, session: Session) -> None:
        """One more project, which is shown."""
        if session not in self._ends:
            session.steering.wishes = self.wishes
            self._ends[session] = session.subscribe(lambda event: self._hear(session, event))
        self.show(session)

    def show(self, session: Session) -> None:
        """Show another of the open projects, as it was left."""
        old = self.desk.front
        if session is old:
            return
        if old is not None:
            self.session_leaving.emit(old)
            self._seats[old] = places.Seat(self.path, self.selection, self.sample)
            self.select(())
        self.desk.bring(session)
        self._sit_down(session)
        self.recompiled.emit(session.compiled)
        self.run_changed.emit(session.run)
        self.history_changed.emit()
        self.projects_changed.emit()
        self._show_timer.start()

    def close(self, session: Session) -> None:
        """Close a project that is not the last one; where it was shown, its neighbour is."""
        if session is self.desk.front:
            rest = [other for other in self.sessions if other is not session]
            self.show(rest[min(self.sessions.index(session), len(rest) - 1)])
        self._seats.pop(session, None)
        self._ends.pop(session)()
        self.desk.take(session)
        self._show_timer.start()  # its run has ended
        self.projects_changed.emit()

    def move(self, session: Session, place: int) -> None:
        """Give a project another place among the tabs."""
        self.desk.move(session, place)
        self.projects_changed.emit()

    def _sit_down(self, session: Session) -> None:
        """Take the place in a project that was left, as far as it is still there."""
        seat = self._seats.pop(session, places.Seat())
        sheets = places.sheets_on(session.document, seat.path)
        self.path, self._sheet = seat.path[: len(sheets) - 1], sheets[-1]
        self.selection = tuple(key for key in seat.selection if key in self._sheet.nodes)
        sample, self.sample = self.sample, seat.sample
        self.session_changed.emit(session)
        if self.selection:
            self.selection_changed.emit(self.selection)
        if sample != self.sample:
            self.sample_changed.emit(self.sample)

    # Where one is

    @property
    def sheet(self) -> Sheet:
        """The drawing that is shown and edited: the main one, or the inside of a block."""
        assert self._sheet is not None, "the window opens a project first"
        return self._sheet

    @property
    def lead(self) -> str:
        """How the engine's names for the nodes shown begin: "encoder.0." inside a repeated block."""
        return places.lead_of(self.session.document, self.path)

    def enter(self, node: str) -> None:
        """Go into a block, by one of its instances in the drawing that is shown."""
        self._go((*self.path, node))

    def leave(self) -> None:
        """Go back to the drawing that the block is used in."""
        if self.path:
            self.go_to(len(self.path) - 1)

    def go_to(self, depth: int) -> None:
        """Go back on the way that led here; 0 is the main drawing. The instance one comes out of is chosen."""
        came_from = self.path[depth : depth + 1]
        self._go(self.path[:depth])
        self.select(tuple(key for key in came_from if key in self.sheet.nodes))

    def show_sheet(self, block: str) -> bool:
        """Show the drawing inside a block, or the main one for an empty id. False where no way leads there."""
        way = places.way_to(self.session.document, block, self.path)
        if way is not None:
            self._go(way)
        return way is not None

    def show_way(self, path: places.Path) -> None:
        """Show the drawing at the end of a way, as far as the way leads."""
        self._go(path)

    def undo(self) -> None:
        """Take back the last step, and go where it was."""
        self._step(self.session.document.undo)

    def redo(self) -> None:
        """Do the last undone step again, and go where it is."""
        self._step(self.session.document.redo)

    def _step(self, take: Callable[[], bool]) -> None:
        """A step that changes another drawing than the one shown, and not this one, is not to happen unseen."""
        document = self.session.document
        touched = places.touched(document, take)
        ways = [places.way_to(document, sheet, self.path) for sheet in touched if sheet is not None]
        if self.sheet.block not in touched:
            self._go(next((way for way in ways if way is not None), self.path))

    def _go(self, path: places.Path) -> None:
        """Show the drawing at the end of a way, as far as the way leads."""
        sheets = places.sheets_on(self.session.document, path)
        path = path[: len(sheets) - 1]
        if path == self.path and sheets[-1] is self._sheet:
            return
        self.path, self._sheet = path, sheets[-1]
        self.select(())
        self.sheet_changed.emit(self._sheet)

    def select(self, nodes: tuple[str, ...]) -> None:
        """Nodes are chosen, on the canvas or elsewhere; where they lie in another drawing, that one is shown."""
        if nodes and nodes[-1] not in self.sheet.nodes:
            way = places.way_to_node(self.session.document, nodes[-1], self.path)
            self._go(self.path if way is None else way)
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
        """Call `call` with the future in the window's thread, once it is done.

        A method, or a partial of one, is not called where its object is gone by then.
        """
        future.add_done_callback(lambda done: self._answered.emit(call, done))

    def probe(self, probe: str, options: Mapping[str, msg.Option]) -> int:
        """Ask for a probe's frames; gives the number that its frames carry."""
        return self.session.engine.subscribe(probe, options)

    def look_again(self) -> None:
        """The engine may have no model any more: panels are to see the drawing."""
        self._show_timer.start()

    def _show_model(self) -> None:
        """Let the probes look at the drawing as it is now."""
        session, asked = self.session, self.desk.show()
        if asked is not None:
            self.when(asked, partial(self.answered, session))

    def _handle(self, event: msg.AnyEvent | EngineChange) -> None:
        if isinstance(event, msg.EngineReady):
            self.ready = event
        self.desk.handle(event)

    def _hear(self, session: Session, event: SessionEvent) -> None:
        """Something happened in a project; of one that is not shown, panels hear nothing."""
        if session is self.desk.front:
            self._tell(event)
        else:
            self.elsewhere.emit(session, event)
        if isinstance(event, TAB_EVENTS):
            self.projects_changed.emit()
        if isinstance(event, msg.RunState) and not session.steering.active:
            self._show_timer.start()  # the engine is free for the project that is shown

    def _tell(self, event: SessionEvent) -> None:
        """Every event as its signal; what is none of these is a change of the document."""
        tell = self._tellers.get(type(event))
        if tell is None:
            self.document_changed.emit(event)
        else:
            tell(event)

    def _history_moved(self, _: HistoryMoved) -> None:
        self._let_go()
        self.history_changed.emit()

    def _weights_typed(self, change: ch.Change) -> None:
        """Typed, undone or redone: the probes are to look at the model with these weights."""
        self.document_changed.emit(change)
        self._show_timer.start()

    def _recompiled(self, event: Recompiled) -> None:
        self._let_go()
        self.recompiled.emit(event.compiled)
        self._show_timer.start()

    def _let_go(self) -> None:
        """A block that is gone, as after an undo, is left; nodes that are gone are no longer chosen."""
        self._go(self.path)
        self.select(tuple(key for key in self.selection if key in self.sheet.nodes))

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


def _pass_on(call: Callable[[Future[Any]], None], future: Future[Any]) -> None:
    owner = getattr(getattr(call, "func", call), "__self__", None)
    if not isinstance(owner, QObject) or isValid(owner):
        call(future)
