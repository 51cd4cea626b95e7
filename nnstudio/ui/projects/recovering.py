"""Keeps what is unsaved in recovery files, and offers what a crash has left behind."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer

from nnstudio import paths
from nnstudio.errors import NNStudioError
from nnstudio.project.recovery import Contents, Keeper, Left, Leftovers, Origin
from nnstudio.project.session import Session, Trouble
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.projects.projects import Projects
from nnstudio.ui.projects.recovery_page import RecoveryPage

EVERY_MS = 30_000
STEPS = 20
"""After so many steps it is written at once."""
SLOW = 0.02
"""Seconds. A drawing that takes longer to put into text is written by the clock alone."""


class Recovering(QObject):
    """One for a window. What takes time is done on a thread of its own, one write after the other."""

    def __init__(self, bridge: Bridge, projects: Projects, page: RecoveryPage, folder: Path | None = None) -> None:
        super().__init__(projects)
        self._bridge, self._projects, self._page = bridge, projects, page
        folder = folder or paths.data_dir() / "recovery"
        self._keeper, self._leftovers = Keeper(folder), Leftovers(folder)
        self._worker: ThreadPoolExecutor | None = None
        self._numbers = itertools.count(1)
        self._kept: dict[Session, _Kept] = {}
        self._told = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep_all)
        self._timer.start()
        bridge.history_changed.connect(self._moved)
        projects.saved.connect(lambda _: self.keep_all())
        projects.closed.connect(self._forget)
        page.restore.connect(self.restore)
        page.discard.connect(self.discard)
        page.later.connect(page.hide)
        QTimer.singleShot(0, self, self.look)

    # Keeping

    def keep_all(self) -> None:
        """Write every project in which something unsaved has changed; take away what is saved by now."""
        for session in self._bridge.sessions:
            self._keep(session)

    def close(self) -> None:
        """The window closes as it should: nothing is left behind but what the person has not decided on."""
        self._timer.stop()
        self._leftovers.release()
        if self._worker is not None:
            self._worker.submit(self._keeper.close)
            self._worker.shutdown(wait=False)

    def _moved(self) -> None:
        """A step was done, undone or redone; or a project was shown or saved, which is no step."""
        session = self._bridge.session
        kept = self._kept_of(session)
        if kept.steps_since(session) >= STEPS and kept.seconds < SLOW:
            self._keep(session)

    def _keep(self, session: Session, after: Callable[[], None] = lambda: None) -> None:
        kept = self._kept_of(session)
        if not session.filing.dirty:
            self._forget(session)
        elif kept.is_behind(session):
            began = perf_counter()
            path = str(session.path.absolute()) if session.path is not None else None
            origin = Origin(session.document.title, path, session.filing.stamp)
            contents = Contents.of(session.document)
            kept.take(session)
            kept.seconds = perf_counter() - began
            self._do(self._write, kept.number, origin, contents, after)

    def _write(self, number: int, origin: Origin, contents: Contents, after: Callable[[], None]) -> None:
        """On the worker's thread."""
        self._keeper.write(number, origin, contents)
        after()

    def _forget(self, session: Session) -> None:
        kept = self._kept.pop(session, None)
        if kept is not None and kept.written:
            self._do(self._keeper.remove, kept.number)

    def _kept_of(self, session: Session) -> _Kept:
        if session not in self._kept:
            self._kept[session] = _Kept(next(self._numbers), session)
        return self._kept[session]

    def _do(self, call: Callable[..., None], *arguments: object) -> None:
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="nnstudio-recovery")
        self._bridge.when(self._worker.submit(call, *arguments), self._done)

    def _done(self, future: Future[Any]) -> None:
        """A disk that is full is told once, until there is room again."""
        error = None if future.cancelled() else future.exception()
        if error is not None and not self._told:
            words = self.tr("What is unsaved can not be kept for the case of a crash: {0}.")
            reason = getattr(error, "strerror", None) or str(error)
            self._bridge.trouble.emit(Trouble(words.format(reason), self.tr("Save your projects now and then.")))
        if error is not None:
            for kept in self._kept.values():
                kept.written = False  # to be tried again
        self._told = error is not None

    # Offering

    @property
    def something_left(self) -> bool:
        """Whether there are projects that a crash has left, and nobody has decided on."""
        return bool(self._page.offered)

    def look(self) -> None:
        """Offer what a crash has left behind, if there is anything."""
        found = self._leftovers.look()
        if self._leftovers.bad:
            words = self.tr("A recovery file could not be read. It is kept as {0}.").format(self._leftovers.bad[0])
            self._bridge.trouble.emit(Trouble(words))
            self._leftovers.bad.clear()
        if found:
            self._page.offer(found)

    def ask(self) -> None:
        """Offer it again, after "Later"."""
        self._page.setVisible(self.something_left)

    def restore(self, left: Left) -> None:
        """Open it as unsaved work that knows its file. What was left behind goes once this window keeps it itself."""
        try:
            document = left.load()
        except (NNStudioError, OSError, ValueError) as error:
            self._fail(left, error)
            return
        self._page.take(left)
        session = self._projects.restore(document, left.path, left.stamp)
        self._keep(session, left.discard)

    def discard(self, left: Left) -> None:
        """The person does not want it."""
        self._page.take(left)
        self._do(left.discard)

    def _fail(self, left: Left, error: Exception) -> None:
        self._page.take(left)
        reason = error.message if isinstance(error, NNStudioError) else getattr(error, "strerror", None) or str(error)
        words = self.tr("'{0}' could not be restored: {1}").format(left.title, f"{reason.rstrip('.')}.")
        try:
            fix = self.tr("What is there of it is kept as {0}.").format(left.put_aside())
        except FileNotFoundError:  # another program has taken it away
            fix = ""
        except OSError:
            fix = self.tr("What is there of it is kept as {0}.").format(left.file)
        self._bridge.trouble.emit(Trouble(words, fix))


class _Kept:
    """What of a project is in its recovery file: where its document stood when that was written."""

    def __init__(self, number: int, session: Session) -> None:
        self.number = number
        self.written = False
        self.seconds = 0.0
        self._steps = int(session.filing.dirty)
        self._last = self._at = _Place(session)

    def is_behind(self, session: Session) -> bool:
        return not self.written or not _Place(session).same(self._at)

    def steps_since(self, session: Session) -> int:
        """Steps since it was written; one was done if the document stands elsewhere than the last time."""
        now = _Place(session)
        self._steps += not now.same(self._last)
        self._last = now
        return self._steps

    def take(self, session: Session) -> None:
        self.written, self._steps = True, 0
        self._last = self._at = _Place(session)


class _Place:
    """Where a document stands: its last step and its weights, told apart by identity, which is quick."""

    def __init__(self, session: Session) -> None:
        done = session.document.history.done
        self._step, self._trained = done[-1] if done else None, session.document.trained

    def same(self, other: _Place) -> bool:
        return self._step is other._step and self._trained is other._trained
