"""Wires by hand: made, replaced, moved, taken out, refused."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QToolTip

from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.boxes.wish import Pulled

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def test_from_output_to_input(desk):
    steps = desk.steps
    desk.drag(desk.port("tanh", "y", True), desk.port("free", "x", False))
    assert "tanh.y→free.x" in desk.links() & desk.drawn_links()
    assert desk.steps == steps + 1
    desk.document.undo()
    assert "tanh.y→free.x" not in desk.drawn_links()


def test_from_input_to_output(desk):
    desk.drag(desk.port("free", "x", False), desk.port("linear", "y", True))
    assert "linear.y→free.x" in desk.links()


def test_it_snaps_from_a_distance(desk):
    goal = desk.port("free", "x", False)
    desk.press(desk.port("tanh", "y", True))
    desk.move(goal + QPoint(-60, 0))
    desk.move(goal + QPoint(-14, 12))
    assert desk.view.hands.gesture.snapped_to.item is desk.item("free")
    desk.release(goal + QPoint(-14, 12))
    assert "tanh.y→free.x" in desk.links()


def test_an_occupied_input_takes_the_new_wire_instead(desk):
    steps = desk.steps
    desk.drag(desk.port("linear", "y", True), desk.port("head", "x", False))
    assert "linear.y→head.x" in desk.links()
    assert "tanh.y→head.x" not in desk.links()
    assert desk.steps == steps + 1
    desk.document.undo()
    assert "tanh.y→head.x" in desk.drawn_links()


def test_a_wire_is_picked_up_at_its_input_and_plugged_in_elsewhere(desk):
    steps = desk.steps
    desk.drag(desk.port("head", "x", False), desk.port("free", "x", False))
    assert "tanh.y→free.x" in desk.links()
    assert "tanh.y→head.x" not in desk.links()
    assert desk.steps == steps + 1


def test_a_wire_dropped_where_it_was_changes_nothing(desk):
    steps, before = desk.steps, desk.links()
    at = desk.port("head", "x", False)
    desk.press(at)
    desk.move(at + QPoint(-40, 30))
    desk.move(at)
    desk.release(at)
    assert (desk.steps, desk.links()) == (steps, before)


def test_a_picked_up_wire_is_dropped_for_good_in_empty_space(desk):
    desk.drag(desk.port("head", "x", False), desk.free_point())
    assert "tanh.y→head.x" not in desk.links() | desk.drawn_links()


def test_a_new_wire_dropped_in_empty_space_asks_for_a_layer_to_go_to(desk, qtbot):
    steps = desk.steps
    with qtbot.waitSignal(desk.view.search_requested) as heard:
        desk.drag(desk.port("tanh", "y", True), desk.free_point())
    assert heard.args[0].pulled == Pulled(desk.id("tanh"), "y", True)
    assert desk.view.mapFromScene(heard.args[0].at) == desk.free_point()
    assert desk.steps == steps


def along(desk, share, source="linear", target="tanh", output="y"):
    """A place on a wire."""
    wire = desk.view.canvas.links[Link(desk.id(source), output, desk.id(target), "x")]
    return desk.view.mapFromScene(wire.path.pointAtPercent(share))


def test_near_its_end_a_wire_is_picked_up_and_led_elsewhere(desk):
    steps = desk.steps
    desk.drag(along(desk, 0.7), desk.port("free", "x", False))
    assert "linear.y→free.x" in desk.links()
    assert "linear.y→tanh.x" not in desk.links()
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Move wire"


def test_near_its_start_a_wire_gets_another_source(desk):
    steps = desk.steps
    desk.drag(along(desk, 0.3), desk.port("data", "point", True))
    assert "data.point→tanh.x" in desk.links()
    assert "linear.y→tanh.x" not in desk.links()
    assert desk.steps == steps + 1


def test_a_click_near_the_end_of_a_wire_chooses_it(desk):
    desk.click(along(desk, 0.7))
    assert [link.target for link in desk.view.canvas.chosen_links] == [desk.id("tanh")]


def test_with_ctrl_all_wires_of_an_output_go_to_another(desk):
    desk.document.connect("linear", "free")
    steps, before = desk.steps, desk.links()
    desk.press(desk.port("linear", "y", True), CTRL)
    desk.move(desk.port("data", "point", True) + QPoint(-60, 40), CTRL)
    assert desk.view.hands.gesture.said == ["2 wires"]
    desk.move(desk.port("data", "point", True), CTRL)
    desk.release(desk.port("data", "point", True), CTRL)
    assert {"data.point→tanh.x", "data.point→free.x"} <= desk.links() & desk.drawn_links()
    assert not [link for link in desk.links() if link.startswith("linear.y")]
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Move 2 wires"
    desk.document.undo()
    assert desk.links() == before == desk.drawn_links()


def test_a_wire_that_gets_another_source_keeps_its_place_in_a_sum(make_desk):
    document = Document("sum")
    data = document.add("Dataset", "data", (0, 0), dataset="xor")
    total = document.add("Concatenate", "total", (500, 0))
    for row, name in enumerate(("one", "two", "three")):
        document.add("Linear", name, (232, 130 * row), out_features=row + 1)
        document.connect(data, name)
    document.connect("one", total)
    document.connect("two", total)
    desk = make_desk(document)
    desk.drag(along(desk, 0.2, "one", "total"), desk.port("three", "y", True))
    assert [desk.document.node(x.source).name for x in document.links_into(total, "x")] == ["three", "two"]


def test_beside_the_mouse_stands_what_the_wire_carries_and_what_comes_of_it(desk):
    goal = desk.port("free", "x", False)
    desk.press(desk.port("linear", "y", True))
    desk.move(desk.free_point())
    assert desk.view.hands.gesture.said == ["N×8"]
    desk.move(goal)
    assert desk.view.hands.gesture.said == ["N×8 → N×8"]
    desk.move(desk.port("head", "x", False))
    assert desk.view.hands.gesture.said == ["N×8 → N×2"]
    desk.move(desk.port("linear", "x", False))
    assert desk.view.hands.gesture.said == ["N×8 ✕ linear"]
    desk.key(Qt.Key.Key_Escape)
    desk.press(goal)
    desk.move(desk.free_point())
    assert not desk.view.hands.gesture.said
    desk.key(Qt.Key.Key_Escape)
    desk.view.edits.unplug([desk.id("loss")])
    desk.press(desk.port("loss", "prediction", False))
    desk.move(desk.free_point())
    assert desk.view.hands.gesture.said == ["takes scores N×classes"]


def test_escape_cancels(desk):
    steps, before = desk.steps, desk.links()
    desk.press(desk.port("head", "x", False))
    desk.move(desk.free_point())
    desk.key(Qt.Key.Key_Escape)
    desk.release(desk.free_point())
    assert (desk.steps, desk.links(), desk.drawn_links()) == (steps, before, before)
    assert desk.view.hands.gesture is None


def test_a_circle_is_refused_with_the_reason(desk):
    steps = desk.steps
    goal = desk.port("linear", "x", False)
    desk.press(desk.port("tanh", "y", True))
    desk.move(desk.free_point())
    desk.move(goal)
    assert "cycle" in QToolTip.text()
    desk.release(goal)
    assert desk.steps == steps
    assert "cycle" in desk.troubles[0].message


def test_class_numbers_are_refused_by_a_layer(desk):
    desk.drag(desk.port("data", "label", True), desk.port("free", "x", False))
    assert "data.label→free.x" not in desk.links()
    assert "class numbers" in desk.troubles[0].message


def test_a_wire_of_the_wrong_shape_is_made_and_marked(make_desk):
    document = Document("wrong")
    document.add("Dataset", "digits", (0, 0), dataset="digits")
    document.add("Linear", "head", (320, 0))
    desk = make_desk(document)
    goal = desk.port("head", "x", False)
    desk.press(desk.port("digits", "image", True))
    desk.move(goal + QPoint(-30, 30))
    desk.move(goal)
    assert "vector" in QToolTip.text()
    assert desk.view.hands.gesture.said == ["N×1×8×8 → does not fit", "Can be mended: Insert Flatten"]
    desk.release(goal)
    (wire,) = desk.view.canvas.links.values()
    assert "vector" in wire.problem
    assert desk.item("head").card.severity == "error"
    assert desk.item("head").card.fix == "Insert Flatten"
    desk.click(desk.view.mapFromScene(desk.item("head").fix_rect.center()))
    assert desk.item("head").card.severity == ""
    assert desk.document.history.undo_name == "Insert Flatten"
    desk.document.undo()
    assert desk.item("head").card.severity == "error"


def test_an_input_for_many_takes_another(make_desk):
    document = Document("sum")
    data = document.add("Dataset", "data", (0, 0), dataset="xor")
    one = document.add("Linear", "one", (232, 0))
    document.add("Linear", "two", (232, 192))
    total = document.add("Add", "total", (500, 0))
    document.connect(data, one)
    document.connect(one, total)
    desk = make_desk(document)
    desk.drag(desk.port("two", "y", True), desk.port("total", "x", False))
    assert {"one.y→total.x", "two.y→total.x"} <= desk.links()


def test_the_same_wire_twice_is_one_item(make_desk):
    document = Document("twice")
    data = document.add("Dataset", "data", (0, 0), dataset="xor")
    total = document.add("Add", "total", (320, 0))
    document.connect("data.point", total)
    document.connect("data.point", total)
    desk = make_desk(document)
    assert len(document.links) == 2
    assert len(desk.view.canvas.links) == 1
    document.disconnect(document.links[0])
    assert len(desk.view.canvas.links) == 1
    desk.document.remove(data)
    assert not desk.view.canvas.links


def test_ports_too_small_to_see_are_not_pressed(desk):
    desk.view.navigator.set_zoom(0.3)
    desk.view.centerOn(QPointF(400, 200))
    desk.press(desk.port("tanh", "y", True) - QPoint(2, 0))
    assert type(desk.view.hands.gesture).__name__ == "MoveGesture"
    desk.release(desk.port("tanh", "y", True))


def test_with_alt_two_wires_change_ends(desk):
    desk.document.connect("linear", "free")
    steps, before = desk.steps, desk.links()
    goal = desk.port("free", "x", False)
    desk.press(desk.port("head", "x", False))
    desk.move(goal + QPoint(0, 40), ALT)
    desk.move(goal, ALT)
    assert desk.view.hands.gesture.said == ["The two wires change ends"]
    desk.release(goal, ALT)
    assert {"linear.y→head.x", "tanh.y→free.x"} <= desk.links() & desk.drawn_links()
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Swap wires"
    desk.document.undo()
    assert desk.links() == before


def test_without_alt_the_wire_that_is_there_makes_way(desk):
    desk.document.connect("linear", "free")
    desk.drag(desk.port("head", "x", False), desk.port("free", "x", False))
    assert "tanh.y→free.x" in desk.links()
    assert not [link for link in desk.links() if link.endswith("→head.x")]


def test_over_a_card_the_wire_goes_to_its_nearest_port_that_takes_it(desk):
    desk.drag(desk.port("tanh", "y", True), desk.header("free"))
    assert "tanh.y→free.x" in desk.links()


def test_from_far_away_a_wire_is_led_from_card_to_card(desk):
    desk.view.navigator.set_zoom(0.35)
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    near_its_end = desk.view.mapFromScene(desk.view.canvas.links[link].path.pointAtPercent(0.9))
    desk.drag(near_its_end, desk.header("free"))
    assert "tanh.y→free.x" in desk.links()
    assert "tanh.y→head.x" not in desk.links()


def test_dropped_on_a_card_that_has_nothing_to_take_it_a_wire_stays(desk, qtbot):
    before, steps = desk.links(), desk.steps
    desk.drag(desk.port("head", "y", True), desk.header("data"))
    desk.drag(desk.port("head", "x", False), desk.header("head"))
    assert desk.links() == before
    with qtbot.assertNotEmitted(desk.view.search_requested):
        desk.drag(desk.port("free", "y", True), desk.header("free"))
    assert desk.links() == before
    assert desk.steps == steps


def test_in_the_middle_of_a_drag_the_right_button_opens_no_menu(desk, qapp):
    desk.press(desk.port("tanh", "y", True))
    at = desk.port("free", "x", False)
    desk.move(at)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, desk.view.viewport().mapToGlobal(at))
    qapp.sendEvent(desk.view.viewport(), event)
    assert qapp.activePopupWidget() is None
    desk.release(at)
    assert "tanh.y→free.x" in desk.links()
