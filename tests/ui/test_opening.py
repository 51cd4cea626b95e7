"""What the window shows of a project that was just opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Studio, classifier, open_studio
from tests.ui.test_window import make


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = make(qtbot, studio)
    yield window
    window.close()


@pytest.mark.parametrize(
    ("name", "front", "behind"), [("moons", "boundary", "features"), ("digits", "features", "boundary")]
)
def test_the_panel_made_for_the_data_comes_to_the_front(window: MainWindow, name: str, front: str, behind: str) -> None:
    window.docks.show_panel(behind)
    document = Document(name)
    document.add("Dataset", "data", dataset=name)
    for kind, label in (("Flatten", "flatten"), ("Linear", "head"), ("CrossEntropyLoss", "loss")):
        document.add(kind, label)
    field = next(port.name for port in document.node("data").outputs)
    for wire in ((f"data.{field}", "flatten"), ("flatten", "head"), ("head", "loss.prediction")):
        document.connect(*wire)
    document.connect("data.label", "loss")
    window.bridge.open(Session(document, window.bridge.session.engine))
    QApplication.processEvents()
    assert not window.docks.panels[front].visibleRegion().isEmpty()
    window.docks.show_panel(behind)
    QApplication.processEvents()
    document.add("ReLU")
    QApplication.processEvents()
    assert not window.docks.panels[behind].visibleRegion().isEmpty()


def test_an_empty_project_is_no_problem(qtbot: QtBot) -> None:
    window = make(qtbot, open_studio(Document()))
    assert window.status.problems.text() == "nothing drawn yet"
    window.close()


def test_a_long_title_is_shortened_on_the_tab(window: MainWindow, studio: Studio) -> None:
    title = "a very long title " * 12
    studio.document.retitle(title)
    assert "…" in window.tabs.tabText(0)
    assert window.tabs.tabText(0).endswith(" •")
    assert window.tabs.tabRect(0).width() < 320
    assert studio.document.title in window.tabs.tabToolTip(0)


def test_data_that_nothing_learns_from_yet_come_to_the_front(window: MainWindow) -> None:
    window.docks.show_panel("features")
    document = Document("moons")
    document.add("Dataset", "data", dataset="moons")
    window.bridge.open(Session(document, window.bridge.session.engine))
    QApplication.processEvents()
    assert not window.docks.panels["data"].visibleRegion().isEmpty()
