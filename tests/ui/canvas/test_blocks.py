"""Blocks on the canvas: made, entered, left, edited inside, and shown as cards."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.errors import StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.ui import stock
from nnstudio.ui.canvas.gestures.drop import MIME
from nnstudio.ui.canvas.items.card import card_of
from nnstudio.ui.canvas.menus import menu_for
from nnstudio.ui.canvas.metrics import HEADER

CTRL, NO_KEYS = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def made(desk) -> Node:
    """linear and tanh are a block now, shown as its instance."""
    desk.view.canvas.choose((desk.id("linear"), desk.id("tanh")))
    desk.view.make_block()
    return desk.document.node(desk.view.canvas.chosen[0])


def shown(desk) -> set[str]:
    """Names of the nodes on the canvas."""
    return {item.node.name for item in desk.view.canvas.nodes.values()}


def double_click(desk, key: str) -> None:
    at = desk.view.mapFromScene(desk.view.canvas.nodes[key].card_rect.center())
    QTest.mouseDClick(desk.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_selection_becomes_one_card(desk, made):
    assert shown(desk) == {"data", "head", "loss", "free", made.name}
    item = desk.view.canvas.nodes[made.id]
    assert (item.card.name, item.card.family, item.card.mark) == ("Block", "block", "")
    assert item.card.lines == (made.name, "N×8", "24 parameters")
    desk.document.set(made, repeat=1)
    desk.bridge.undo()
    assert shown(desk) == {"data", "linear", "tanh", "head", "loss", "free"}
    assert not desk.troubles


def test_the_card_says_how_often_it_is_repeated_and_follows_its_definition(desk):
    document = desk.document
    linear = document.add("Linear", "square", (900, 0), out_features=8)
    document.connect("tanh", linear)
    block = document.make_block([linear], "Square")
    document.set(block, repeat=6)
    document.rename_block(block.block, "Layer")
    item = desk.view.canvas.nodes[block.id]
    assert (item.card.name, item.card.mark, item.card.lines[-1]) == ("Layer", "×6", "432 parameters")
    inner = document.sheet(block.block)
    inner.rename("x", "left")
    assert desk.view.canvas.nodes[block.id].card.inputs == ("left",)
    inner.add("Input", "right", shape=(8,))
    item = desk.view.canvas.nodes[block.id]
    assert item.card.inputs == ("left", "right")
    assert item.card.named
    left, right = item.plan.spot("left", False), item.plan.spot("right", False)
    assert left.at.y() < right.at.y() < item.plan.card.bottom()
    assert desk.drawn_links() == desk.links()


def test_a_double_click_goes_inside_and_the_keys_go_out_and_in(desk, made):
    before = desk.view.viewportTransform()
    double_click(desk, made.id)
    assert desk.bridge.path == (made.id,)
    assert shown(desk) == {"x", "linear", "tanh", "y"}
    assert not desk.bridge.selection
    desk.view.navigator.set_zoom(0.5)
    desk.view.navigator.pan(40, 30)
    inside = desk.view.viewportTransform()
    desk.key(Qt.Key.Key_Up, CTRL)
    assert desk.bridge.selection == (made.id,)
    assert desk.view.viewportTransform() == before
    desk.key(Qt.Key.Key_Return)
    assert desk.bridge.path == (made.id,)
    assert desk.view.viewportTransform() == inside


def test_hands_edit_the_drawing_that_is_shown(desk, made):
    desk.bridge.enter(made.id)
    sheet = desk.bridge.sheet
    assert sheet is desk.document.sheet(made.block)
    node = desk.view.add_layer("ReLU")
    assert node.id in sheet.nodes
    desk.view.canvas.choose((node.id,))
    desk.view.clipboard.duplicate()
    assert "relu2" in sheet.names
    desk.key(Qt.Key.Key_Delete)
    assert "relu2" not in sheet.names
    start = desk.view.mapFromScene(desk.view.canvas.nodes[node.id].port_at("y", True))
    end = desk.view.mapFromScene(desk.view.canvas.nodes[sheet.node("y").id].port_at("x", False))
    desk.drag(start, end)
    assert [link.source for link in sheet.links_into("y", "x")] == [node.id]
    desk.bridge.leave()
    assert "relu" not in shown(desk)
    assert desk.drawn_links() == desk.links()


def test_edits_elsewhere_do_not_show_here(desk, made):
    desk.bridge.enter(made.id)
    outside = desk.document.add("GELU", "outside")
    desk.document.rename(outside, "other")
    desk.document.remove(outside)
    assert shown(desk) == {"x", "linear", "tanh", "y"}


def test_what_does_not_go_into_a_block_is_told(desk, made):
    desk.bridge.enter(made.id)
    assert desk.view.add_layer("CrossEntropyLoss") is None
    assert "loss" in desk.troubles[-1].message
    assert desk.view.add_layer(stock.OWN + made.block) is None
    assert "contain itself" in desk.troubles[-1].message


def test_undo_goes_where_it_changes_something(desk, made):
    desk.bridge.enter(made.id)
    desk.view.add_layer("ReLU")
    desk.bridge.leave()
    desk.bridge.undo()
    assert desk.bridge.path == (made.id,)
    assert "relu" not in shown(desk)
    desk.bridge.undo()
    assert desk.bridge.path == ()
    assert "linear" in shown(desk)
    desk.bridge.redo()
    assert "linear" not in shown(desk)


def test_a_block_that_vanishes_is_left(desk, made):
    desk.bridge.enter(made.id)
    desk.document.undo()
    assert desk.bridge.path == ()
    assert shown(desk) == {"data", "linear", "tanh", "head", "loss", "free"}


def test_blocks_in_blocks_and_nodes_that_lie_elsewhere(desk, made):
    inner = desk.document.sheet(made.block)
    nested = inner.make_block([inner.node("tanh")], "Inner")
    deep = desk.document.sheet(nested.block).node("tanh")
    desk.bridge.select((deep.id,))
    assert desk.bridge.path == (made.id, nested.id)
    assert desk.view.canvas.chosen == (deep.id,)
    assert desk.bridge.lead == f"{made.name}.{nested.name}."
    desk.bridge.go_to(0)
    assert desk.bridge.selection == (made.id,)


def test_pictures_inside_come_by_the_way_that_leads_there(desk, made):
    desk.bridge.enter(made.id)
    live = desk.view.live
    key = f"{made.name}.tanh"
    assert key in desk.engine.subscriptions[live.subscription].options["nodes"]
    desk.engine.frame("activations", {key: np.zeros(8, np.float32)}, {"sample": 0})
    QApplication.processEvents()
    picture = desk.view.canvas.nodes[desk.bridge.sheet.node("tanh").id].picture
    assert picture is not None
    assert picture.shape == (8,)


def test_dissolve_and_independent_copies(desk, made):
    desk.view.canvas.choose((made.id,))
    desk.view.clipboard.duplicate()
    copy = desk.document.node(desk.view.canvas.chosen[0])
    assert copy.block == made.block
    assert desk.view.can_unlink()
    desk.view.unlink_block()
    assert desk.document.node(copy.id).block != made.block
    assert not desk.view.can_unlink()
    desk.view.dissolve_block()
    assert {desk.document.node(key).name for key in desk.view.canvas.chosen} == {"linear", "tanh"}
    desk.view.canvas.choose((desk.id("data"),))
    desk.view.make_block()
    assert "data set" in desk.troubles[-1].message


def test_the_menu_of_a_block(desk, made):
    hit = desk.view.hit_at(desk.view.mapFromScene(desk.view.canvas.nodes[made.id].card_rect.center()))
    words = [action.text().split("\t")[0] for action in menu_for(desk.view, hit, desk.view.mapToScene(0, 0)).actions()]
    assert "Go inside" in words
    assert "Dissolve block" in words
    assert "Make independent" not in words  # the only one there is


def test_a_block_is_dropped_into_a_wire(desk, made):
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    data = QMimeData()
    data.setData(MIME, (stock.OWN + made.block).encode())
    wire = desk.view.canvas.links[link].path.pointAtPercent(0.5)
    at = desk.view.mapFromScene(wire + QPointF(0, HEADER / 2 - 14))
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NO_KEYS)
    desk.view.hands.drag(event, "drop")
    node = desk.document.node(desk.document.links_into("head", "x")[0].source)
    assert node.block == made.block
    assert node.id != made.id
    assert not desk.view.edits.goes_between("Dataset")


# The library


def library_file(folder, name: str, title: str) -> None:
    document = Document(title)
    relu = document.add("ReLU")
    document.add("Input", "start", shape=(4,))
    document.connect("start", relu)
    document.make_block([relu], "Part")
    storage.save(document, folder / "blocks" / f"{name}{stock.SUFFIX}")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "blocks").mkdir()
    monkeypatch.setattr(stock.paths, "resource", lambda *parts: tmp_path.joinpath(*parts))
    stock.library.cache_clear()
    yield tmp_path
    stock.library.cache_clear()


def test_a_block_of_the_library_is_imported_once(desk, folder):
    library_file(folder, "part", "A part of a network.")
    assert [(item.title, item.summary) for item in stock.library()] == [("part", "A part of a network.")]
    first = desk.view.add_layer("library:part")
    second = desk.view.add_layer("library:part")
    assert first.block == second.block
    assert [item.title for item in stock.own(desk.document)] == ["Part"]
    assert [item.key for item in stock.search("part", desk.document)][:2] == [f"block:{first.block}", "library:part"]
    desk.bridge.undo()
    desk.bridge.undo()
    assert not desk.document.blocks


@pytest.mark.parametrize("text", ["{", json.dumps({"nnstudio": 1, "title": "none", "nodes": [], "links": []})])
def test_a_broken_file_of_the_library_is_told(desk, folder, text):
    (folder / "blocks" / f"bad{stock.SUFFIX}").write_text(text)
    assert [item.title for item in stock.library()] == ["bad"]
    steps = desk.steps
    assert desk.view.add_layer("library:bad") is None
    assert desk.troubles
    assert desk.steps == steps
    with pytest.raises(StorageError):
        stock.put(desk.document, "library:bad", (0, 0))


# Ports and numbers


def test_optional_ports_are_dimmer_and_named(make_desk):
    document = Document("sequence")
    lstm = document.add("LSTM", "lstm")
    card = card_of(lstm, None)
    assert card.named
    assert card.outputs == ("y", "h", "c")
    desk = make_desk(document)
    spots = {spot.name: spot.optional for spot in desk.item("lstm").plan.spots if not spot.is_output}
    assert spots == {"x": False, "h0": True, "c0": True}
    assert "(optional)" in desk.view.hands.tip(desk.port("lstm", "h0", False))


def numbers() -> Document:
    document = Document("numbers")
    document.add("Value", "a", (0, 0), value=4.0)
    document.add("Constant", "m", (0, 200), value=[[1, 2], [3, 4.5]])
    document.add("Add", "total", (232, 0))
    document.add("Minimize", "loss", (464, 0))
    document.connect("a", "total")
    document.connect("total", "loss")
    return document


def test_numbers_stand_in_the_cards_and_gradients_live(make_desk):
    desk = make_desk(numbers())
    assert desk.item("a").card.lines[0] == "Value 4"
    assert desk.item("m").card.lines == ("Constant 2×2", "[1, 2]", "[3, 4.5]")
    four = {"value:a": np.float32(4), "gradient:a": np.float32(-2), "value:total": np.float32(4)}
    desk.engine.frame("gradients", {name: np.asarray(value) for name, value in four.items()}, {"loss": 4.0})
    QApplication.processEvents()
    assert desk.item("a").card.figures == ("4.00", "∂ −2.00")
    assert desk.item("total").card.figures == ("4.00",)
    assert desk.item("loss").card.figures == ("4.00",)
    made = desk.document.make_block(["total"])
    inner = {f"value:{made.name}.total": np.asarray(np.float32(7)), f"value:{made.name}": np.asarray(np.float32(7))}
    desk.engine.frame("gradients", inner, {"loss": 7.0})
    QApplication.processEvents()
    desk.bridge.enter(made.id)
    assert desk.view.canvas.nodes[desk.bridge.sheet.node("total").id].card.figures == ("7.00",)
    desk.bridge.leave()
    desk.document.remove("loss")
    assert desk.view.figures.subscription is None
    assert desk.item("a").card.figures == ()


def test_nobody_asks_for_gradients_where_there_is_data(desk):
    assert desk.view.figures.subscription is None


def test_several_blocks_are_dissolved_in_one_step(desk):
    for name in ("linear", "head"):
        desk.document.make_block([desk.document.node(name)], name.capitalize())
    before, steps = storage.graph_bytes(desk.document), desk.steps
    desk.view.select_all()
    desk.key(Qt.Key.Key_G, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Dissolve 2 nodes"
    assert {desk.document.node(key).name for key in desk.view.canvas.chosen} == {"linear", "head"}
    desk.bridge.undo()
    assert storage.graph_bytes(desk.document) == before
