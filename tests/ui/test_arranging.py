"""The commands that arrange, by their keys in the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, make_active, open_studio, shown

ALT_SHIFT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(qapp: object) -> Studio:
    document = classifier()
    document.move({node.id: (13.0 * node.order, 7.0 * node.order) for node in document.nodes.values()})
    return open_studio(document)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    make_active(window)
    window.canvas.setFocus()
    yield window
    window.close()


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window.canvas, key, modifiers)


def test_ctrl_l_lays_out(qtbot: QtBot, studio: Studio, window: MainWindow) -> None:
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: studio.document.history.undo_name == "Lay out")
    rects = [item.card_rect for item in window.canvas.canvas.nodes.values()]
    assert not any(one.intersects(other) for i, one in enumerate(rects) for other in rects[:i])
    seen = window.canvas.navigator.seen()
    assert all(seen.contains(rect) for rect in rects)
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.document.node("digits").at == (13.0, 7.0)


def test_each_command_has_its_key(studio: Studio, window: MainWindow) -> None:
    keys = {
        Qt.Key.Key_Left: "Align", Qt.Key.Key_Down: "Align", Qt.Key.Key_C: "Align", Qt.Key.Key_M: "Align",
        Qt.Key.Key_H: "Distribute", Qt.Key.Key_G: "Snap to grid",
    }  # fmt: skip
    window.canvas.canvas.choose(list(window.canvas.canvas.nodes)[:4])
    for key, name in keys.items():
        studio.document.move({node.id: (13.3 * node.order**2, 7.7 * node.order) for node in studio.document.in_order()})
        press(window, key, ALT_SHIFT)
        assert studio.document.history.undo_name == name, key


def test_nothing_chosen_nothing_to_align(studio: Studio, window: MainWindow) -> None:
    table = window.actions_table
    assert table.action("lay_out").isEnabled()
    for key in ("align_left", "distribute_vertical", "snap"):
        assert not table.action(key).isEnabled()
    window.canvas.canvas.choose(list(window.canvas.canvas.nodes)[:2])
    assert table.action("align_left").isEnabled()
    assert not table.action("distribute_vertical").isEnabled()
