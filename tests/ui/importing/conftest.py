"""A window whose engine tells of files that are none. One window for a module: each test gets an empty project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.settings import Settings
from nnstudio.ui.importing.dialog import ImportDialog
from nnstudio.ui.window import MainWindow
from tests.ui.importing.own import Files
from tests.ui.studio import Answers, Studio, gone, make_active, open_studio, settle


@dataclass
class Desk:
    """What a test has in its hands."""

    window: MainWindow
    studio: Studio
    files: Files
    folder: Path

    @property
    def document(self) -> Document:
        return self.window.bridge.session.document

    @property
    def answers(self) -> dict[str, object]:
        """What the person says when asked."""
        dialogs = self.window.projects.dialogs
        assert isinstance(dialogs, Answers)
        return dialogs.answers

    @property
    def dialog(self) -> ImportDialog:
        """The one that is open."""
        settle(self.window.bridge)
        assert self.window.importing.dialog is not None
        return self.window.importing.dialog

    def take(self, path: Path) -> None:
        """Take a file in as it is shown at first."""
        self.window.importing.open(path)
        self.dialog.ok.click()
        settle(self.window.bridge)


@pytest.fixture(scope="module")
def room(qapp: QApplication) -> Iterator[tuple[MainWindow, Studio]]:
    studio = open_studio(Document())
    stand_in: object = Answers(ask_unsaved="discard")
    window = MainWindow(studio.bridge, Settings(), stand_in)  # type: ignore[arg-type]  # answers in its place
    window.resize(1280, 800)
    window.show()
    make_active(window)
    yield window, studio
    gone(window)


@pytest.fixture
def desk(qtbot: QtBot, room: tuple[MainWindow, Studio], tmp_path: Path) -> Iterator[Desk]:
    window, studio = room
    others = window.bridge.sessions
    window.bridge.open(Session(Document(), studio.engine))
    for other in others:
        window.bridge.close(other)
    files = Files()
    files.serve(studio.engine)
    yield Desk(window, studio, files, tmp_path)
    if window.importing.dialog is not None:
        window.importing.dialog.reject()
    studio.engine.replies.clear()
    for notice in list(window.notices.shown):
        window.notices.close(notice)
    settle(window.bridge)
