"""From the menu and from the inspector to the board."""

import pytest
from PySide6.QtWidgets import QApplication

from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui.inspector.points_field import PointsField
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, gone, make_active, open_studio, settle, shown


@pytest.fixture
def window(qtbot):
    document = Document()
    document.add("Dataset", "data", dataset="painted", points=((0.0, 0.0, 0), (1.0, 1.0, 2)))
    studio = open_studio(document)
    made = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))
    shown(qtbot, made)
    make_active(made)
    yield made
    gone(made)


def test_both_bring_the_board_to_the_front_with_the_keyboard(window):
    board = window.docks.panels["paint"].board
    window.actions_table.action("paint").trigger()
    assert QApplication.focusWidget() is board
    window.docks.show_panel("loss")
    window.bridge.select((window.bridge.session.document.node("data").id,))
    settle(window.bridge)
    field = window.inspector.findChild(PointsField)
    assert field.button.text() == "2 points · Paint…"
    assert field.button.accessibleDescription() == "2 points in 3 classes"
    field.button.click()
    assert QApplication.focusWidget() is board
    assert not board.visibleRegion().isEmpty()
