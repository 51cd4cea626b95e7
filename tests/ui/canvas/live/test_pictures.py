"""Pictures for every kind of output, and that a large drawing asks for what is in view alone."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnstudio.graph.document import Document
from nnstudio.ui.canvas.items.word_pictures import NumberPicture, TokenPicture
from nnstudio.ui.canvas.live.pictures import MANY
from tests.classics.drawing import Pen


def row(*layers, data, loss, entry=0):
    document = Document("row")
    pen = Pen(document)
    pen.start("Dataset", "data", dataset=data)
    for kind, values in layers:
        pen.layer(kind, **values)
    pen.layer(loss, "loss")
    document.connect(f"data.{document.node('data').outputs[1].name}", "loss.target")
    return document


def language():
    layers = ("Embedding", {"name": "embedding", "embedding_dim": 8}), ("Linear", {"name": "head", "out_features": 97})
    return row(*layers, data="python_reference", loss="CrossEntropyLoss")


def show(desk, qapp, arrays, **facts):
    desk.view.live._pause.stop()  # eyes need a pause between two frames, and tests none
    desk.engine.frame("activations", arrays, {"sample": 3, "samples": 9, "label": -1, "label_name": "", **facts})
    qapp.processEvents()


def test_a_text_is_written_and_stands_under_the_names_of_the_ports(make_desk, qapp):
    desk = make_desk(language())
    numbers = np.arange(64, dtype=np.float32)
    show(desk, qapp, {"input:text": numbers}, **{"tokens:text": [*'The "assert" statement\n']})
    item = desk.item("data")
    assert isinstance(item.picture, TokenPicture)
    assert "".join(item.picture.words) == 'The␣"assert"␣statement⏎'
    assert item.plan.picture.top() > max(spot.at.y() for spot in item.plan.spots)
    assert not desk.view.grab().isNull()
    before = item.picture
    show(desk, qapp, {"input:text": numbers}, **{"tokens:text": [*'The "assert" statement\n']})
    assert item.picture is before
    show(desk, qapp, {"input:text": numbers}, **{"tokens:text": [*"other"]})
    assert "".join(item.picture.words) == "other"


def test_a_sequence_made_smaller_is_taken_for_what_it_is(make_desk, qapp):
    desk = make_desk(language())
    show(desk, qapp, {"head": np.zeros((32, 64), np.float32)}, **{"shape:head": [64, 97]})
    assert desk.item("head").picture is not None
    show(desk, qapp, {"head": np.zeros((32, 64), np.float32)}, **{"shape:head": [64, 98]})  # of another drawing
    assert desk.item("head").picture is None


def test_single_numbers_are_written_the_loss_with_its_sample(make_desk, qapp):
    document = row(("Linear", {"name": "head", "out_features": 1}), data="moons", loss="BCEWithLogitsLoss")
    desk = make_desk(document)
    show(desk, qapp, {"head": np.array([-0.731], np.float32)}, loss=0.6931)
    head, loss = desk.item("head").picture, desk.item("loss").picture
    assert isinstance(head, NumberPicture)
    assert head.told == ("−0.73", "")
    assert loss is not None
    assert loss.told == ("0.69", "sample 3")
    assert not desk.view.grab().isNull()
    document.set("head", out_features=2)
    assert desk.item("head").picture is None


def test_where_only_numbers_are_computed_they_are_told_once(make_desk, qapp):
    document = Document("numbers")
    document.add("Value", "a", value=2.0)
    document.add("Minimize", "loss")
    document.connect("a", "loss")
    desk = make_desk(document)
    show(desk, qapp, {"a": np.array(2.0, np.float32)}, loss=2.0)
    assert desk.item("a").picture is None
    assert desk.item("loss").picture is None


def test_inside_a_repeated_block_pictures_are_those_of_the_first(make_desk, qapp):
    document = Document("blocks")
    block = document.add_block("Part")
    document.add("Input", "x", shape=(1, 8, 8))
    instance = document.rename(document.place(block.id, (200, 0)), "part")
    document.set(instance, repeat=2)
    document.connect("x", "part")
    desk = make_desk(document)
    desk.bridge.enter(document.node("part").id)
    qapp.processEvents()
    (wanted,) = [each for each in desk.engine.subscriptions.values() if each.probe == "activations"]
    assert wanted.options["nodes"]
    assert all(str(name).startswith("part.0.") for name in wanted.options["nodes"])


@pytest.fixture
def large(make_desk):
    document = Document("large")
    pen = Pen(document)
    pen.start("Input", "x", shape=(4,))
    for number in range(MANY + 10):
        pen.layer("Tanh", f"tanh_{number}")
    return make_desk(document)


def options(desk):
    found = [each.options for each in desk.engine.subscriptions.values() if each.probe == "activations"]
    return found[0] if found else None


def test_of_a_large_drawing_only_what_is_in_view_is_asked_for(large, qtbot):
    large.view.navigator.set_zoom(1.0)
    large.view.centerOn(QPointF(0, 0))
    qtbot.waitUntil(lambda: len(options(large)["nodes"]) < MANY / 2, timeout=3000)
    assert "tanh_0" in options(large)["nodes"]
    large.view.centerOn(large.item(f"tanh_{MANY + 9}").card_rect.center())
    qtbot.waitUntil(lambda: f"tanh_{MANY + 9}" in options(large)["nodes"], timeout=3000)
    assert "tanh_0" not in options(large)["nodes"]


def test_from_far_away_a_large_drawing_has_no_pictures_and_costs_nothing(large, qtbot):
    large.view.navigator.set_zoom(0.2)
    qtbot.waitUntil(lambda: options(large) is None, timeout=3000)
    large.view.navigator.set_zoom(0.8)
    qtbot.waitUntil(lambda: options(large) is not None, timeout=3000)
