"""Hints come one at a time, beside what they explain, and never again what was read, put away or done."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui.hints import guide as guides
from nnstudio.ui.hints.bubble import TIP, Bubble
from nnstudio.ui.hints.guide import Guide, all_hints
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, make_active, open_studio, settle, shown


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time goes as the test says; what a guide does by its timer, the test does."""
    now = [100.0]
    monkeypatch.setattr(guides, "monotonic", lambda: now[0])
    monkeypatch.setattr(guides, "LOOK_MS", 10_000_000)
    return now


def opened(qtbot: QtBot, document: Document, settings: Settings) -> tuple[Studio, MainWindow]:
    studio = open_studio(document)
    window = MainWindow(studio.bridge, settings, Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    window.resize(1280, 800)
    shown(qtbot, window)
    settle(studio.bridge)
    return studio, window


def drawn() -> Document:
    document = classifier()
    document.move({node.id: (n * 220.0, 0.0) for n, node in enumerate(document.nodes.values())})
    document.history.clear()
    return document


def told(guide: Guide) -> str:
    guide.look()
    assert guide.bubble.isVisible() == (guide.shown is not None)
    return guide.shown.key if guide.shown is not None else ""


def test_each_hint_has_its_words_and_a_place_of_its_own_in_the_order() -> None:
    hints = all_hints()
    assert len({hint.key for hint in hints}) == len(hints) >= 5
    assert all(first.order < second.order for first, second in pairwise(hints))
    assert all(hint.text() for hint in hints)


def test_none_comes_unless_somebody_is_guided(qtbot: QtBot, clock: list[float]) -> None:
    _, window = opened(qtbot, Document(), Settings())
    assert told(window.asides.guide) == ""
    window.asides.greet()
    assert told(window.asides.guide) == "", "the page of examples lies over the drawing"
    window.asides.welcome.close_page()
    assert told(window.asides.guide) == "add"


def test_an_empty_drawing_then_got_it_and_never_again(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings()
    _, window = opened(qtbot, Document(), settings)
    guide = window.asides.guide
    guide.start()
    assert told(guide) == "add"
    assert (
        not guide.bubble.geometry()
        .adjusted(TIP, TIP, -TIP, -TIP)
        .intersects(
            QRect(window.palette_view.mapTo(window, window.palette_view.rect().topLeft()), window.palette_view.size())
        )
    )
    assert not guide.bubble.isAncestorOf(QApplication.focusWidget() or window)
    qtbot.mouseClick(guide.bubble.got, Qt.MouseButton.LeftButton)
    clock[0] += 100
    assert told(guide) == ""
    assert settings.hints_seen == ("add",)


def test_who_does_it_by_themselves_is_not_told(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings()
    studio, window = opened(qtbot, Document(), settings)
    guide = window.asides.guide
    guide.start()
    studio.document.add("Linear")
    assert told(guide) == ""
    assert "add" in settings.hints_seen
    studio.document.add("ReLU", "relu")
    studio.document.connect("linear", "relu")
    studio.bridge.select((studio.document.node("relu").id,))
    assert told(guide) == ""
    assert "connect" in settings.hints_seen


def test_from_the_fault_to_the_look_inside(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings(hints_seen=("connect",))
    studio, window = opened(qtbot, drawn(), settings)
    window.canvas.fit_all()
    guide = window.asides.guide
    guide.start()
    studio.document.remove("flatten")
    studio.document.connect("relu", "head")
    assert studio.bridge.session.compiled.errors
    settle(studio.bridge)
    assert told(guide) == "fault"
    studio.document.undo()
    studio.document.undo()
    assert told(guide) == "", "mended"
    clock[0] += 3
    assert told(guide) == "", "not one on top of the other"
    clock[0] += 10
    assert told(guide) == "train"
    window.actions_table.action("train").trigger()
    assert told(guide) == ""
    assert {"fault", "train"} <= set(settings.hints_seen)


def test_one_that_flashed_by_comes_again(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings(hints_seen=("train",))
    studio, window = opened(qtbot, drawn(), settings)
    window.canvas.fit_all()
    guide = window.asides.guide
    guide.start()
    for seconds, seen in ((1.0, False), (30.0, True)):
        studio.bridge.select((studio.document.node("conv").id,))
        clock[0] += 10
        assert told(guide) == "connect"
        clock[0] += seconds
        studio.bridge.select(())
        assert told(guide) == ""
        assert ("connect" in settings.hints_seen) == seen


def test_no_more_and_all_again(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings()
    _, window = opened(qtbot, Document(), settings)
    guide = window.asides.guide
    guide.start()
    assert told(guide) == "add"
    guide.bubble.none.click()
    clock[0] += 100
    assert told(guide) == ""
    assert not settings.hints
    window.actions_table.action("hints").trigger()
    assert told(guide) == "add"


def test_it_can_be_reached_and_put_away_by_keys(qtbot: QtBot, clock: list[float]) -> None:
    settings = Settings()
    _, window = opened(qtbot, Document(), settings)
    make_active(window)
    guide = window.asides.guide
    guide.start()
    assert told(guide) == "add"
    window.canvas.setFocus()
    for _ in range(12):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        if guide.bubble.got.hasFocus():
            break
    assert guide.bubble.got.hasFocus()
    qtbot.keyClick(guide.bubble.got, Qt.Key.Key_Escape)
    assert not guide.bubble.isVisible()
    assert window.canvas.hasFocus()
    assert settings.hints_seen == ("add",)


@pytest.mark.parametrize("anchor", [QRect(5, 5, 80, 30), QRect(300, 550, 200, 40), QRect(0, 100, 150, 400)])
def test_the_bubble_never_lies_over_what_it_explains(qtbot: QtBot, anchor: QRect) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    room.resize(QSize(800, 600))
    bubble = Bubble(room)
    bubble.say("A hint of some length, so that it takes two lines or more in the bubble that is shown here.")
    assert bubble.point_at(anchor, room.rect())
    assert room.rect().contains(bubble.geometry())
    assert not bubble.geometry().adjusted(TIP, TIP, -TIP, -TIP).intersects(anchor)
    assert not bubble.point_at(room.rect(), room.rect())
