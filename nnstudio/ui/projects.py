"""New, open, save and recent: which project is in the window, and that no work is lost on the way."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnstudio.errors import NNStudioError, StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.session import Session, Trouble
from nnstudio.settings import Settings
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.dialogs import CANCEL, SAVE, Dialogs


class Projects(QObject):
    """What the File menu does."""

    about_to_save = Signal()
    """Fields take what is being written in them, before the project is written or left."""
    saved = Signal(object)
    """Path: the project was written."""

    def __init__(self, window: QWidget, bridge: Bridge, settings: Settings, dialogs: Dialogs) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._settings = settings
        self.dialogs = dialogs

    def new(self) -> bool:
        """An empty project; False where the person would rather stay."""
        return self._replace(Document(), None)

    def ask_and_open(self) -> bool:
        """Let the person choose a file, and open it."""
        path = self.dialogs.ask_open(self._window, self._folder())
        return path is not None and self.open(path)

    def open(self, path: Path) -> bool:
        """Open a project file; a failure is shown and leaves everything as it is."""
        document = self._load(path)
        if document is None or not self._replace(document, path):
            return False
        self.remember(path)
        return True

    def open_example(self, path: Path) -> bool:
        """Open an example as a new project, so that nobody saves over it."""
        document = self._load(path)
        return document is not None and self._replace(document, None)

    def save(self) -> bool:
        """Write the project to its file, or ask for one; False where it was not written."""
        path = self._bridge.session.path
        return self.save_to(path) if path is not None else self.ask_and_save()

    def ask_and_save(self) -> bool:
        """Let the person choose a file, and write the project there."""
        session = self._bridge.session
        suggested = session.path or self._folder() / f"{file_stem(session.document.title)}.nnstudio"
        path = self.dialogs.ask_save(self._window, suggested)
        return path is not None and self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Write the project there; a failure is shown."""
        self.about_to_save.emit()
        try:
            self._bridge.session.save(path)
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return False
        self.remember(path)
        self.saved.emit(path)
        return True

    def may_leave(self) -> bool:
        """Whether the project may be left: saved, or the person says so."""
        self.about_to_save.emit()
        session = self._bridge.session
        if not session.dirty:
            return True
        name = session.path.name if session.path else self.tr("'{0}'").format(session.document.title)
        answer = self.dialogs.ask_unsaved(self._window, name)
        return self.save() if answer == SAVE else answer != CANCEL

    def recent(self) -> list[Path]:
        """The last projects that are still there, newest first."""
        self._settings.forget_missing()
        return [Path(name) for name in self._settings.recent_files]

    def remember(self, path: Path) -> None:
        """Put a project first among the recent ones."""
        self._settings.remember(path)
        with contextlib.suppress(OSError):  # a full disk does not keep anybody from working
            self._settings.save()

    def _replace(self, document: Document, path: Path | None) -> bool:
        if not self.may_leave():
            return False
        here = self._bridge.session
        self._bridge.open(Session(document, here.engine, path, here.measuring.trust))
        return True

    def _load(self, path: Path) -> Document | None:
        try:
            return storage.load(path)
        except StorageError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return None

    def _folder(self) -> Path:
        here = self._bridge.session.path
        recent = self.recent()
        return here.parent if here else recent[0].parent if recent else Path.home()


def file_stem(title: str) -> str:
    """A file name from a title."""
    return "".join(char if char.isalnum() or char in " -_." else "-" for char in title).strip(" .") or "untitled"
