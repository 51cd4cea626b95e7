"""Ctrl+F with real keys: what is found is counted, gone through and shown, in blocks too; the rest fades."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.ui.canvas.boxes.find_bar import FADED, FindBar
from tests.ui.canvas.conftest import LEFT, NONE, Desk
from tests.ui.studio import make_active

Key, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def find(desk: Desk, text: str) -> FindBar:
    make_active(desk.view)
    desk.view.setFocus()
    desk.key(Key.Key_F, CTRL)
    bar = desk.view.find_bar
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, text)
    return bar


def chosen(desk: Desk) -> list[str]:
    return [desk.document.node(key).name for key in desk.bridge.selection]


def test_enter_goes_from_one_to_the_next_and_around(desk: Desk) -> None:
    bar = find(desk, "linear")
    assert bar.count.text() == "2 found"
    assert chosen(desk) == []
    for name, words in (("linear", "1 of 2"), ("head", "2 of 2"), ("linear", "1 of 2")):
        QTest.keyClick(bar.field, Key.Key_Return)
        assert chosen(desk) == [name]
        assert bar.count.text() == words
    QTest.keyClick(bar.field, Key.Key_Return, SHIFT)
    assert chosen(desk) == ["head"]
    assert bar.field.hasFocus()
    QTest.keyClick(bar.field, Key.Key_F3)
    assert chosen(desk) == ["linear"]
    QTest.keyClick(bar.field, Key.Key_F3, SHIFT)
    assert chosen(desk) == ["head"]


def test_what_is_not_found_fades_until_it_is_closed(desk: Desk) -> None:
    bar = find(desk, "tanh")
    assert desk.item("tanh").opacity() == 1.0
    assert desk.item("loss").opacity() == FADED
    desk.document.add("Tanh", "another", (900.0, 0.0))
    desk.document.add("ELU", "elu", (900.0, 200.0))
    QTest.qWait(1)
    assert bar.count.text() == "2 found"
    assert desk.item("elu").opacity() == FADED
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    assert desk.view.hasFocus()
    assert {item.opacity() for item in desk.view.canvas.nodes.values()} == {1.0}
    desk.key(Key.Key_F3)
    assert chosen(desk) == ["tanh"]
    desk.key(Key.Key_F3, SHIFT)
    assert chosen(desk) == ["another"]
    assert {item.opacity() for item in desk.view.canvas.nodes.values()} == {1.0}


def test_nothing_found_says_so(desk: Desk) -> None:
    bar = find(desk, "zebra")
    assert bar.count.text() == "Nothing found"
    QTest.keyClick(bar.field, Key.Key_Return)
    assert chosen(desk) == []
    bar.field.clear()
    assert bar.count.text() == ""
    assert {item.opacity() for item in desk.view.canvas.nodes.values()} == {1.0}


def test_f3_without_a_text_begins_a_search(desk: Desk) -> None:
    desk.key(Key.Key_F3)
    assert desk.view.find_bar.isVisible()


def test_it_goes_into_the_block_and_to_comments(desk: Desk) -> None:
    made = desk.document.make_block([desk.document.node("tanh")], "Part")
    comment = desk.document.add_comment((4000.0, 3000.0), (200.0, 100.0), "remember the tanh")
    bar = find(desk, "tanh")
    assert bar.count.text() == "2 found"
    QTest.keyClick(bar.field, Key.Key_Return)
    assert desk.view.canvas.marks.chosen == (comment.id,)
    assert desk.view.navigator.seen().contains(desk.view.canvas.marks.items[comment.id].card_rect)
    QTest.keyClick(bar.field, Key.Key_Return)
    assert desk.bridge.sheet.block == made.block
    assert chosen(desk) == ["tanh"]
    assert desk.view.canvas.nodes[desk.bridge.selection[0]].opacity() == 1.0
    QTest.keyClick(bar.field, Key.Key_Return)
    assert desk.bridge.sheet.block == ""
    assert desk.view.canvas.marks.chosen == (comment.id,)
    assert bar.isVisible()


def test_its_buttons_work_and_it_keeps_to_its_corner(desk: Desk) -> None:
    bar = find(desk, "linear")
    before, after = bar._steps
    QTest.mouseClick(after, LEFT, NONE, QPoint(5, 5))
    assert chosen(desk) == ["linear"]
    QTest.mouseClick(before, LEFT, NONE, QPoint(5, 5))
    assert chosen(desk) == ["head"]
    for width in (1280, 700, 240):
        desk.view.resize(width, 400)
        assert desk.view.rect().contains(bar.geometry())
    assert all(button.accessibleName() for button in bar._steps)


def test_an_edit_keeps_the_place(desk: Desk) -> None:
    bar = find(desk, "linear")
    QTest.keyClick(bar.field, Key.Key_Return)
    QTest.keyClick(bar.field, Key.Key_Return)
    desk.document.remove("linear")
    QTest.qWait(1)
    assert bar.count.text() == "1 of 1"


def test_keys_of_the_canvas_mean_nothing_in_the_bar(desk: Desk) -> None:
    bar = find(desk, "m")
    QTest.keyClick(bar.field, Key.Key_Return)
    steps, count = desk.steps, len(desk.document.nodes)
    for key in (Key.Key_D, Key.Key_G, Key.Key_L):
        QTest.keyClick(bar.field, key, CTRL)
    QTest.keyClick(bar.field, Key.Key_Tab)
    assert bar.isAncestorOf(QApplication.focusWidget())
    assert not bar.field.hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Key.Key_M)
    assert (desk.steps, len(desk.document.nodes)) == (steps, count)
