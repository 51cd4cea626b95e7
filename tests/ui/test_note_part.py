"""The note of a node in the inspector."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.inspector import Inspector

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_note_is_typed_taken_and_undone(qtbot):
    document, bridge = Document(), Bridge()
    first, second = document.add("ReLU"), document.add("Tanh")
    bridge.open(Session(document, FakeEngine(bridge.deliver)))
    inspector = Inspector(bridge)
    qtbot.addWidget(inspector)
    bridge.select((first.id,))
    note = inspector.node_page.note
    QTest.keyClicks(note.field, "why")
    QTest.keyClick(note.field, Qt.Key.Key_Return, CTRL)
    assert document.node(first).looks.note == "why"
    assert document.history.undo_name == f"Note at {first.name}"
    document.undo()
    assert note.field.toPlainText() == ""
    QTest.keyClicks(note.field, "kept when another is chosen")
    bridge.select((second.id,))
    assert document.node(first).looks.note == "kept when another is chosen"
    assert note.field.toPlainText() == ""
    QTest.keyClicks(note.field, "kept when it is saved")
    inspector.commit()
    assert document.node(second).looks.note == "kept when it is saved"
    steps = len(document.history.done)
    inspector.commit()
    assert len(document.history.done) == steps
