"""The drawing that is shown, written as a picture: where to is asked, and what came of it is told.

The picture is painted a little at a time between other work of the window, and written beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

from nnstudio.errors import PictureError
from nnstudio.ui.canvas.picture.picture import Picture
from nnstudio.ui.canvas.picture.picture_file import KINDS, SCALES, Painting, Style, kind_of
from nnstudio.ui.command import Place
from nnstudio.ui.notices import Notice
from nnstudio.ui.projects.projects import file_stem

_SLICE_S = 0.012
"""So long it paints before it lets the window do something else."""


class DrawingExport(QObject):
    """One picture at a time; another one asked for takes the place of one that is not done."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.canvas)
        self._place = place
        self.transparent = False
        self._job: _Job | None = None

    def possible(self) -> bool:
        """Whether there is something to be seen."""
        return not self._place.canvas.canvas.is_empty

    def toggle_ground(self) -> None:
        """With a background, or without."""
        self.transparent = not self.transparent

    def ask(self, theme: str) -> None:
        """Ask where to, and write there in the colours of a theme."""
        session = self._place.bridge.session
        folder = session.path.parent if session.path else Path.home()
        suggested = folder / f"{file_stem(session.document.title)}.svg"
        path = self._place.projects.dialogs.ask_drawing(self._place.shell, suggested)
        if path is not None:
            self.write(path, theme)

    def write(self, path: Path, theme: str) -> None:
        """Write a picture; the name's end says of which kind."""
        self.stop()
        try:
            painting = self._painting(kind_of(path) or KINDS[0], theme)
        except PictureError as error:
            self._place.shell.notices.report(error)
            return
        notices = self._place.shell.notices
        notice = notices.info(self.tr("Writing {name}…").format(name=path.name))
        notice.offer(self.tr("Cancel"), self.stop)
        self._job = job = _Job(painting, path, self)
        notices.watch(job.done, lambda size: self._written(notice, path, size), lambda e: self._failed(notice, e))
        job.start()

    def stop(self) -> None:
        """Write no further; a file that was there before stays."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _painting(self, kind: str, theme: str) -> Painting:
        """A picture of dots as sharp as it can be."""
        picture, title = Picture(self._place.canvas.canvas), self._place.bridge.session.document.title
        for scale in sorted(SCALES[:2], reverse=True):
            try:
                return Painting(picture, kind, title, Style(theme, self.transparent, scale))
            except PictureError:
                if scale == SCALES[0]:
                    raise
        raise AssertionError("the loop ends with one or the other")

    def _written(self, notice: Notice, path: Path, size: int) -> None:
        self._place.shell.notices.close(notice)
        words = self.tr("Checked: it can be opened, and has {size} bytes.").format(size=f"{size:,}")
        self._place.shell.notices.good(self.tr("Written: {path}.").format(path=path), words)

    def _failed(self, notice: Notice, error: BaseException) -> None:
        self._place.shell.notices.close(notice)
        self._place.shell.notices.report(error)


class _Job(QObject):
    """Paints in slices, then writes in a thread. `done` gets the size of the file, or what went wrong."""

    def __init__(self, painting: Painting, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.done: Future[int] = Future()
        self._painting, self._path = painting, path
        self._steps: Iterator[None] = painting.steps()
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._paint)

    def start(self) -> None:
        self._turn.start()

    def cancel(self) -> None:
        """While it is painted, that is; what is being written is written."""
        if self._turn.isActive():
            self._turn.stop()
            self._steps.close()  # type: ignore[attr-defined]  # a generator
            self.done.set_exception(CancelledError())

    def _paint(self) -> None:
        end = perf_counter() + _SLICE_S
        try:
            for _ in self._steps:
                if perf_counter() > end:
                    return
        except Exception as error:  # noqa: BLE001 - whatever it is, the person hears of it, once
            self._turn.stop()
            self.done.set_exception(error)
            return
        self._turn.stop()
        threading.Thread(target=self._write, name="nnstudio-picture", daemon=True).start()

    def _write(self) -> None:
        try:
            self.done.set_result(self._painting.write(self._path))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the window's thread hears of it
            self.done.set_exception(error)
