"""From node to node with the arrows: along wires, and where there is none to the nearest in that direction."""

from __future__ import annotations

from PySide6.QtCore import Qt

from nnstudio.graph.document import Document
from tests.ui.canvas.conftest import Desk

Key = Qt.Key


def chosen(desk: Desk) -> list[str]:
    return [desk.document.node(key).name for key in desk.bridge.selection]


def test_arrows_to_the_sides_follow_the_wires(desk: Desk) -> None:
    steps = desk.steps
    desk.click(desk.header("data"))
    for name in ("linear", "tanh", "head", "loss"):  # head lies to the left of tanh, in the next row
        desk.key(Key.Key_Right)
        assert chosen(desk) == [name]
    for name in ("head", "tanh", "linear", "data"):
        desk.key(Key.Key_Left)
        assert chosen(desk) == [name]
    desk.key(Key.Key_Left)
    assert chosen(desk) == ["data"]
    assert desk.steps == steps


def test_without_a_wire_the_nearest_in_that_direction_is_chosen(desk: Desk) -> None:
    desk.click(desk.header("tanh"))
    desk.key(Key.Key_Down)
    assert chosen(desk) == ["loss"]
    desk.key(Key.Key_Down)
    assert chosen(desk) == ["free"]
    desk.key(Key.Key_Down)
    assert chosen(desk) == ["free"]
    desk.key(Key.Key_Left)
    assert chosen(desk) == ["head"]
    desk.key(Key.Key_Up)
    assert chosen(desk) == ["linear"]


def test_the_first_arrow_chooses_what_is_in_the_middle_and_the_view_follows(desk: Desk, make_desk) -> None:
    desk.view.canvas.choose()
    desk.key(Key.Key_Down)
    assert len(chosen(desk)) == 1
    desk.document.move({"loss": (9000.0, 192.0)})
    desk.view.canvas.choose((desk.id("head"),))
    desk.key(Key.Key_Right)
    assert chosen(desk) == ["loss"]
    assert desk.view.navigator.seen().contains(desk.item("loss").card_rect)
    empty = make_desk(Document())
    empty.key(Key.Key_Right)
    assert chosen(empty) == []
