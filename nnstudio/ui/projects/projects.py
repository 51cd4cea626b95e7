"""New, open, save, close and recent: which projects are in the window, and that no work is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnstudio.errors import NNStudioError, StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.session import Session, Trouble
from nnstudio.settings import Settings
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.dialogs import Dialogs
from nnstudio.ui.projects.closing import free_title, is_blank, may_close, shown_title, with_file


class Projects(QObject):
    """What the File menu does. Each open project has a tab; there is always one, if only an empty one."""

    about_to_save = Signal()
    """Fields take what is being written in them, before the project is written or left."""
    saved = Signal(object)
    """Path: the project was written."""
    closed = Signal(object)
    """Session: the project was closed, with the person's consent."""

    def __init__(self, window: QWidget, bridge: Bridge, settings: Settings, dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._settings = settings
        self.dialogs = dialogs
        bridge.session_leaving.connect(lambda _: self.about_to_save.emit())

    @property
    def nothing_open(self) -> bool:
        """Whether there is only the empty project that stands for none; `bridge.projects_changed` tells of a change."""
        return len(self._bridge.sessions) == 1 and is_blank(self._bridge.session)

    # Into the window

    def new(self) -> None:
        """An empty project in a tab of its own."""
        if not is_blank(self._bridge.session):
            self.add(Document(free_title(self._bridge.sessions)))

    def ask_and_open(self) -> bool:
        """Let the person choose a file, and open it."""
        path = self.dialogs.ask_open(self._window, self._folder())
        return path is not None and self.open(path)

    def open(self, path: Path) -> bool:
        """Open a project file in a tab, or show the tab it is open in; a failure is told and changes nothing."""
        known = with_file(self._bridge.sessions, path)
        if known is not None:
            self.show(known)
            return True
        document = self._load(path)
        if document is None:
            return False
        self.add(document, path)
        self.remember(path)
        return True

    def open_all(self, paths: Iterable[Path]) -> None:
        """Several files, each in a tab."""
        for path in paths:
            self.open(path)

    def open_example(self, path: Path) -> bool:
        """Open an example as a new project, so that nobody saves over it."""
        document = self._load(path)
        if document is not None:
            self.add(document)
        return document is not None

    def add(self, document: Document, path: Path | None = None) -> Session:
        """A document in a tab of its own, which is shown; an empty project that nobody has touched makes room."""
        session = self._session(document, path)
        self._put(session)
        return session

    def restore(self, document: Document, path: Path | None, stamp: storage.Stamp | None) -> Session:
        """Unsaved work that a crash has left behind. Its file, where that is open untouched, makes room."""
        session = self._session(document, path)
        session.filing.count_as_unsaved(stamp)
        known = with_file(self._bridge.sessions, path) if path is not None else None
        self._put(session)
        if known is not None and not known.dirty and not known.document.history.done:
            self._bridge.close(known)
        return session

    # From tab to tab

    def show(self, session: Session) -> None:
        """Bring a project to the front."""
        self._bridge.show(session)

    def step(self, by: int) -> None:
        """Show the next project, or with -1 the one before; after the last comes the first."""
        sessions = self._bridge.sessions
        self.show(sessions[(sessions.index(self._bridge.session) + by) % len(sessions)])

    # Into files

    def save(self, session: Session | None = None) -> bool:
        """Write the project to its file, or ask for one; False where it was not written. By default the one shown."""
        session = session or self._bridge.session
        return self.save_to(session.path, session) if session.path is not None else self.ask_and_save(session)

    def ask_and_save(self, session: Session | None = None) -> bool:
        """Let the person choose a file, and write the project there."""
        session = session or self._bridge.session
        suggested = session.path or self._folder() / f"{file_stem(session.document.title)}.nnstudio"
        path = self.dialogs.ask_save(self._window, suggested)
        return path is not None and self.save_to(path, session)

    def save_to(self, path: Path, session: Session | None = None) -> bool:
        """Write the project there; a failure is told."""
        session = session or self._bridge.session
        self.about_to_save.emit()
        if not self._may_write(path, session):
            return False
        try:
            session.save(path)
        except NNStudioError as error:
            self._tell(error.message, error.fix)
            return False
        self.remember(path)
        self.saved.emit(path)
        return True

    # Out of the window

    def close(self, session: Session | None = None) -> bool:
        """Close a project, by default the one shown; False where the person would rather stay."""
        session = session or self._bridge.session
        return session in self._bridge.sessions and self._close([session])  # a second click comes too late

    def close_others(self, session: Session) -> bool:
        """Close all projects but one."""
        return self._close([other for other in self._bridge.sessions if other is not session])

    def may_leave(self) -> bool:
        """Whether the window may be closed: every project is saved, or the person says so."""
        self.about_to_save.emit()
        return may_close(self, self._bridge.sessions)

    def ask_unsaved(self, name: str) -> str:
        """What to do with unsaved work."""
        return self.dialogs.ask_unsaved(self._window, name)

    def _close(self, sessions: Sequence[Session]) -> bool:
        self.about_to_save.emit()
        if self.nothing_open or not may_close(self, sessions):
            return False
        if len(sessions) == len(self._bridge.sessions):
            self._bridge.open(self._session(Document()))
        for session in sessions:
            self._bridge.close(session)
            self.closed.emit(session)
        return True

    # Recent ones

    def recent(self) -> list[Path]:
        """The last projects, newest first. They may be gone meanwhile: on a slow disk it takes long to look."""
        return [Path(name) for name in self._settings.recent_files]

    def open_recent(self, path: Path) -> bool:
        """Open one of them; one that is gone is told, and taken out of the list."""
        if path.is_file():
            return self.open(path)
        self.forget(path)
        words = self.tr("{0} is no longer there: {1}").format(path.name, path.parent)
        self._tell(words, self.tr("It is no longer in the list of recent projects."))
        return False

    def forget(self, path: Path) -> None:
        """Take one of them off the list; the file stays."""
        self._settings.forget(path)
        self._keep()

    def clear_recent(self) -> None:
        """Forget which projects were open; the files stay."""
        self._settings.recent_files = ()
        self._keep()

    def remember(self, path: Path) -> None:
        """Put a project first among the recent ones."""
        self._settings.remember(path)
        self._keep()

    # Inside

    def _session(self, document: Document, path: Path | None = None) -> Session:
        here = self._bridge.session
        return Session(document, here.engine, path, here.measuring.trust)

    def _put(self, session: Session) -> None:
        here = self._bridge.session
        self._bridge.open(session)
        if is_blank(here):
            self._bridge.close(here)

    def _may_write(self, path: Path, session: Session) -> bool:
        """Whether nothing is lost by writing there: no other tab's file, and none that another program has written."""
        other = with_file(self._bridge.sessions, path)
        if other is not None and other is not session:
            words = self.tr("{0} is open in another tab, as '{1}'.").format(path.name, shown_title(other))
            self._tell(words, self.tr("Close that tab first, or choose another name."))
            return False
        if other is None or not session.filing.changed_outside:
            return True
        return self.dialogs.ask_overwrite(self._window, path.name)

    def _keep(self) -> None:
        self._settings.keep()

    def _load(self, path: Path) -> Document | None:
        try:
            return storage.load(path)
        except StorageError as error:
            self._tell(error.message, error.fix)
            return None

    def _tell(self, message: str, fix: str) -> None:
        self._bridge.trouble.emit(Trouble(message, fix))

    def _folder(self) -> Path:
        here = self._bridge.session.path
        recent = self.recent()
        return here.parent if here else recent[0].parent if recent else Path.home()


def file_stem(title: str) -> str:
    """A file name from a title."""
    return "".join(char if char.isalnum() or char in " -_." else "-" for char in title).strip(" .") or "untitled"
