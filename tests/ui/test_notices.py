"""Failures are shown in the window, once, in plain text, and never go by themselves."""

from __future__ import annotations

from concurrent.futures import Future
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.compiler.custom import EXAMPLE
from nnstudio.errors import EngineDied, EngineError
from nnstudio.graph.nodes import Link
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol.client import EngineChange
from nnstudio.ui import notices as module
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.notices import MOST, Notices
from tests.ui.studio import Studio, classifier, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    host.resize(800, 500)
    shown(qtbot, host)
    return host


@pytest.fixture
def notices(host: QWidget, studio: Studio) -> Notices:
    return Notices(host, studio.bridge)


def said(notices: Notices) -> list[tuple[str, str, str]]:
    return [(notice.kind, notice.message, notice.fix) for notice in notices.shown]


def test_a_notice_is_never_a_window_of_its_own(notices: Notices, qapp: QApplication, qtbot: QtBot) -> None:
    """Not for a moment: the window behind it would lose the keyboard."""

    class Watch(QObject):
        windows: ClassVar[list[str]] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.windows.append(type(watched).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    notices.info("Nothing to paste.", "Copy something first.")
    qapp.removeEventFilter(watch)
    assert watch.windows == []
    assert notices.shown[0].advice.isVisible()


def test_trouble_is_shown_with_its_fix_inside_the_host(notices: Notices, studio: Studio, host: QWidget) -> None:
    studio.bridge.trouble.emit(Trouble("The file is gone.", "Choose another."))
    assert said(notices) == [("error", "The file is gone.", "Choose another.")]
    notice = notices.shown[0]
    assert notice.isVisible()
    assert host.rect().contains(notice.geometry())
    host.resize(420, 300)
    QApplication.processEvents()
    assert host.rect().contains(notice.geometry())


def test_the_same_again_is_counted(notices: Notices) -> None:
    for _ in range(3):
        notices.error("The file is gone.")
    assert len(notices.shown) == 1
    assert notices.shown[0].text.text() == "The file is gone. (×3)"


def test_only_a_few_at_a_time(notices: Notices) -> None:
    for number in range(MOST + 2):
        notices.error(f"Number {number}.")
    assert [message for _, message, _ in said(notices)] == ["Number 2.", "Number 3.", "Number 4."]
    tops = [notice.geometry() for notice in notices.shown]
    assert all(not first.intersects(second) for first, second in pairwise(tops))


def test_information_goes_by_itself_and_errors_stay(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, notices: Notices
) -> None:
    monkeypatch.setattr(module, "INFO_MS", 30)
    QCursor.setPos(0, 0)
    notices.error("Bad.")
    notices.good("Good.")
    notices.info("So so.")
    qtbot.waitUntil(lambda: [kind for kind, _, _ in said(notices)] == ["error"], timeout=2000)
    qtbot.wait(60)
    assert [kind for kind, _, _ in said(notices)] == ["error"]


def test_the_mouse_holds_information(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, notices: Notices) -> None:
    monkeypatch.setattr(module, "INFO_MS", 30)
    notices.info("Read me slowly.")
    notice = notices.shown[0]
    place = QPointF(5, 5)
    QApplication.sendEvent(notice, QEnterEvent(place, place, place))
    qtbot.wait(80)
    assert len(notices.shown) == 1
    QApplication.sendEvent(notice, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not notices.shown, timeout=2000)


def test_close_and_copy(qtbot: QtBot, notices: Notices) -> None:
    notices.error("The file is gone.", "Choose another.")
    qtbot.mouseClick(notices.shown[0].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "The file is gone. Choose another."
    qtbot.mouseClick(notices.shown[0].close_button, Qt.MouseButton.LeftButton)
    assert notices.shown == []


def test_texts_are_plain_and_not_cut_off(notices: Notices) -> None:
    notices.error("<b>Not bold</b> " + "and a long story " * 20, "<img src=file:///etc/passwd>")
    QApplication.processEvents()
    notice = notices.shown[0]
    for label in notice.findChildren(QLabel):
        if label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
            assert label.height() >= label.heightForWidth(label.width())


def test_a_future_that_fails_is_told(notices: Notices, studio: Studio) -> None:
    failed: Future[Any] = Future()
    done: list[object] = []
    notices.watch(failed, done.append)
    failed.set_exception(EngineError("It does not fit into memory.", fix="Take a smaller batch."))
    good: Future[Any] = Future()
    notices.watch(good, done.append)
    good.set_result("reply")
    settle(studio.bridge)
    assert said(notices) == [("error", "It does not fit into memory.", "Take a smaller batch.")]
    assert done == ["reply"]


def test_a_bug_is_told_with_its_name(notices: Notices) -> None:
    notices.report(ZeroDivisionError("division by zero"))
    assert "ZeroDivisionError: division by zero" in notices.shown[0].message


def test_the_engine_dies_and_comes_back(notices: Notices, studio: Studio) -> None:
    studio.engine.die()
    settle(studio.bridge)
    assert [(kind, message) for kind, message, _ in said(notices)] == [
        ("good", "The engine is back. The drawing was not touched.")
    ]


def test_the_engine_dies_for_good(notices: Notices, studio: Studio) -> None:
    studio.engine.die(for_good=True)
    settle(studio.bridge)
    kind, message, fix = said(notices)[0]
    assert (kind, message) == ("error", "The engine was killed (signal 9).")
    assert "Restart Engine" in fix


def test_a_failed_run_is_told_once(notices: Notices, studio: Studio) -> None:
    studio.engine.run = 1
    studio.engine.state("training")
    studio.engine.state("failed", 1, 4, "The loss is not a number any more.", "Take a smaller learning rate.")
    settle(studio.bridge)
    studio.bridge.run_changed.emit(studio.bridge.session.run)
    told = ("error", "The loss is not a number any more.", "Take a smaller learning rate.")
    assert said(notices) == [told]
    assert notices.shown[0].text.text() == told[1]


def test_the_end_of_the_engine_is_told_once_to_those_who_wait(notices: Notices, studio: Studio) -> None:
    change = EngineChange("lost", "The engine was killed. It is being started again.")
    for early in (True, False):
        waiting: Future[Any] = Future()
        notices.watch(waiting)
        if not early:
            studio.engine.on_event(change)
        waiting.set_exception(EngineDied("The engine was killed.", fix="It is being started again."))
        settle(studio.bridge)
        if early:
            studio.engine.on_event(change)
            settle(studio.bridge)
        assert [kind for kind, _, _ in said(notices)] == ["warning"]
        studio.engine.start()
        settle(studio.bridge)
        assert [kind for kind, _, _ in said(notices)] == ["good"]
        notices.close(notices.shown[0])


def test_all_ends_are_forgotten_when_the_engine_is_back(notices: Notices, studio: Studio) -> None:
    studio.engine.on_event(EngineChange("lost", "It was killed. It is being started again."))
    studio.engine.on_event(EngineChange("stopped", "It died 3 times in a row and is not started again."))
    settle(studio.bridge)
    notices.error("The file is gone.")
    assert [kind for kind, _, _ in said(notices)] == ["error", "error"]
    studio.engine.start()
    settle(studio.bridge)
    assert [kind for kind, _, _ in said(notices)] == ["error", "good"]


def test_a_failure_may_be_taken_by_whoever_asked(notices: Notices, studio: Studio) -> None:
    failed: Future[Any] = Future()
    told: list[BaseException] = []
    notices.watch(failed, failed=told.append)
    failed.set_exception(EngineError("No room."))
    settle(studio.bridge)
    assert [str(error) for error in told] == ["No room."]
    assert said(notices) == []


def test_what_is_passing_goes_by_itself(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, notices: Notices, studio: Studio
) -> None:
    monkeypatch.setattr(module, "INFO_MS", 30)
    QCursor.setPos(0, 0)
    head, conv = studio.document.node("head"), studio.document.node("conv")
    Edits(studio.bridge).connect_all([Link(head.id, head.outputs[0].name, conv.id, conv.inputs[0].name)])
    assert [kind for kind, _, _ in said(notices)] == ["warning"]
    studio.bridge.trouble.emit(Trouble("The file is gone."))
    qtbot.waitUntil(lambda: [message for _, message, _ in said(notices)] == ["The file is gone."], timeout=2000)


def test_another_project_has_no_use_for_what_was_told_of_the_former(notices: Notices, studio: Studio) -> None:
    notices.error("The file is gone.")
    studio.engine.on_event(EngineChange("stopped", "It died."))
    settle(studio.bridge)
    studio.bridge.open(Session(classifier(), studio.engine))
    assert [message for _, message, _ in said(notices)] == ["It died."], "the engine is the same"


def test_foreign_code_is_named_with_its_block_until_it_is_read(notices: Notices, studio: Studio) -> None:
    code = EXAMPLE.replace("Scale", "Stretch")
    document = classifier()
    document.add("Custom", "own", code=code)
    document.connect("conv", "own")
    block = document.make_block(["own"])
    studio.bridge.open(Session(document, studio.engine))
    name = document.blocks[str(block.params["block"])].name
    assert said(notices)[0][1] == f"This project carries code, which has not run: 'own' in block {name}."
    document.set("head", bias=False)
    assert len(said(notices)) == 1
    studio.bridge.session.allow(code)
    settle(studio.bridge)
    assert said(notices) == []


def test_a_long_button_leaves_room_for_the_words(notices: Notices, host: QWidget) -> None:
    fix = "Lower the learning rate, which is 1000, and press Resume."
    notice = notices.show("error", "The loss became infinite at step 7.", fix)
    for label in ("Halve the learning rate to 500, and resume", "Resume"):
        notice.offer(label, lambda: None)
        notices.arrange()
        QApplication.processEvents()
        button = notice.action_button
        assert button is not None
        assert (button.text(), button.isVisible()) == (label, True)
        assert notice.text.width() >= module.LEAST_WORDS
        assert not button.geometry().intersects(notice.text.geometry() | notice.advice.geometry())
        assert notice.rect().contains(button.geometry())
        assert button.width() >= button.sizeHint().width()


def test_a_button_that_is_offered_later_takes_the_place_of_the_first(notices: Notices) -> None:
    done: list[str] = []
    notice = notices.show("error", "It stands still.")
    notice.offer("Halve", lambda: done.append("halved"))
    notice.offer("Resume", lambda: done.append("resumed"))
    assert notice.action_button is not None
    notice.action_button.click()
    assert (done, notices.shown) == (["resumed"], [])
