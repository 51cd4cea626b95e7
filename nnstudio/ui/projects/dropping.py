"""Files dropped on the window: projects open in tabs, one file of data is looked into; of others it is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QDropEvent

from nnstudio.ui.dialogs import SUFFIXES
from nnstudio.ui.importing.importing import Importing
from nnstudio.ui.notices import Notices
from nnstudio.ui.projects.projects import Projects

MOST = 20
"""Projects that one drop opens; more are a mistake."""
WEIGHTS = (".safetensors", ".pt", ".pth")
ONNX = ".onnx"


class Dropping(QObject):
    """Takes any file, so that one that can not be opened is told and not just refused."""

    def __init__(self, projects: Projects, importing: Importing, notices: Notices) -> None:
        super().__init__(notices)
        self._projects, self._importing, self._notices = projects, importing, notices

    def take_drag(self, event: QDropEvent) -> None:
        """Something is dragged over the window."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def take_drop(self, event: QDropEvent) -> None:
        """It is let go."""
        files = files_in(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.open(files)

    def open(self, files: Sequence[Path]) -> None:
        """Open what are projects, look into what may be data, and tell of the rest."""
        projects = [file for file in files if is_project(file)]
        models = [file for file in files if file.suffix.lower() in (*WEIGHTS, ONNX)]
        data = [file for file in files if file not in projects and file not in models]
        self._open_projects(projects)
        if models:  # last, as opening a project takes away what was told of another
            self._notices.show("warning", self._refusal(models), self._advice(), passing=True)
        if len(data) == 1:
            self._importing.open(data[0])
        elif data:
            words = self.tr("Data are taken in one file at a time, and these are {0}.").format(len(data))
            fix = self.tr("Drop one of them; images as a folder that has a folder for each class.")
            self._notices.show("warning", words, fix, passing=True)

    def _open_projects(self, projects: Sequence[Path]) -> None:
        if len(projects) <= MOST:
            self._projects.open_all(projects)
            return
        words = self.tr("{0} projects at once are too many.").format(len(projects))
        self._notices.show("warning", words, self.tr("Drop {0} at most.").format(MOST), passing=True)

    def _refusal(self, files: Sequence[Path]) -> str:
        if len(files) > 1:
            return self.tr("{0} of these files are weights or ONNX, which can not be opened.").format(len(files))
        file = files[0]
        if file.suffix.lower() == ONNX:
            return self.tr("'{0}' can not be opened: ONNX is written, and not read yet.").format(file.name)
        return self.tr("'{0}' holds weights alone, without the drawing they belong to.").format(file.name)

    def _advice(self) -> str:
        suffixes = self.tr(" and ").join(SUFFIXES)
        return self.tr("Projects can be dropped here, {0}, and data: tables, images, text, arrays.").format(suffixes)


def is_project(file: Path) -> bool:
    """Whether a file is a project, by its name."""
    return file.name.lower().endswith(SUFFIXES)


def files_in(data: QMimeData) -> list[Path]:
    """The files that are dragged, each once."""
    return list(dict.fromkeys(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()))
