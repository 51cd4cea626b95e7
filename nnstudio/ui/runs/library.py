"""The recorded runs of the project that is shown: listed, read and thrown away on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from nnstudio.errors import NNStudioError
from nnstudio.project import shelf
from nnstudio.project.run import Run
from nnstudio.project.session import Session, Trouble
from nnstudio.runs import reading
from nnstudio.ui.bridge import Bridge


class Library(QObject):
    """Puts what it finds on the shelf of the session."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._worker: ThreadPoolExecutor | None = None
        self._reading: set[str] = set()

    def look(self) -> None:
        """List the runs of this project anew."""
        session = self._bridge.session
        known = session.steering.shelf.known
        search = partial(_found, self._bridge.wishes.base, session.document.title, known)
        self.do(search, partial(self._listed, session))

    def read(self, run: Run) -> None:
        """Read the steps of a run that were not read yet."""
        if not run.whole and run.folder not in self._reading:
            self._reading.add(run.folder)
            forget = partial(self._reading.discard, run.folder)
            self.do(partial(reading.read_run, Path(run.folder)), partial(self._read, run), forget)

    def do(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object] = lambda _: None,
        first: Callable[[], object] = lambda: None,
    ) -> None:
        """Work on files beside the window's thread; then `done` with what came of it. A failure is told.

        `first` is called before that, whether it went well or not.
        """
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="nnstudio-runs")
        self._bridge.when(self._worker.submit(work), partial(self._answered, done, first))

    def _answered(self, done: Callable[[Any], object], first: Callable[[], object], future: Future[Any]) -> None:
        first()
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, NNStudioError):
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
        elif error is not None:
            raise error
        else:
            done(future.result())

    def _listed(self, session: Session, found: list[shelf.Found]) -> None:
        session.steering.shelf.take_found(found)
        self._bridge.runs_changed.emit()

    def _read(self, run: Run, whole: reading.WholeRun) -> None:
        shelf.fill(run, whole)
        self._bridge.runs_changed.emit()


def _found(base: Path, title: str, known: Mapping[str, int]) -> list[shelf.Found]:
    reading.clear_runs(base)
    return shelf.of_records((kept for kept in reading.list_runs(base) if kept.record.title == title), known)
