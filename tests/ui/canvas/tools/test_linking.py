"""Wires without a mouse: C lists what the chosen node can be connected to, and Enter connects."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.canvas.conftest import Desk
from tests.ui.studio import make_active

Key = Qt.Key


def titles(desk: Desk) -> list[str]:
    return [choice.title for choice in desk.view.linker.box.model.choices]


def ask(desk: Desk, name: str) -> None:
    make_active(desk.view)
    desk.click(desk.header(name))
    desk.key(Key.Key_C)


def test_it_lists_what_fits_first_and_never_what_the_rules_refuse(desk: Desk) -> None:
    ask(desk, "free")
    box = desk.view.linker.box
    assert box.field.hasFocus()
    assert box.field.accessibleName() == "Connect free to…"
    assert {"from data.point", "from linear", "from tanh", "from head", "to linear"} <= set(titles(desk))
    assert not {"from data.label", "to loss.target", "to free"} & set(titles(desk))
    warned = [bool(choice.warning) for choice in box.model.choices]
    assert warned == sorted(warned)
    before = next(choice for choice in box.model.choices if choice.title == "to linear")
    assert before.detail == "Connects free with linear. The wire from data goes."


def test_enter_connects_in_one_step_and_the_canvas_has_the_keys_again(desk: Desk) -> None:
    ask(desk, "free")
    steps = desk.steps
    QTest.keyClicks(desk.view.linker.box.field, "tanh")
    QTest.keyClick(desk.view.linker.box.field, Key.Key_Return)
    assert desk.steps == steps + 1
    assert {"free.y→tanh.x", "tanh.y→free.x"} & desk.links()
    assert desk.view.hasFocus()
    desk.document.undo()
    assert not [link for link in desk.links() if "free" in link]


def test_a_wire_that_closes_a_cycle_or_is_there_is_not_listed(desk: Desk) -> None:
    ask(desk, "linear")
    assert "to data.point" not in titles(desk)
    assert "to tanh" not in titles(desk)
    assert "from tanh" not in titles(desk)
    assert "to head" in titles(desk)


def test_ports_are_named_where_a_node_has_several(desk: Desk) -> None:
    ask(desk, "data")
    assert "point to free" in titles(desk)
    assert "point to loss.prediction" in titles(desk)


def test_nothing_found_says_so(desk: Desk) -> None:
    ask(desk, "free")
    QTest.keyClicks(desk.view.linker.box.field, "zzzz")
    assert desk.view.linker.box.empty.text() == "Nothing that 'free' can be connected to: zzzz"
    QTest.keyClick(desk.view.linker.box.field, Key.Key_Escape)
    assert desk.view.hasFocus()
