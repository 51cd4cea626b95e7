"""Files dropped on the window: projects are opened, each in a tab; of others it is told what can be dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QDropEvent

from nnstudio.ui.dialogs import SUFFIXES
from nnstudio.ui.notices import Notices
from nnstudio.ui.projects.projects import Projects

MOST = 20
"""Projects that one drop opens; more are a mistake."""
WEIGHTS = (".safetensors", ".pt", ".pth")


class Dropping(QObject):
    """Takes any file, so that one that can not be opened is told and not just refused."""

    def __init__(self, projects: Projects, notices: Notices) -> None:
        super().__init__(notices)
        self._projects, self._notices = projects, notices

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
        """Open what are projects, and tell of the rest."""
        projects = [file for file in files if is_project(file)]
        others = [file for file in files if not is_project(file)]
        if len(projects) <= MOST:
            self._projects.open_all(projects)
        else:
            words = self.tr("{0} projects at once are too many.").format(len(projects))
            self._notices.show("warning", words, self.tr("Drop {0} at most.").format(MOST), passing=True)
        if others:  # last, as opening a project takes away what was told of another
            self._notices.show("warning", self._refusal(others), self._advice(), passing=True)

    def _refusal(self, files: Sequence[Path]) -> str:
        if len(files) > 1:
            return self.tr("{0} of these files are no projects.").format(len(files))
        file = files[0]
        if file.is_dir():
            return self.tr("The folder '{0}' can not be opened: own data can not be taken in yet.").format(file.name)
        if file.suffix.lower() in WEIGHTS:
            return self.tr("'{0}' holds weights alone, without the drawing they belong to.").format(file.name)
        if file.suffix.lower() == ".onnx":
            return self.tr("'{0}' can not be opened: ONNX is written, and not read yet.").format(file.name)
        return self.tr("'{0}' is no project: own data can not be taken in yet.").format(file.name)

    def _advice(self) -> str:
        return self.tr("Projects can be dropped here: {0}.").format(self.tr(" and ").join(SUFFIXES))


def is_project(file: Path) -> bool:
    """Whether a file is a project, by its name."""
    return file.name.lower().endswith(SUFFIXES) and not file.is_dir()


def files_in(data: QMimeData) -> list[Path]:
    """The files that are dragged, each once."""
    return list(dict.fromkeys(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()))
