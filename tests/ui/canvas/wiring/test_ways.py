"""Wires led through points, and strokes over wires: real mouse and keys."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.menus import menu_for
from nnstudio.ui.canvas.wiring.ways import led, slot_at

CTRL, SHIFT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier(0)
RIGHT = Qt.MouseButton.RightButton


def link(desk, source="tanh", target="head"):
    return Link(desk.id(source), "y", desk.id(target), "x")


def on_wire(desk, share=0.5, **ends):
    return desk.view.mapFromScene(desk.view.canvas.links[link(desk, **ends)].path.pointAtPercent(share))


def way(desk, **ends):
    return desk.document.ways.get(link(desk, **ends), ())


def stroke(desk, start, end, keys):
    """With the right button, from a place in the scene to another."""
    desk.drag(desk.view.mapFromScene(QPointF(*start)), desk.view.mapFromScene(QPointF(*end)), keys, RIGHT)


def test_a_curve_goes_through_all_its_points():
    start, end, points = QPointF(0, 0), QPointF(400, 0), [(100.0, 80.0), (250.0, -60.0)]
    path = led(start, points, end).path
    near = [path.pointAtPercent(step / 200) for step in range(201)]
    for point in points:
        assert min((spot - QPointF(*point)).manhattanLength() for spot in near) < 4
    assert path.currentPosition() == end
    assert [slot_at(start, points, end, QPointF(x, y)) for x, y in ((20, 5), (180, 10), (350, -20))] == [0, 1, 2]


def test_points_at_one_place_do_no_harm():
    spot = QPointF(10, 10)
    route = led(spot, [(10.0, 10.0), (10.0, 10.0)], spot)
    assert route.dots == (spot, spot)
    assert route.path.boundingRect().isEmpty()


def test_dragging_the_middle_of_a_wire_leads_it_there(desk):
    steps, start = desk.steps, on_wire(desk)
    desk.drag(start, start + QPoint(30, 40))
    (point,) = way(desk)
    assert desk.view.mapFromScene(QPointF(*point)) == start + QPoint(30, 40)
    assert desk.view.canvas.links[link(desk)].dots == (QPointF(*point),)
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Add reroute point"
    desk.document.undo()
    assert not way(desk)
    assert not desk.view.canvas.links[link(desk)].dots


def test_a_double_click_adds_a_point_and_takes_it_out(desk):
    at = on_wire(desk)
    QTest.mouseDClick(desk.view.viewport(), Qt.MouseButton.LeftButton, NONE, at)
    assert len(way(desk)) == 1
    QTest.mouseDClick(desk.view.viewport(), Qt.MouseButton.LeftButton, NONE, at)
    assert not way(desk)


def test_a_point_is_dragged_and_escape_puts_it_back(desk):
    desk.document.set_way(link(desk), [(400.0, 130.0)])
    before, steps = way(desk), desk.steps
    at = desk.view.mapFromScene(QPointF(400, 130))
    desk.press(at)
    desk.move(at + QPoint(50, 20))
    assert desk.view.canvas.links[link(desk)].dots != (QPointF(400, 130),)
    desk.key(Qt.Key.Key_Escape)
    assert desk.view.canvas.links[link(desk)].dots == (QPointF(400, 130),)
    desk.release(at + QPoint(50, 20))
    assert (way(desk), desk.steps) == (before, steps)
    desk.drag(at, at + QPoint(51, 21), SHIFT)
    assert all(value % 8 == 0 for value in way(desk)[0])
    assert desk.document.history.undo_name == "Move reroute point"


def test_escape_gives_back_what_was_chosen(desk):
    desk.document.set_way(link(desk), [(400, 120), (300, 120)])
    desk.view.canvas.choose([desk.id("free")])
    at = desk.view.mapFromScene(QPointF(400, 120))
    desk.press(at)
    desk.move(at + QPoint(30, 30))
    assert desk.view.canvas.dots.chosen == ((link(desk), 0),)
    desk.key(Qt.Key.Key_Escape)
    assert desk.view.canvas.chosen == (desk.id("free"),)
    assert desk.view.canvas.dots.chosen == ()
    desk.release(at)


def test_a_chosen_point_is_deleted_and_its_wire_stays(desk):
    desk.document.set_way(link(desk), [(400.0, 130.0), (300.0, 150.0)])
    desk.click(desk.view.mapFromScene(QPointF(400, 130)))
    assert desk.view.canvas.dots.chosen == ((link(desk), 0),)
    desk.key(Qt.Key.Key_Delete)
    assert way(desk) == ((300.0, 150.0),)
    assert "tanh.y→head.x" in desk.links()
    desk.click(desk.view.mapFromScene(QPointF(300, 150)))
    desk.click(desk.free_point())
    assert not desk.view.canvas.dots.chosen


def test_a_stroke_with_ctrl_cuts_what_it_crosses(desk):
    steps, before = desk.steps, desk.links()
    desk.press(desk.view.mapFromScene(QPointF(200, -40)), CTRL, RIGHT)
    for x, y in ((204, 40), (204, 150), (440, 150), (440, 240)):
        desk.move(desk.view.mapFromScene(QPointF(x, y)), CTRL)
    crossed = {each.target for each in desk.view.hands.gesture.crossed}
    assert crossed == {desk.id("linear"), desk.id("head"), desk.id("loss")}
    assert desk.links() == before
    desk.release(desk.view.mapFromScene(QPointF(440, 240)), CTRL, RIGHT)
    assert desk.links() == {"linear.y→tanh.x", "data.label→loss.target"} == desk.drawn_links()
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Cut 3 wires"
    desk.document.undo()
    assert desk.links() == before


def test_escape_ends_a_stroke_and_cuts_nothing(desk):
    steps, before = desk.steps, desk.links()
    desk.press(desk.view.mapFromScene(QPointF(204, -40)), CTRL, RIGHT)
    desk.move(desk.view.mapFromScene(QPointF(204, 120)), CTRL)
    desk.key(Qt.Key.Key_Escape)
    desk.release(desk.view.mapFromScene(QPointF(204, 120)), CTRL, RIGHT)
    assert (desk.steps, desk.links()) == (steps, before)


def test_a_stroke_that_crosses_nothing_is_no_step(desk):
    steps = desk.steps
    stroke(desk, (20, 300), (120, 320), CTRL)
    assert desk.steps == steps


def test_a_stroke_with_shift_puts_a_point_on_each_wire(desk):
    steps = desk.steps
    stroke(desk, (436, -30), (436, 40), SHIFT)
    ((x, _),) = way(desk, source="linear", target="tanh")
    assert x == pytest.approx(436, abs=1)
    assert desk.steps == steps + 1


@pytest.mark.parametrize("keys", [NONE, CTRL])
def test_a_menu_opens_under_the_right_button_but_not_after_a_stroke(desk, keys):
    at = desk.free_point()
    desk.press(at, keys, RIGHT)
    where = desk.view.viewport().mapToGlobal(at)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where, keys)
    QApplication.sendEvent(desk.view.viewport(), event)
    desk.release(at, keys, RIGHT)
    menus = [menu for menu in desk.view.findChildren(QMenu) if menu.isVisible()]
    assert bool(menus) == (keys == NONE)
    for menu in menus:
        menu.close()


def test_a_wire_led_elsewhere_keeps_its_points(desk):
    desk.document.set_way(link(desk), [(400.0, 130.0)])
    desk.drag(desk.port("head", "x", False), desk.port("free", "x", False))
    assert way(desk, target="free") == ((400.0, 130.0),)


def test_points_can_be_made_and_taken_off_by_commands(desk):
    desk.view.canvas.choose((), [link(desk)])
    desk.view.add_dots()
    assert len(way(desk)) == 1
    assert desk.view.led_wires() == [link(desk)]
    desk.view.straighten()
    assert not way(desk)
    assert desk.document.history.undo_name == "Straighten wires"


def test_the_menu_of_a_wire_adds_a_point_where_it_was_opened_and_takes_all_away(desk):
    at = on_wire(desk, 0.3)
    menu = menu_for(desk.view, desk.view.hit_at(at), desk.view.mapToScene(at))
    entries = {action.text().split("\t")[0]: action for action in menu.actions()}
    assert "Straighten" not in entries
    entries["Add reroute point"].trigger()
    (point,) = way(desk)
    assert desk.view.mapFromScene(QPointF(*point)) == at
    menu = menu_for(desk.view, desk.view.hit_at(at), desk.view.mapToScene(at))
    next(action for action in menu.actions() if action.text() == "Straighten").trigger()
    assert not way(desk)
