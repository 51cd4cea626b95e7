"""Fields for several lines take no more than a file can hold."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.ui.prose import ProseField
from tests.ui.studio import open_studio

CTRL = Qt.KeyboardModifier.ControlModifier


def test_what_is_pasted_beyond_the_room_is_left_out_and_told(qtbot: QtBot) -> None:
    studio = open_studio(Document(), started=False)
    field = ProseField(studio.bridge, 10)
    qtbot.addWidget(field)
    field.setPlainText("12345")
    field.moveCursor(field.textCursor().MoveOperation.End)
    QGuiApplication.clipboard().setText("abc")
    QTest.keyClick(field, Qt.Key.Key_V, CTRL)
    assert (field.toPlainText(), studio.told) == ("12345abc", [])
    QTest.keyClick(field, Qt.Key.Key_V, CTRL)
    assert field.toPlainText() == "12345abcab"
    assert "room for 10 characters" in studio.told[-1].message
    field.selectAll()
    QGuiApplication.clipboard().setText("x" * 10)
    QTest.keyClick(field, Qt.Key.Key_V, CTRL)
    assert field.toPlainText() == "x" * 10
    assert len(studio.told) == 1
