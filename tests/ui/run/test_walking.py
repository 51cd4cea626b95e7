"""Walking through a batch: the commands, the bar and its keys, the words, and on to the next batch."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.errors import EngineError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.training import Trained
from nnstudio.project.session import Session
from nnstudio.project.walking import Walk
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.run import walk_words
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.walk_control import WalkControl
from nnstudio.ui.run.walkbar import WalkBar
from tests.ui.studio import Studio, classifier, faulty, make_active, open_studio, settle, shown

VALUES = {"a": 4.0, "b": -2.0, "d": 5.0, "c": -8.0, "e": -3.0, "": -3.0}
GRADIENTS = {"": 1.0, "e": 1.0, "d": 1.0, "c": 1.0, "a": -2.0, "b": 4.0}
TERMS = {"e": ("", 1.0), "d": ("e", 1.0), "c": ("e", 1.0), "a": ("c", -2.0), "b": ("c", 4.0)}
SHAPES = {"image": (32, 1, 8, 8), "conv": (32, 4, 8, 8), "relu": (32, 4, 8, 8), "head": (32, 10), "": ()}


def five(step: int = 0) -> msg.Recorded:
    """What the engine records of the example."""
    steps, arrays = [], {}
    for backward, numbers in ((False, VALUES), (True, GRADIENTS)):
        for name, value in numbers.items():
            key = f"{backward}:{name}"
            arrays[key] = msg.Array.of(np.float32(value).reshape(()))
            terms = (msg.Term(*TERMS[name]),) if backward and name in TERMS else ()
            steps.append(msg.NodeStep(name, backward, (), key, mean=value, terms=terms))
    return msg.Recorded(request=1, step=step, loss=-3.0, steps=tuple(steps), arrays=arrays)


def digits(sample: int = 0) -> msg.Recorded:
    """A few operations of a classifier, without numbers."""
    forward = [
        msg.NodeStep(name, False, shape, mean=0.123456, std=0.5, low=-1.0, high=2.0, given=name == "image")
        for name, shape in SHAPES.items()
    ]
    backward = [msg.NodeStep(name, True, SHAPES[name], norm=0.0312) for name in ("", "head", "conv")]
    norms = {"conv.weight": 0.25, "conv.bias": 0.1}
    return msg.Recorded(
        request=1, step=0, loss=2.3, steps=(*forward, *backward), arrays={}, weight_norms=norms, sample=sample,
        samples=32, left_out=8,
    )  # fmt: skip


class Desk:
    """The bar and what it calls, on a fake engine."""

    def __init__(self, qtbot: QtBot, studio: Studio) -> None:
        self.studio, self.engine, self.bridge = studio, studio.engine, studio.bridge
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.run = RunControl(self.bridge, self.host)
        self.control = WalkControl(self.bridge, self.run, self.host)
        self.bar = WalkBar(self.bridge, self.control)
        self.bar.resize(700, 72)
        qtbot.addWidget(self.bar)

    @property
    def walk(self) -> Walk | None:
        return self.bridge.session.walking.walk

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.control.step()
            settle(self.bridge)

    def said(self) -> str:
        assert self.walk is not None
        return walk_words.what(self.walk)

    def asked(self, kind: type[msg.AnyRequest]) -> list[msg.AnyRequest]:
        return [request for request in self.engine.asked if isinstance(request, kind)]


@pytest.fixture
def desk(qtbot: QtBot, qapp: object) -> Desk:
    studio = open_studio(storage.load(resolve("example:backprop-five-nodes")))
    studio.engine.replies[msg.Record] = lambda request, number: five(studio.bridge.session.run.step)
    return Desk(qtbot, studio)


@pytest.fixture
def images(qtbot: QtBot, qapp: object) -> Desk:
    studio = open_studio(classifier())
    studio.engine.replies[msg.Record] = lambda request, number: digits(request.sample)
    return Desk(qtbot, studio)


def test_five_nodes_in_words(desk: Desk) -> None:
    desk.step()
    told = []
    while desk.walk is not None and not desk.walk.at_end:
        told.append(desk.said())
        desk.step()
    assert [*told, desk.said()] == [
        "a = 4", "b = −2", "d = 5", "c = −8, from a = 4, b = −2", "e = −3, from c = −8, d = 5",
        "loss = −3, from e = −3",
        "The way back begins at the loss: ∂L/∂L = 1",
        "∂L/∂e = 1",
        "∂L/∂d = ∂e/∂d · ∂L/∂e = 1 · 1 = 1",
        "∂L/∂c = ∂e/∂c · ∂L/∂e = 1 · 1 = 1",
        "∂L/∂a = ∂c/∂a · ∂L/∂c = −2 · 1 = −2",
        "∂L/∂b = ∂c/∂b · ∂L/∂c = 4 · 1 = 4",
    ]  # fmt: skip
    assert desk.bar.place.text() == "backward 6/6 · b"


def test_a_sum_of_terms_has_brackets_around_what_is_negative() -> None:
    steps = (
        msg.NodeStep("c", True, (), "c"),
        msg.NodeStep("a", True, (), "a", terms=(msg.Term("c", -2.0), msg.Term("c", -3.0))),
    )
    arrays = {"c": msg.Array.of(np.float32(-1.5).reshape(())), "a": msg.Array.of(np.float32(7.5).reshape(()))}
    recorded = msg.Recorded(request=1, step=0, loss=0.0, steps=steps, arrays=arrays)
    walk = Walk(recorded, storage.load(resolve("example:backprop-five-nodes")))
    walk.go_to(1)
    formula = "∂L/∂a = ∂c/∂a · ∂L/∂c + ∂c/∂a · ∂L/∂c = −2 · (−1.5) + (−3) · (−1.5) = 7.5"
    assert walk_words.what(walk) == formula


def test_tensors_in_words(images: Desk) -> None:
    images.step()
    assert images.said() == "image comes in: 1×8×8, a batch of 32"
    images.step()
    assert images.bar.place.text() == "forward 2/5 · conv"
    assert images.said() == "1×8×8 → 4×8×8, mean 0.1235, deviation 0.5, from −1 to 2"
    images.control.to_end()
    assert images.said() == "Gradient by conv: norm 0.0312. By its weights: weight 0.25, bias 0.1"
    assert "8 tensors were too large" in images.bar.sentence.toolTip()


def test_the_bar_is_there_while_there_is_a_walk(desk: Desk, qtbot: QtBot) -> None:
    assert not desk.bar.isVisible()
    desk.step()
    assert desk.bar.isVisible()
    assert (desk.bar.slider.maximum(), desk.bar.slider.value()) == (11, 0)
    assert not desk.bar.back.isEnabled()
    assert not desk.bar.sample.isVisible(), "there is no batch to choose from"
    desk.bar.slider.setValue(7)
    assert desk.walk is not None
    assert desk.walk.position == 7
    desk.bar.leave.click()
    assert not desk.bar.isVisible()
    assert desk.walk is None


def test_keys_of_the_bar(desk: Desk, qtbot: QtBot) -> None:
    shown(qtbot, desk.bar)
    desk.step()
    make_active(desk.bar)
    desk.bar.slider.setFocus()
    for key, position in (
        (Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1), (Qt.Key.Key_End, 11), (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        QTest.keyClick(desk.bar.slider, key)
        assert desk.walk is not None
        assert desk.walk.position == position
    QTest.keyClick(desk.bar.slider, Qt.Key.Key_Escape)
    assert desk.walk is None


def test_to_the_turn_and_back(desk: Desk) -> None:
    desk.step()
    desk.control.to_turn()
    assert desk.bar.place.text() == "backward 1/6 · loss"
    desk.control.step_back()
    assert desk.bar.place.text() == "forward 6/6 · loss"
    desk.control.to_start()
    assert desk.bar.place.text() == "forward 1/6 · a"


def test_another_sample_is_recorded_and_the_place_stays(images: Desk) -> None:
    images.step(3)
    assert images.bar.sample.isVisible()
    assert images.bar.sample.maximum() == 31
    assert images.bar.sample.lineEdit().textMargins().left() == 8, "as the other fields"
    images.bar.sample.setValue(5)
    settle(images.bridge)
    assert images.walk is not None
    assert (images.walk.recorded.sample, images.walk.position) == (5, 2)


def test_who_presses_again_before_there_is_an_answer_waits_for_it(desk: Desk) -> None:
    desk.control.step()
    desk.control.step()
    settle(desk.bridge)
    assert len(desk.asked(msg.Record)) == 1
    assert desk.walk is not None
    assert desk.walk.position == 0


def test_after_the_last_operation_comes_the_next_batch(desk: Desk) -> None:
    desk.run.train()
    desk.engine.state("training")
    settle(desk.bridge)
    assert desk.control.why_not_step() == "The run is going on. Pause it first."
    desk.engine.state("paused", 1, 3)
    settle(desk.bridge)
    desk.step()
    desk.control.to_end()
    desk.step()
    assert desk.asked(msg.Step) == [msg.Step()]
    desk.engine.state("training", 1, 3)
    settle(desk.bridge)
    assert desk.walk is None
    desk.engine.state("paused", 1, 4)
    settle(desk.bridge)
    assert desk.walk is not None
    assert (desk.walk.position, desk.walk.recorded.step) == (0, 4)
    assert len(desk.asked(msg.Record)) == 2


def test_where_nothing_is_learned_yet_the_step_begins_a_run(desk: Desk) -> None:
    desk.step()
    desk.control.to_end()
    desk.step()
    (start,) = desk.asked(msg.Start)
    assert isinstance(start, msg.Start)
    assert start.paused
    desk.engine.state("training")
    desk.engine.state("finished", 1, 1)
    settle(desk.bridge)
    assert desk.walk is not None
    assert (desk.walk.position, desk.walk.recorded.step) == (0, 1)


def test_the_end_without_a_run_is_the_end_where_a_new_one_would_lose_something(desk: Desk) -> None:
    desk.studio.document.set_trained(Trained(b"", ()))
    desk.step()
    desk.control.to_end()
    assert not desk.bar.on.isEnabled()
    assert desk.control.why_not_step().startswith("This is the end.")
    desk.step()
    assert desk.asked(msg.Step) == desk.asked(msg.Start) == []


def test_without_a_loss_the_forward_pass_is_all(desk: Desk) -> None:
    alone = msg.Recorded(request=1, step=0, loss=None, steps=five().steps[:5], arrays=five().arrays)
    desk.engine.replies[msg.Record] = lambda request, number: alone
    desk.step(5)
    assert desk.bar.place.text() == "forward 5/5 · e"
    assert "no backward pass" in desk.control.why_not_step()
    desk.control.to_turn()
    assert desk.bar.place.text() == "forward 5/5 · e"


def test_a_run_that_is_stopped_while_it_is_stepped_brings_no_walk(desk: Desk) -> None:
    desk.run.train()
    desk.engine.state("training")
    desk.engine.state("paused", 1, 3)
    settle(desk.bridge)
    desk.step()
    desk.control.to_end()
    desk.step()
    desk.engine.state("training", 1, 3)
    desk.engine.state("stopped", 1, 4)
    settle(desk.bridge)
    assert desk.walk is None
    assert len(desk.asked(msg.Record)) == 1


def test_why_it_is_not_possible_is_said(desk: Desk) -> None:
    desk.engine.on_event(EngineChange("starting"))
    settle(desk.bridge)
    assert desk.control.why_not_step() == "The engine is starting…"
    desk.engine.start()
    settle(desk.bridge)
    assert desk.control.can_step()
    desk.bridge.open(Session(faulty(), desk.engine))
    desk.engine.on_event(EngineChange("ready"))
    settle(desk.bridge)
    assert "head" in desk.control.why_not_step()


def test_a_run_of_another_drawing_is_not_walked(desk: Desk) -> None:
    desk.run.train()
    desk.engine.state("training")
    desk.engine.state("paused", 1, 3)
    settle(desk.bridge)
    assert desk.control.can_step()
    desk.studio.document.remove("loss")
    assert "no longer the one that is trained" in desk.control.why_not_step()


def test_what_the_engine_refuses_is_told(desk: Desk) -> None:
    desk.engine.refuse = EngineError("The run is going on.", fix="Pause it first.")
    desk.bridge.session.showing.model = desk.bridge.session.model()  # so that nothing is asked before
    desk.engine.replies.pop(msg.Record)
    desk.step()
    assert desk.walk is None
    assert [trouble.fix for trouble in desk.studio.told] == ["Pause it first."]
