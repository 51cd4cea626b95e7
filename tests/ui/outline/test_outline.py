"""The outline with real keys: it follows the canvas, chooses there, edits and deletes, and a screen reader reads it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from time import process_time

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.outline.outline import Outline
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, make_active, open_studio, shown

Key, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Desk:
    """A canvas with the outline beside it."""

    studio: Studio
    canvas: CanvasView
    outline: Outline
    around: QWidget
    edited: list[str]

    @property
    def document(self) -> Document:
        return self.studio.document


@pytest.fixture
def desk(qtbot: QtBot, qapp: object) -> Desk:
    studio = open_studio(classifier())
    around = QWidget()
    row = QHBoxLayout(around)
    canvas = CanvasView(studio.bridge)
    outline = Outline(studio.bridge, canvas)
    row.addWidget(outline)
    row.addWidget(canvas)
    around.resize(900, 400)
    shown(qtbot, around)
    make_active(around)
    outline.tree.setFocus()
    desk = Desk(studio, canvas, outline, around, [])
    canvas.node_activated.connect(lambda key: desk.edited.append(desk.document.node(key).name))
    step()
    return desk


@pytest.fixture
def outline(desk: Desk) -> Outline:
    return desk.outline


@pytest.fixture
def studio(desk: Desk) -> Studio:
    return desk.studio


def listed(outline: Outline, parent: QModelIndex | None = None) -> list[str]:
    here = parent or QModelIndex()
    return [outline.model.index(row, 0, here).data() for row in range(outline.model.rowCount(here))]


def current(outline: Outline) -> str:
    return outline.tree.currentIndex().data()


def chosen(studio: Studio) -> list[str]:
    return [studio.document.node(key).name for key in studio.bridge.selection]


def step() -> None:
    QTest.qWait(1)


def test_in_the_window_it_is_hidden_until_asked_for_and_edits_in_the_inspector(qtbot: QtBot, qapp: object) -> None:
    studio = open_studio(classifier())
    window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    make_active(window)
    window.canvas.setFocus()
    outline = window.outline
    assert not outline.isVisible()
    assert outline.model.rowCount() == 0
    QTest.keyClick(window.canvas, Key.Key_O, CTRL | SHIFT)
    step()
    assert outline.tree.hasFocus()
    assert listed(outline) == ["digits", "conv", "relu", "flatten", "head", "loss"]
    QTest.keyClick(outline.tree, Key.Key_Down)
    for key in (Key.Key_Return, Key.Key_F2):
        outline.tree.setFocus()
        QTest.keyClick(outline.tree, key)
        assert window.inspector.isAncestorOf(QApplication.focusWidget())
    met = set()
    for _ in range(24):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_F6)
        met.add(outline.isAncestorOf(QApplication.focusWidget()))
    assert True in met
    window.close()


def test_arrows_walk_it_and_the_canvas_follows(outline: Outline, studio: Studio) -> None:
    QTest.keyClick(outline.tree, Key.Key_Home)
    for name in ("conv", "relu"):
        QTest.keyClick(outline.tree, Key.Key_Down)
        assert chosen(studio) == [name]
    QTest.keyClick(outline.tree, Key.Key_Up, SHIFT)
    assert chosen(studio) == ["relu", "conv"]
    QTest.keyClick(outline.tree, Key.Key_Tab)
    assert outline.tree.hasFocus()
    assert chosen(studio) == ["relu"]


def test_it_follows_what_is_chosen_elsewhere(desk: Desk, outline: Outline, studio: Studio) -> None:
    desk.canvas.canvas.choose((studio.document.node("head").id,))
    step()
    assert current(outline) == "head"
    desk.canvas.canvas.choose()
    step()
    assert not outline.tree.selectionModel().selectedIndexes()


def test_enter_edits_and_delete_deletes(desk: Desk, outline: Outline, studio: Studio) -> None:
    desk.canvas.canvas.choose((studio.document.node("relu").id,))
    step()
    QTest.keyClick(outline.tree, Key.Key_Return)
    assert desk.edited == ["relu"]
    steps = len(studio.document.history.done)
    QTest.keyClick(outline.tree, Key.Key_Delete)
    step()
    assert "relu" not in listed(outline)
    assert len(studio.document.history.done) == steps + 1
    assert outline.tree.hasFocus()
    assert current(outline) == "flatten", "what stands at its place now"
    assert not chosen(studio)
    QTest.keyClick(outline.tree, Key.Key_Down)
    assert chosen(studio) == ["head"]


def test_blocks_open_and_what_is_inside_is_shown_when_chosen(outline: Outline, studio: Studio) -> None:
    document = studio.document
    made = document.make_block([document.node("conv"), document.node("relu")], "Step")
    document.place(made.block)
    step()
    first, second = [n for n, name in enumerate(listed(outline)) if name.startswith("step")]
    for place in (first, second):
        index = outline.model.index(place, 0)
        outline.tree.setCurrentIndex(index)
        path = (studio.bridge.selection[0],)
        QTest.keyClick(outline.tree, Key.Key_Right)
        assert outline.tree.isExpanded(index)
        assert {"conv", "relu"} <= set(listed(outline, index))
        QTest.keyClick(outline.tree, Key.Key_Down)
        assert studio.bridge.path == path
        assert outline.model.row(outline.tree.currentIndex()).path == path
    studio.document.add("Tanh", "late")
    step()
    assert outline.tree.isExpanded(outline.model.index(first, 0))
    assert "late" in listed(outline)


def test_going_into_a_block_elsewhere_opens_it_here(outline: Outline, studio: Studio) -> None:
    made = studio.document.make_block([studio.document.node("conv")], "Step")
    studio.bridge.enter(made.id)
    studio.bridge.select((studio.document.sheet(made.block).node("conv").id,))
    step()
    assert current(outline) == "conv"
    assert outline.tree.isExpanded(outline.tree.currentIndex().parent())


def test_frames_and_comments_are_in_it(desk: Desk, outline: Outline, studio: Studio) -> None:
    comment = studio.document.add_comment((0, 500), (200, 100), "why this?")
    step()
    assert listed(outline)[-1] == "why this?"
    outline.tree.setCurrentIndex(outline.model.index(outline.model.rowCount() - 1, 0))
    assert desk.canvas.canvas.marks.chosen == (comment.id,)


def test_values_are_said_anew_and_places_stay(outline: Outline, studio: Studio) -> None:
    index = outline.model.index(1, 0)
    outline.tree.setCurrentIndex(index)
    assert "out 4×8×8" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    studio.document.set("conv", out_channels=7)
    step()
    assert "out 7×8×8" in outline.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert current(outline) == "conv"
    studio.document.undo()
    step()
    assert "out 4×8×8" in outline.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_an_empty_project_says_how_to_begin(outline: Outline, studio: Studio) -> None:
    studio.document.remove(*studio.document.nodes)
    step()
    assert outline.empty.isVisible()
    studio.document.undo()
    step()
    assert outline.tree.isVisible()


def test_a_screen_reader_reads_every_row(outline: Outline) -> None:
    reader = QAccessible.queryAccessibleInterface(outline.tree)
    assert reader.role() == QAccessible.Role.Tree
    read = [reader.child(number).text(QAccessible.Text.Name) for number in range(reader.childCount())]
    assert "conv, Conv2d, out 4×8×8, from digits, to relu" in read
    assert len(read) == 7
    assert read[0] == "Node"


def test_a_thousand_nodes_are_listed_at_once(qtbot: QtBot, qapp: object) -> None:
    document = Document("large")
    with document.transaction("many"):
        nodes = [document.add("ReLU", at=(240.0 * n, 0.0)) for n in range(1000)]
        for first, second in pairwise(nodes):
            document.connect(first, second)
    studio = open_studio(document)
    view = CanvasView(studio.bridge)
    qtbot.addWidget(view)
    outline = Outline(studio.bridge, view)
    outline.resize(200, 400)
    shown(qtbot, outline)
    begun = process_time()
    outline._soon()
    step()
    assert process_time() - begun < 0.25
    assert outline.model.rowCount() == 1000
