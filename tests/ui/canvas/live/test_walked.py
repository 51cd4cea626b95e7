"""A walk on the canvas: numbers and pictures where one has been, a ring where one is, the rest dimmed."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.canvas.live.walked import AHEAD, UNCOMPUTED
from tests.ui.canvas.conftest import Desk

SHAPES = {"point": (8, 2), "linear": (8, 8), "tanh": (8, 8), "head": (8, 2), "": ()}


def recorded() -> msg.Recorded:
    """Forward to the loss of the small network, and back to its first layer."""
    steps, arrays = [], {}
    ways = [*((name, False) for name in SHAPES), *((name, True) for name in list(SHAPES)[:0:-1])]
    for number, (name, backward) in enumerate(ways):
        shape, key = SHAPES[name], f"{backward}:{name}"
        arrays[key] = msg.Array.of(
            np.linspace(-number, number + 1, max(1, shape[-1] if shape else 1), dtype=np.float32)
        )
        figures = {"mean": 0.25, "norm": 0.5, "given": name == "point"}
        steps.append(msg.NodeStep(name, backward, shape, key, **figures))
    return msg.Recorded(request=1, step=0, loss=1.0, steps=tuple(steps), arrays=arrays, samples=8)


def begin(desk: Desk) -> None:
    desk.engine.replies[msg.Record] = lambda request, number: recorded()
    walking = desk.bridge.session.walking
    walking.take(walking.record())
    assert walking.walk is not None


def go(desk: Desk, position: int) -> None:
    desk.bridge.session.walking.go_to(position)
    QApplication.processEvents()


def strength(desk: Desk, name: str) -> float:
    return round(desk.item(name).opacity(), 2)


def test_what_is_not_reached_is_dimmed_and_no_card_grows_on_the_way(desk: Desk) -> None:
    plain = {name: desk.item(name).card_rect.height() for name in ("linear", "tanh", "head", "loss")}
    begin(desk)
    go(desk, 1)
    assert [strength(desk, name) for name in ("data", "linear", "tanh", "loss")] == [1, 1, UNCOMPUTED, UNCOMPUTED]
    assert desk.item("linear").card.figures == ("mean 0.25",)
    assert desk.item("tanh").card.figures == ("",)
    heights = {name: desk.item(name).card_rect.height() for name in plain}
    assert all(heights[name] > plain[name] for name in plain)
    assert desk.item("tanh").plan.picture.height() == desk.item("linear").plan.picture.height() > 0
    for position in (4, 8, 2):
        go(desk, position)
        assert {name: desk.item(name).card_rect.height() for name in plain} == heights
    desk.bridge.session.walking.forget()
    assert {name: desk.item(name).card_rect.height() for name in plain} == plain
    assert {strength(desk, name) for name in (*plain, "data", "free")} == {1}
    assert {wire.opacity() for wire in desk.view.canvas.links.values()} == {1}


def test_numbers_and_gradients_of_a_few_are_told_one_by_one(desk: Desk) -> None:
    begin(desk)
    go(desk, 4)
    assert desk.item("loss").card.figures == ("loss = −4",)
    go(desk, 6)
    assert desk.item("loss").card.figures == ("loss = −4", "∂L/∂L = −5")
    assert desk.item("head").card.figures[1].startswith("∂")
    assert [strength(desk, name) for name in ("head", "tanh", "data")] == [1, round(AHEAD, 2), round(AHEAD, 2)]


def test_the_wires_that_lead_there(desk: Desk) -> None:
    begin(desk)
    walked, walk = desk.view.walked, desk.bridge.session.walking.walk
    assert walk is not None
    go(desk, 2)
    assert walked.here == desk.id("tanh")
    assert [(link.source, link.target) for link in walked._leading(walk, walked.here)] == [
        (desk.id("linear"), desk.id("tanh"))
    ]
    go(desk, 7)
    assert walked.here == desk.id("tanh")
    assert [(link.source, link.target) for link in walked._leading(walk, walked.here)] == [
        (desk.id("tanh"), desk.id("head"))
    ]


def painted(desk: Desk) -> QImage:
    image = QImage(desk.view.viewport().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    desk.view.render(painter)
    painter.end()
    return image


def colors_over(desk: Desk, name: str) -> set[str]:
    """Along the ring's upper edge."""
    card = desk.item(name).card_rect
    image = painted(desk)
    across = [desk.view.mapFromScene(card.left() + 100 + dx, card.top() - 4) for dx in range(40)]
    return {image.pixelColor(at).name() for at in across if image.rect().contains(at)}


def test_the_ring_is_seen_near_and_far_and_says_which_way(desk: Desk) -> None:
    begin(desk)
    accent, warning = theme.color("accent").name(), theme.color("warning").name()
    for zoom in (1.0, 0.3):
        desk.view.navigator.set_zoom(zoom)
        desk.bridge.session.walking.go_to(2)
        QApplication.processEvents()
        assert accent in colors_over(desk, "tanh")
        assert accent not in colors_over(desk, "head")
        desk.bridge.session.walking.go_to(7)
        QApplication.processEvents()
        assert warning in colors_over(desk, "tanh")
    desk.bridge.session.walking.forget()
    assert warning not in colors_over(desk, "tanh")


def test_live_frames_wait_under_the_walk(desk: Desk) -> None:
    begin(desk)
    go(desk, 1)
    shown = desk.item("linear").card.figures
    desk.engine.frame("activations", {"linear": np.ones(8, np.float32)})
    QApplication.processEvents()
    assert desk.item("linear").card.figures == shown
    assert desk.item("linear").picture is not None
    desk.bridge.session.walking.forget()
    assert desk.item("linear").card.figures == ()
    assert desk.item("linear").plan.picture.height() > 0


def test_inside_of_a_block_and_outside(desk: Desk) -> None:
    block = desk.document.make_block([desk.document.node("tanh")], "Part")
    desk.document.rename(block, "part")
    tanh = next(n for n in desk.document.sheet(block.block).nodes.values() if n.type == "Tanh")
    steps = [
        msg.NodeStep(f"part.{step.name}", step.backward, step.shape, step.array, aliases=("part",))
        if step.name == "tanh"
        else step
        for step in recorded().steps
    ]
    renamed = msg.Recorded(request=1, step=0, loss=1.0, steps=tuple(steps), arrays=recorded().arrays, samples=8)
    desk.engine.replies[msg.Record] = lambda request, number: renamed
    walking = desk.bridge.session.walking
    walking.take(walking.record())
    go(desk, 2)
    assert desk.view.walked.here == block.id
    desk.bridge.enter(block.id)
    assert desk.view.walked.here == tanh.id
    assert desk.view.canvas.nodes[tanh.id].card.figures[0].startswith("mean")
    go(desk, 1)
    assert desk.view.walked.here == ""
    assert desk.view.canvas.nodes[tanh.id].opacity() == UNCOMPUTED
    desk.bridge.leave()
    assert desk.view.walked.here == desk.id("linear")


def test_another_project_is_not_walked(desk: Desk) -> None:
    begin(desk)
    go(desk, 3)
    other = Document("other")
    other.add("ReLU", "relu")
    desk.open(other)
    assert desk.item("relu").opacity() == 1
    assert desk.view.walked.here == ""
