"""Frozen nodes and learning rates of their own, in the inspector."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnstudio.graph.nodes import Tuning
from nnstudio.ui.inspector.inspector import Inspector
from tests.ui.studio import classifier, open_studio


def test_fields_are_there_for_weights_alone_and_each_change_is_one_step(qtbot):
    studio = open_studio(classifier(), started=False)
    inspector = Inspector(studio.bridge)
    qtbot.addWidget(inspector)
    part = inspector.node_page.tuning
    studio.bridge.select((studio.document.node("relu").id,))
    assert not part.isVisibleTo(inspector.node_page)
    head = studio.document.node("head").id
    studio.bridge.select((head,))
    assert part.isVisibleTo(inspector.node_page)
    rate = part.fields["lr"].line
    assert rate.placeholderText() == "0.001 (plan)"
    studio.document.set_plan(lr=0.25)
    assert rate.placeholderText() == "0.25 (plan)"
    part.fields["frozen"].check.click()
    assert studio.document.node("head").tuning == Tuning(True)
    assert studio.document.history.undo_name == "Freeze head"
    QTest.keyClicks(rate, "0.5")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert studio.document.node("head").tuning == Tuning(True, 0.5)
    studio.document.undo()
    assert rate.text() == ""
    QTest.keyClicks(rate, "-1")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    assert "from 0 to 1000" in part.fields["lr"].problem
    assert studio.document.node("head").tuning == Tuning(True)
    QTest.keyClick(rate, Qt.Key.Key_Escape)
    studio.document.undo()
    assert not part.fields["frozen"].check.isChecked()
