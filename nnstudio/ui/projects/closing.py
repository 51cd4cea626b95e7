"""That no work is lost on the way out: unsaved work is asked about, project by project, before any is closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from nnstudio.project.session import Session
from nnstudio.ui.dialogs import CANCEL, SAVE

DEFAULT_TITLE = "untitled"


class Asking(Protocol):
    """What is needed of Projects."""

    def show(self, session: Session) -> None: ...
    def save(self, session: Session) -> bool: ...
    def ask_unsaved(self, name: str) -> str: ...


def may_close(projects: Asking, sessions: Sequence[Session]) -> bool:
    """Whether all of these may be closed: each is saved, or the person says so. One Cancel keeps all of them open.

    The project that is asked about is shown, so that one sees what it is about.
    """
    for session in sessions:
        if session.dirty:
            projects.show(session)
            answer = projects.ask_unsaved(quoted_name(session))
            if answer == CANCEL or (answer == SAVE and not projects.save(session)):
                return False
    return True


def is_blank(session: Session) -> bool:
    """Whether nobody has done anything in the project: no file, nothing drawn, no step to undo."""
    document = session.document
    drawn = document.nodes or document.blocks or document.history.done or document.history.undone
    return session.path is None and not drawn and not session.dirty


def shown_title(session: Session) -> str:
    """The project's title; that of its file where it was never given one."""
    title = session.document.title
    if session.path is not None and title.partition(" ")[0] == DEFAULT_TITLE:
        return session.path.name.removesuffix(".json").removesuffix(".nnstudio") or title
    return title


def quoted_name(session: Session) -> str:
    """The project as questions name it: by its file, or by its title."""
    if session.path is not None:
        return session.path.name
    return QCoreApplication.translate("Projects", "'{0}'").format(session.document.title)


def free_title(sessions: Sequence[Session]) -> str:
    """A title for a new project that no other has."""
    taken = {session.document.title for session in sessions}
    number = 2
    title = DEFAULT_TITLE
    while title in taken:
        title, number = f"{DEFAULT_TITLE} {number}", number + 1
    return title


def with_file(sessions: Sequence[Session], path: Path) -> Session | None:
    """The project of that file, where it is open."""
    return next((session for session in sessions if session.path is not None and _same(session.path, path)), None)


def _same(one: Path, other: Path) -> bool:
    return _resolved(one) == _resolved(other)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, and names that no file can have
        return path.absolute()
