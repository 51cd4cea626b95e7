"""Search-to-add with real keys and mouse: it opens where it is asked for, and the new node arrives chosen and wired."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from nnstudio import paths
from nnstudio.ui.adding import Adding
from nnstudio.ui.canvas.boxes.choice_box import INSET
from nnstudio.ui.canvas.boxes.wish import Pulled
from nnstudio.ui.canvas.menus import menu_for
from nnstudio.ui.palette.palette import Palette
from tests.ui.canvas.conftest import LEFT, NONE, Desk
from tests.ui.studio import make_active

Key, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def palette(desk: Desk, qtbot) -> Palette:
    palette = Palette(desk.bridge)
    qtbot.addWidget(palette)
    return palette


@pytest.fixture
def adding(desk: Desk, palette: Palette) -> Adding:
    make_active(desk.view)
    return Adding(palette, desk.view)


def double_click(desk: Desk, at: QPoint) -> None:
    QTest.mouseDClick(desk.view.viewport(), LEFT, NONE, at)


def type_and_enter(adding: Adding, text: str) -> None:
    QTest.keyClicks(adding.box.field, text)
    QTest.keyClick(adding.box.field, Key.Key_Return)


def titles(adding: Adding) -> list[str]:
    return [choice.title for choice in adding.box.model.choices]


def pull(desk: Desk, node: str, port: str, at: QPointF, is_output: bool = True) -> None:
    desk.view.ask_for_layer(at, Pulled(desk.id(node), port, is_output))


def test_a_double_click_on_empty_canvas_puts_a_layer_there(desk: Desk, adding: Adding) -> None:
    steps = desk.steps
    double_click(desk, desk.free_point())
    assert adding.box.isVisible()
    assert adding.box.field.hasFocus()
    type_and_enter(adding, "sigm")
    node = desk.document.node("sigmoid")
    place = desk.view.mapToScene(desk.free_point())
    assert desk.item("sigmoid").card_rect.contains(place)
    assert desk.bridge.selection == (node.id,)
    assert not adding.box.isVisible()
    assert desk.view.hasFocus()
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Add Sigmoid"
    assert not desk.document.links_of(node)


def test_a_data_set_is_found_and_comes_as_a_dataset_in_one_step(desk: Desk, adding: Adding) -> None:
    steps = desk.steps
    double_click(desk, desk.free_point())
    QTest.keyClicks(adding.box.field, "flowers")
    assert adding.box.current.title == "Iris"
    assert adding.box.current.note == "Data sets"
    QTest.keyClick(adding.box.field, Key.Key_Return)
    (added,) = desk.bridge.selection
    assert desk.document.node(added).params["dataset"] == "iris"
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Add Iris"


def test_an_input_is_offered_the_data_sets_that_fit_it(desk: Desk, adding: Adding) -> None:
    pull(desk, "head", "x", QPointF(100, 500), is_output=False)
    type_and_enter(adding, "wine")
    (added,) = desk.bridge.selection
    (link,) = desk.document.links_into("head", "x")
    assert (link.source, link.output) == (added, "x")


def test_a_data_set_is_dropped_from_the_palette(desk: Desk, adding: Adding, palette: Palette) -> None:
    data = palette.tree.drag_data("dataset:iris", "Iris")
    place = QPointF(desk.free_point())
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, LEFT, NONE)
    desk.view.hands.drag(event, "drop")
    (added,) = desk.bridge.selection
    assert desk.document.node(added).params["dataset"] == "iris"


def test_space_adds_behind_the_chosen_node_and_wires_it_in_one_step(desk: Desk, adding: Adding) -> None:
    desk.click(desk.header("free"))
    steps = desk.steps
    desk.key(Key.Key_Space)
    assert titles(adding)[:2] == ["Conv2d", "Linear"]  # what usually follows a ReLU
    type_and_enter(adding, "drop")
    assert "free.y→dropout.x" in desk.links()
    assert desk.steps == steps + 1
    assert desk.item("dropout").pos().x() > desk.item("free").pos().x()
    desk.document.undo()
    assert "dropout" not in desk.document


def test_space_without_a_choice_adds_under_the_mouse(desk: Desk, adding: Adding) -> None:
    desk.key(Key.Key_Space)
    type_and_enter(adding, "tanh")
    assert not desk.document.links_of("tanh2")


def test_after_a_search_in_vain_the_box_opens_as_large_as_before(desk: Desk, adding: Adding) -> None:
    heights = set()
    for _ in range(2):
        desk.key(Key.Key_Tab)
        heights.add((adding.box.height(), adding.box.list.height()))
        QTest.keyClicks(adding.box.field, "zzzz")
        QTest.qWait(1)
        assert adding.box.empty.isVisible()
        QTest.keyClick(adding.box.field, Key.Key_Escape)
    assert len(heights) == 1


def test_a_wire_dropped_on_empty_canvas_arrives_at_the_new_node(desk: Desk, adding: Adding) -> None:
    steps, place = desk.steps, QPointF(700, 300)
    pull(desk, "head", "y", place)
    assert "Dataset" not in titles(adding)
    type_and_enter(adding, "softmax")
    assert "head.y→softmax.x" in desk.links()
    port = desk.item("softmax").port_at("x", False)
    assert (port - place).manhattanLength() <= 8
    assert desk.steps == steps + 1
    assert desk.bridge.selection == (desk.id("softmax"),)


def test_a_wire_is_dragged_to_empty_canvas_and_ends_at_what_is_chosen(desk: Desk, adding: Adding) -> None:
    end = desk.view.mapFromScene(QPointF(760, 330))
    desk.drag(desk.port("free", "y", True), end)
    assert adding.box.isVisible()
    near = QPoint(end.x() - 3, end.y())  # the wire is seen as long as one chooses
    seen = desk.view.viewport().grab().toImage().pixelColor(near)
    QTest.keyClick(adding.box.field, Key.Key_Escape)
    assert desk.view.viewport().grab().toImage().pixelColor(near) != seen
    desk.drag(desk.port("free", "y", True), end)
    type_and_enter(adding, "elu")
    assert "free.y→elu.x" in desk.links()
    assert (desk.item("elu").port_at("x", False) - desk.view.mapToScene(end)).manhattanLength() <= 8


def test_a_layer_is_put_into_a_wire_by_its_menu(desk: Desk, adding: Adding) -> None:
    (wire,) = [item for link, item in desk.view.canvas.links.items() if link.target == desk.id("head")]
    at = desk.view.mapFromScene(wire.path.pointAtPercent(0.5))
    steps, before = desk.steps, desk.links()
    menu = menu_for(desk.view, desk.view.hit_at(at), desk.view.mapToScene(at))
    next(action for action in menu.actions() if action.text() == "Insert a layer…").trigger()
    assert "Dataset" not in titles(adding)
    type_and_enter(adding, "sigm")
    assert {"tanh.y→sigmoid.x", "sigmoid.y→head.x"} <= desk.links()
    assert desk.steps == steps + 1
    desk.document.undo()
    assert desk.links() == before


def test_a_wire_pulled_from_an_input_is_fed_by_the_new_node(desk: Desk, adding: Adding) -> None:
    pull(desk, "free", "x", QPointF(100, 400), is_output=False)
    assert "CrossEntropyLoss" in titles(adding)
    type_and_enter(adding, "linear")
    assert "linear2.y→free.x" in desk.links()
    pull(desk, "head", "x", QPointF(100, 400), is_output=False)
    type_and_enter(adding, "gelu")
    assert "gelu.y→head.x" in desk.links()
    assert "tanh.y→head.x" not in desk.links()
    desk.document.undo()
    assert "tanh.y→head.x" in desk.drawn_links()


def test_arrows_walk_the_list_and_its_detail_follows(desk: Desk, adding: Adding) -> None:
    box = adding.box
    double_click(desk, desk.free_point())
    first = box.current
    QTest.keyClick(box.field, Key.Key_Down)
    assert box.list.currentIndex().row() == 1
    assert box.detail.text() == box.current.detail
    assert box.field.accessibleDescription() == box.current.spoken()
    QTest.keyClick(box.field, Key.Key_Tab)
    assert box.list.currentIndex().row() == 2
    assert box.field.hasFocus()
    QTest.keyClick(box.field, Key.Key_Backtab, SHIFT)
    QTest.keyClick(box.field, Key.Key_Up)
    assert box.current == first
    QTest.keyClick(box.field, Key.Key_Up)
    assert box.list.currentIndex().row() == len(box.model.choices) - 1
    QTest.keyClick(box.field, Key.Key_PageUp)
    assert 0 < box.list.currentIndex().row() < len(box.model.choices) - 2
    for _ in range(40):
        QTest.keyClick(box.field, Key.Key_PageUp)
    assert box.list.currentIndex().row() == 0
    QTest.keyClick(box.field, Key.Key_PageDown)
    assert box.list.currentIndex().row() > 3


def test_escape_closes_and_gives_the_canvas_back(desk: Desk, adding: Adding) -> None:
    steps = desk.steps
    desk.click(desk.header("tanh"))
    desk.key(Key.Key_Space)
    QTest.keyClicks(adding.box.field, "mm")
    assert not desk.document.node("tanh").muted
    QTest.keyClick(adding.box.field, Key.Key_Delete)
    QTest.keyClick(adding.box.field, Key.Key_Escape)
    assert not adding.box.isVisible()
    assert desk.view.hasFocus()
    assert desk.steps == steps
    assert desk.bridge.selection == (desk.id("tanh"),)


def test_a_click_chooses_and_a_click_elsewhere_closes(desk: Desk, adding: Adding) -> None:
    double_click(desk, desk.free_point())
    QTest.keyClicks(adding.box.field, "pool")
    row = adding.box.model.index(1, 0)
    wanted = adding.box.model.choices[1].title
    QTest.mouseClick(adding.box.list.viewport(), LEFT, NONE, adding.box.list.visualRect(row).center())
    assert desk.document.node(desk.bridge.selection[0]).type == wanted
    double_click(desk, desk.view.mapFromScene(QPointF(40, 500)))
    assert adding.box.isVisible()
    count = len(desk.document.nodes)
    desk.click(desk.header("free"))
    assert not adding.box.isVisible()
    assert len(desk.document.nodes) == count


def test_it_says_why_nothing_is_found(desk: Desk, adding: Adding) -> None:
    pull(desk, "head", "y", QPointF(700, 300))
    QTest.keyClicks(adding.box.field, "dataset")
    assert adding.box.empty.text() == "'dataset' has no port that can take this wire."
    assert not adding.box.list.isVisible()
    steps = desk.steps
    QTest.keyClick(adding.box.field, Key.Key_Return)
    assert adding.box.isVisible()
    adding.box.field.setText("zzzzz")
    assert adding.box.empty.text() == "No layer, data set or block is called 'zzzzz'."
    QTest.keyClick(adding.box.field, Key.Key_Down)
    assert desk.steps == steps


@pytest.mark.parametrize("at", [(0, 0), (1279, 799), (640, 780)])
@pytest.mark.parametrize("size", [(1280, 800), (420, 260)])
def test_it_stays_inside_the_view(desk: Desk, adding: Adding, at: tuple[int, int], size: tuple[int, int]) -> None:
    desk.view.resize(*size)
    desk.view.ask_for_layer(desk.view.mapToScene(QPoint(*at)))
    room = desk.view.rect().adjusted(INSET, INSET, -INSET, -INSET)
    assert room.adjusted(-1, -1, 1, 1).contains(QRect(adding.box.pos(), adding.box.size()))


def test_it_closes_where_another_drawing_is_shown(desk: Desk, adding: Adding) -> None:
    double_click(desk, desk.free_point())
    made = desk.document.make_block([desk.document.node("tanh")], "Part")
    desk.bridge.enter(made.id)
    assert not adding.box.isVisible()


def test_what_does_not_fit_yet_is_told_before_it_is_added(desk: Desk, adding: Adding) -> None:
    pull(desk, "head", "y", QPointF(700, 300))
    QTest.keyClicks(adding.box.field, "conv2d")
    assert adding.box.current.warning.startswith("Gets N×2 and needs")
    assert adding.box.detail.text() == adding.box.current.warning
    QTest.keyClick(adding.box.field, Key.Key_Return)
    assert "head.y→conv.x" in desk.links()


def test_what_was_added_after_such_a_node_is_offered_first(desk: Desk, adding: Adding) -> None:
    for _ in range(12):
        pull(desk, "head", "y", QPointF(700, 300))
        type_and_enter(adding, "gelu")
        desk.document.undo()
    pull(desk, "linear", "y", QPointF(700, 300))
    assert titles(adding)[0] == "GELU"
    adding.box.close_box()
    adding._save()
    assert "GELU" in json.loads((paths.config_dir() / "habits.json").read_text())["added"]["Linear"]


def test_the_palette_still_adds(desk: Desk, adding: Adding, palette: Palette) -> None:
    desk.click(desk.header("free"))
    palette.chosen.emit("Dropout")
    assert "free.y→dropout.x" in desk.links()
    assert not adding.box.isVisible()


def test_every_row_can_be_read_by_a_screen_reader(desk: Desk, adding: Adding) -> None:
    double_click(desk, desk.free_point())
    spoken = adding.box.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Dataset, Data, ")
    assert adding.box.field.accessibleName() == "Add a layer"
    assert adding.box.list.accessibleName()


def test_replacing_asks_in_the_same_box(desk: Desk, adding: Adding) -> None:
    desk.click(desk.header("tanh"))
    steps = desk.steps
    desk.view.rewire.ask_replacement()
    assert adding.box.field.accessibleName() == "Replace with…"
    type_and_enter(adding, "gelu")
    assert desk.document.node(desk.bridge.selection[0]).type == "GELU"
    assert "tanh" not in {node.type.lower() for node in desk.document.nodes.values()}
    assert len(desk.links()) == 5
    assert desk.steps == steps + 1


def test_it_closes_with_the_canvas(desk: Desk, adding: Adding) -> None:
    double_click(desk, desk.free_point())
    desk.view.hide()
    desk.view.show()
    assert not adding.box.isVisible()
