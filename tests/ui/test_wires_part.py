"""The order of wires into one input, seen and changed in the inspector."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.ui.inspector.inspector import Inspector
from tests.ui.studio import Studio, make_active, open_studio, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    document = Document()
    cat = document.add("Concatenate", "cat")
    for name in "pqr":
        document.connect(document.add("ReLU", name), cat)
    return open_studio(document)


@pytest.fixture
def inspector(qtbot: QtBot, studio: Studio) -> Inspector:
    inspector = Inspector(studio.bridge)
    inspector.resize(320, 700)
    shown(qtbot, inspector)
    studio.bridge.select((studio.document.node("cat").id,))
    return inspector


def order(studio: Studio) -> str:
    return "".join(studio.document.node(link.source).name for link in studio.document.links_into("cat", "x"))


def names(inspector: Inspector) -> str:
    return "".join(row.name.text() for row in inspector.node_page.wires.rows)


def test_wires_are_listed_in_order_and_moved(qtbot: QtBot, studio: Studio, inspector: Inspector) -> None:
    wires = inspector.node_page.wires
    assert names(inspector) == "pqr"
    assert wires.isVisible()
    assert [(row.up.isEnabled(), row.down.isEnabled()) for row in wires.rows] == [
        (False, True), (True, True), (True, False),
    ]  # fmt: skip
    qtbot.mouseClick(wires.rows[2].up, Qt.MouseButton.LeftButton)
    assert (order(studio), names(inspector)) == ("prq", "prq")
    qtbot.mouseClick(wires.rows[0].down, Qt.MouseButton.LeftButton)
    assert (order(studio), names(inspector)) == ("rpq", "rpq")
    assert studio.document.history.undo_name == "Reorder wires"
    studio.document.undo()
    assert names(inspector) == "prq"


def test_a_key_moves_the_same_wire_again(qtbot: QtBot, studio: Studio, inspector: Inspector) -> None:
    make_active(inspector)
    inspector.node_page.wires.rows[0].down.setFocus()
    qtbot.waitUntil(lambda: inspector.node_page.wires.rows[0].down.hasFocus())
    for wanted in ("qpr", "qrp"):
        QTest.keyClick(inspector.focusWidget(), Qt.Key.Key_Space)
        assert order(studio) == wanted
    assert inspector.node_page.wires.rows[2].up.hasFocus()


def test_where_there_is_no_order_nothing_is_shown(studio: Studio, inspector: Inspector) -> None:
    wires = inspector.node_page.wires
    studio.bridge.select((studio.document.node("p").id,))
    assert not wires.isVisible()
    studio.bridge.select((studio.document.node("cat").id,))
    assert wires.isVisible()
    studio.document.remove("p", "q")
    assert not wires.isVisible()
