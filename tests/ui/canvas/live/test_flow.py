"""Gradient flow on the wires: asked for, shown by size, and gone again."""

from __future__ import annotations

from math import inf

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.flowing import DECADES, Flow, largest_of, share_of
from tests.ui.canvas.conftest import Desk


def frame(desk: Desk, **sizes: float) -> msg.ProbeFrame:
    number = desk.view.flow.subscription
    assert number is not None
    return msg.ProbeFrame(subscription=number, step=1, facts={f"rms:{name}": size for name, size in sizes.items()})


def test_a_scale_of_powers_of_ten() -> None:
    assert share_of(1.0, 1.0) == 1.0
    assert share_of(10 ** (-DECADES / 2), 1.0) == pytest.approx(0.5)
    assert share_of(0.0, 1.0) == share_of(1e-30, 1.0) == share_of(0.0, 0.0) == 0.0
    assert share_of(inf, 1.0) == 1.0
    words = [Flow(size, share_of(size, 1.0)).mark for size in (1.0, 1e-9, 5e3, inf)]
    assert words == ["", "vanishing", "exploding", "exploding"]


def test_the_key_shows_it_and_takes_it_away(desk: Desk) -> None:
    view = desk.view
    wire = view.canvas.links[next(link for link in desk.document.links if link.source == desk.id("linear"))]
    shape, plain = wire.text, wire.color().name()
    assert view.flow.subscription is None, "nobody looks, so nothing is computed"
    desk.key(Qt.Key.Key_G)
    assert view.flow.subscription is not None
    desk.bridge.frame.emit(frame(desk, linear=0.5, tanh=5e-7, head=0.1))
    assert wire.text == "∂ 0.50"
    assert wire.color().name() != plain
    assert view.flow.legend.isVisible()
    thin = view.canvas.links[next(link for link in desk.document.links if link.source == desk.id("tanh"))]
    assert "vanishing" in thin.text
    assert wire.flow is not None
    assert thin.flow is not None
    assert wire.flow.width > thin.flow.width
    desk.key(Qt.Key.Key_G)
    assert (wire.text, wire.color().name(), view.flow.legend.isVisible()) == (shape, plain, False)
    assert view.flow.subscription is None


def test_an_edit_that_ends_the_training_ends_the_flow(desk: Desk) -> None:
    desk.key(Qt.Key.Key_G)
    desk.bridge.frame.emit(frame(desk, linear=0.5))
    desk.document.remove("loss")
    assert all(wire.flow is None for wire in desk.view.canvas.links.values())
    assert desk.view.flow.subscription is None


def test_what_explodes_is_off_the_scale_of_the_rest(desk: Desk) -> None:
    desk.key(Qt.Key.Key_G)
    desk.bridge.frame.emit(frame(desk, linear=5e6, tanh=0.5, head=inf))
    wires = {desk.document.node(link.source).name: wire for link, wire in desk.view.canvas.links.items()}
    flows = {name: wires[name].flow for name in ("linear", "tanh", "head")}
    assert {name: flow.mark for name, flow in flows.items() if flow} == {
        "linear": "exploding",
        "tanh": "",
        "head": "exploding",
    }
    assert flows["tanh"] == Flow(0.5, 1.0)
    assert share_of(inf, largest_of([inf])) == share_of(5e6, largest_of([5e6])) == 1.0


def test_a_wire_without_a_gradient_says_so_while_others_show_theirs(desk: Desk) -> None:
    labels = next(link for link in desk.document.links if link.input == "target")
    wire = desk.view.canvas.links[labels]
    plain = wire.color().name()
    desk.key(Qt.Key.Key_G)
    desk.bridge.frame.emit(frame(desk, data=0.1, linear=0.5, tanh=0.5, head=0.1))
    assert wire.text == "no gradient"
    assert wire.color().name() == theme.color("muted").name()
    desk.key(Qt.Key.Key_G)
    assert wire.color().name() == plain
    assert "2 classes" in wire.text


@pytest.mark.parametrize("name", ["dark", "light", "high-contrast"])
def test_its_colours_stand_out_from_the_paper(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    paper = theme.color("canvas").name()
    ratios = [theme.contrast(Flow(1.0, step / 10).color.name(), paper) for step in range(11)]
    assert min(ratios) >= 2.0


def test_it_is_seen_from_far_away(desk: Desk) -> None:
    desk.view.navigator.set_zoom(0.3)
    desk.view.canvas.faces.hasty = False
    before = desk.view.viewport().grab().toImage()
    desk.key(Qt.Key.Key_G)
    desk.bridge.frame.emit(frame(desk, linear=0.5, tanh=5e-3, head=0.1))
    shown = desk.view.viewport().grab().toImage()
    assert shown.pixelColor(_on_wire(desk)) != before.pixelColor(_on_wire(desk))
    desk.key(Qt.Key.Key_G)
    assert desk.view.viewport().grab().toImage().pixelColor(_on_wire(desk)) == before.pixelColor(_on_wire(desk))


def _on_wire(desk: Desk) -> QPoint:
    link = next(link for link in desk.document.links if link.source == desk.id("tanh"))
    return desk.view.mapFromScene(desk.view.canvas.links[link].route.middle)
