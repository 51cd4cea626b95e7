"""What cards and wires say, live pictures, and a thousand nodes."""

import time

import numpy as np
import safetensors.numpy
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtWidgets import QApplication

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.card import card_of
from nnstudio.ui.canvas.items.thumbnails import still_fits, thumbnail_of
from nnstudio.ui.canvas.layout import free_in, free_near, free_place
from nnstudio.ui.canvas.wiring.routing import Obstacles, route


def digits() -> Document:
    document = Document("digits")
    data = document.add("Dataset", "digits", (0, 72), dataset="digits")
    conv = document.add("Conv2d", "conv", (232, 0))
    pool = document.add("MaxPool2d", "pool", (464, 0))
    flatten = document.add("Flatten", "flatten", (232, 192))
    head = document.add("Linear", "head", (464, 192), out_features=10)
    loss = document.add("CrossEntropyLoss", "loss", (800, 192))
    for before, after in ((data, conv), (conv, pool), (pool, flatten), (flatten, head), (head, loss)):
        document.connect(before, after)
    document.connect("digits.label", loss)
    return document


FRAME = {
    "input:image": np.random.default_rng(0).random((1, 8, 8)).astype(np.float32),
    "conv": np.random.default_rng(1).random((8, 8, 8)).astype(np.float32),
    "pool": np.random.default_rng(2).random((8, 4, 4)).astype(np.float32),
    "flatten": np.zeros(256, np.float32),
    "head": np.arange(10, dtype=np.float32) - 4,
}


def test_cards_tell_what_matters(make_desk):
    desk = make_desk(digits())
    assert desk.item("conv").card.lines == ("out_channels 16 · kernel 3×3", "160 parameters")
    assert desk.item("pool").card.lines == ("MaxPool2d 2×2",)
    assert desk.item("digits").card.lines == ("Dataset · digits", "1,797 samples")
    assert desk.item("flatten").card.lines == ("Flatten",)
    desk.document.set("conv", out_channels=32, kernel_size=(3, 5))
    assert desk.item("conv").card.lines == ("out_channels 32 · kernel 3×5", "512 parameters")
    desk.document.rename("conv", "edges")
    assert desk.item("edges").card.name == "edges"


def test_long_wires_say_their_shape(make_desk):
    desk = make_desk(digits())
    shown = {wire.text for wire in desk.view.canvas.links.values() if wire.chip_shown}
    assert shown == {"N×16×4×4", "N×10", "label N · 10 classes"}
    kinds = {wire.spec.kind for wire in desk.view.canvas.links.values()}
    assert {"image", "vector", "label"} <= kinds


def test_problems_show_at_the_node(desk):
    assert desk.item("free").card.severity == "warning"
    plain = desk.item("head").plan.bounds.height()
    (link,) = desk.document.links_into("head", "x")
    desk.document.disconnect(link)
    assert desk.item("head").card.severity == "error"
    assert desk.item("head").plan.bounds.height() > plain
    tip = desk.view.hands.tip(desk.header("head"))
    assert "head" in tip
    assert "Connect" in tip
    desk.document.undo()
    assert desk.item("head").card.severity == ""


def test_tips_are_plain_text(make_desk):
    desk = make_desk(digits())
    assert texts.plain("<b>x</b>\ny") == "<qt>&lt;b&gt;x&lt;/b&gt;<br>y</qt>"
    assert "N×16×8×8" in desk.view.hands.tip(desk.port("conv", "y", True))
    assert "an image" in desk.view.hands.tip(desk.port("conv", "x", False))
    assert "N×16×8×8" in desk.view.hands.tip(desk.header("conv"))


def test_the_loss_shows_its_latest_value(make_desk, qapp):
    desk = make_desk(digits())
    assert desk.item("loss").card.value == ""
    desk.engine.play(2)
    qapp.processEvents()
    assert desk.item("loss").card.value == texts.loss_text(desk.bridge.session.run.losses[-1])
    assert texts.loss_text(0.08123) == "0.081"


def test_live_pictures_come_and_go(make_desk, qapp, qtbot):
    desk = make_desk(digits())
    plain = desk.item("conv").card_rect.height()
    desk.engine.frame("activations", FRAME, {"sample": 3, "samples": 9, "label": 7, "label_name": "7"})
    qapp.processEvents()
    assert desk.item("conv").picture is not None
    assert desk.item("conv").card_rect.height() > plain + 40
    assert desk.item("head").picture is not None
    assert desk.item("digits").picture.told == ("“7”", "sample 3")
    assert desk.item("flatten").picture is not None
    assert desk.item("loss").picture is None
    assert not desk.view.grab().isNull()
    desk.document.set("conv", out_channels=4)
    assert desk.item("conv").picture is None
    assert desk.item("conv").card_rect.height() == plain
    assert desk.item("head").picture is not None


def test_a_hidden_canvas_costs_nothing(make_desk, qapp):
    desk = make_desk(digits())
    (subscribed,) = desk.engine.subscriptions.values()
    assert subscribed.probe == "activations"
    assert subscribed.options == {"nodes": [], "sample": 0, "channels": 8}
    desk.bridge.choose_sample(5)
    (subscribed,) = desk.engine.subscriptions.values()
    assert subscribed.options["sample"] == 5
    desk.view.hide()
    assert not desk.engine.subscriptions
    desk.view.show()
    assert len(desk.engine.subscriptions) == 1


def test_pictures_of_other_shapes():
    assert thumbnail_of(np.zeros((20, 30), np.float32)).height > 0
    assert thumbnail_of(np.zeros(64, np.float32)).height > 0
    assert thumbnail_of(np.zeros(65, np.float32)).images()[0].height() == 3  # as cells, in rows
    assert thumbnail_of(np.zeros(1, np.float32)) is None
    assert thumbnail_of(np.zeros(2, np.float32), given=True).height > thumbnail_of(np.zeros(2, np.float32)).height
    assert thumbnail_of(np.zeros((0, 3), np.float32)) is None
    assert thumbnail_of(np.full(3, np.nan, np.float32)) is not None
    assert len(thumbnail_of(np.zeros((32, 4, 4), np.float32)).images()) == 8
    assert len(thumbnail_of(np.zeros((3, 4, 4), np.float32), given=True).images()) == 1
    assert still_fits(thumbnail_of(np.zeros((8, 4, 4), np.float32)), TensorSpec((-1, 32, 4, 4)))
    assert not still_fits(thumbnail_of(np.zeros((8, 4, 4), np.float32)), TensorSpec((-1, 32, 8, 8)))


def test_wires_go_round_cards():
    source, target, between = QRectF(0, 0, 176, 60), QRectF(900, 0, 176, 60), QRectF(400, -40, 176, 150)
    start, end = QPointF(176, 28), QPointF(900, 28)
    around = route(start, end, source, target, Obstacles([source, target, between]))
    assert not any(between.contains(around.path.pointAtPercent(i / 100)) for i in range(101))
    straight = route(start, end, source, target, Obstacles([source, target]))
    assert straight.middle == QPointF(538, 28)
    low, lower = QRectF(300, -40, 80, 100), QRectF(420, -40, 80, 140)
    below = route(start, end, source, target, Obstacles([source, target, low, lower, QRectF(300, -500, 300, 480)]))
    points = [below.path.pointAtPercent(i / 200) for i in range(201)]
    assert not any(low.contains(at) or lower.contains(at) for at in points)
    back = route(QPointF(1076, 28), QPointF(0, 228), target, QRectF(0, 200, 176, 60), Obstacles([source, target]))
    assert 60 < back.middle.y() < 200


def test_something_finds_the_free_place_nearest_to_the_middle():
    seen, size = QRectF(0, 0, 800, 600), QSizeF(200, 100)
    assert free_in(seen, size, []) == QPointF(304, 248)
    card = QRectF(300, 250, 200, 100)
    at = free_in(seen, size, [card])
    assert seen.contains(QRectF(at, size))
    assert not QRectF(at, size).intersects(card)
    assert abs(at.x() - 304) <= 24
    assert free_in(seen, size, [seen]) is None
    around = QRectF(free_near(seen, size, [seen]), size)
    assert not around.intersects(seen)
    assert seen.adjusted(-250, -150, 250, 150).contains(around)
    assert free_near(seen, size, [seen.adjusted(-9999, -9999, 9999, 9999)]) == QPointF(304, 248)
    assert free_in(QRectF(0, 0, 90, 60), size, []) == QPointF(-56, -16)


def test_new_cards_find_a_free_place():
    cards = [QRectF(0, 0, 176, 60), QRectF(0, 80, 176, 60)]
    at = free_place(QPointF(3, 5), cards)
    assert at.y() >= 140
    assert at.x() == 0


def test_a_thousand_nodes(make_desk, qapp):
    document = Document("big")
    before = document.add("Dataset", dataset="digits")
    with document.transaction("build"):
        for number in range(1, 1000):
            node = document.add("ReLU", at=(number % 32 * 232.0, number // 32 * 192.0))
            document.connect(before, node)
            before = node
    desk = make_desk(Document("first"))
    began = time.perf_counter()
    desk.open(document)
    qapp.processEvents()
    assert time.perf_counter() - began < 8
    assert len(desk.view.canvas.nodes) == 1000
    for zoom in (1.0, 0.5, 0.3, 0.1):
        desk.view.navigator.set_zoom(zoom)
        began = time.perf_counter()
        for _ in range(5):
            desk.view.navigator.pan(10, 5)
            QApplication.processEvents()
        assert time.perf_counter() - began < 3


def test_a_loss_that_is_computed_live_stands_on_the_card_alone():
    document = Document()
    loss = document.add("Minimize", "loss")
    assert card_of(loss, None, value="−3.000").value == "−3.000"
    card = card_of(loss, None, value="−3.000", figures=("−5.18",))
    assert (card.value, card.figures) == ("", ("−5.18",))


def test_numbers_on_cards_have_a_minus_sign_and_no_negative_zero():
    assert [texts.number_text(value) for value in (-0.0, -5.184, -0.001, 3, -2e7)] == [
        "0.00",
        "−5.18",
        "−0.001",
        "3.00",
        "−2e+07",
    ]
    assert [texts.loss_text(value) for value in (-0.0, -3.0, -0.0001)] == ["0.000", "−3.000", "−0.0001"]
    assert [texts.numbers_text(value) for value in (-0.0, -1.5, -2, (-0.0, -1))] == ["0", "−1.5", "−2", "[0, −1]"]
    document = Document()
    scale, softmax = document.add("Scale", factor=-0.5), document.add("Softmax", dim=-1)
    assert texts.telling_line(scale) == "factor −0.5"
    assert "-" not in texts.telling_line(softmax)


def test_nodes_that_start_anew_say_so_until_they_are_trained(desk):
    """After an edit that their weights do not fit; the rest keeps them."""
    document = desk.document
    state = {
        f"{document.nodes[key].name}.{part}": np.zeros(shape, np.float32)
        for key, facts in desk.bridge.session.compiled.facts.items()
        for part, shape in facts.weights.items()
    }
    document.set_trained(Trained(safetensors.numpy.save(state)))
    values = lambda: {name: desk.item(name).card.value for name in ("linear", "head", "tanh")}  # noqa: E731
    assert set(values().values()) == {""}
    document.set("head", out_features=3)
    assert values() == {"linear": "", "head": "new", "tanh": ""}
    document.undo()
    assert set(values().values()) == {""}
