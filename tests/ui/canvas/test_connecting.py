"""Wires by hand: made, replaced, moved, taken out, refused."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolTip

from nnstudio.graph.document import Document


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


def test_a_new_wire_dropped_in_empty_space_is_nothing(desk):
    steps = desk.steps
    desk.drag(desk.port("tanh", "y", True), desk.free_point())
    assert desk.steps == steps


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
