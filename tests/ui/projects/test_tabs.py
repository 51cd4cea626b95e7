"""Several projects in one window, by mouse and keys: each tab keeps its own undo, selection, place and sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from nnstudio import app
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, gone, make_active, open_studio, settle
from tests.ui.test_window import asked


@pytest.fixture(scope="module")
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture(scope="module")
def shared(studio: Studio) -> Iterator[MainWindow]:
    """One window for all tests: to make one takes longer than most of them."""
    calm: Any = Answers(ask_unsaved="discard")
    window = opened(studio, calm)
    yield window
    window.projects.dialogs = calm
    gone(window)


def opened(studio: Studio, dialogs: Any) -> MainWindow:
    window = MainWindow(studio.bridge, Settings(), dialogs)
    window.resize(1280, 800)
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    return window


@pytest.fixture
def window(shared: MainWindow) -> MainWindow:
    """With a project that nobody has touched, and nothing told."""
    calm: Any = Answers(ask_unsaved="discard")
    shared.projects.dialogs = calm
    shared.projects.close_others(shared.projects.add(classifier()))
    calm.asked.clear()
    for notice in list(shared.notices.shown):
        shared.notices.close(notice)
    make_active(shared)
    settle(shared.bridge)
    return shared


def titles(window: MainWindow) -> list[str]:
    return [window.tabs.tabText(index) for index in range(window.tabs.count())]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    make_active(window)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, key, held)


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def small(title: str) -> Document:
    document = Document(title)
    document.add("Linear", "only")
    document.history.clear()
    return document


def three(window: MainWindow) -> tuple[Session, Session, Session]:
    window.projects.add(small("b"))
    window.projects.add(small("c"))
    first, second, third = window.bridge.sessions
    return first, second, third


def test_new_opens_a_tab_and_replaces_an_untouched_one(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    press(qtbot, window, Qt.Key.Key_N, CONTROL)
    assert titles(window) == ["digits cnn", "untitled"]
    assert not studio.document.nodes
    press(qtbot, window, Qt.Key.Key_N, CONTROL)
    assert titles(window) == ["digits cnn", "untitled"]
    studio.document.add("ReLU")
    press(qtbot, window, Qt.Key.Key_N, CONTROL)
    assert titles(window) == ["digits cnn", "untitled •", "untitled 2"]
    assert asked(window) == []


def test_a_file_takes_the_place_of_an_untouched_project(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "net.nnstudio.json"
    storage.save(small("net"), path)
    window.projects.new()
    assert window.projects.open(path)
    assert titles(window) == ["digits cnn", "net"]
    assert window.tabs.tabToolTip(1) == str(path)


def test_a_file_that_is_open_is_just_shown(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "net.nnstudio.json"
    storage.save(small("net"), path)
    window.projects.open(path)
    opened = window.bridge.session
    window.tabs.setCurrentIndex(0)
    assert window.projects.open(tmp_path / "." / "net.nnstudio.json")
    assert window.bridge.session is opened
    assert window.tabs.count() == 2


def test_keys_go_from_tab_to_tab(qtbot: QtBot, window: MainWindow) -> None:
    first, second, third = three(window)
    keys = [
        (Qt.Key.Key_Tab, (CONTROL,), first),
        (Qt.Key.Key_PageDown, (CONTROL,), second),
        (Qt.Key.Key_PageUp, (CONTROL,), first),
        (Qt.Key.Key_Backtab, (CONTROL, SHIFT), third),
    ]
    for key, modifiers, wanted in keys:
        press(qtbot, window, key, *modifiers)
        assert window.bridge.session is wanted
        assert window.tabs.currentIndex() == window.bridge.sessions.index(wanted)


def test_a_click_shows_the_project(qtbot: QtBot, window: MainWindow) -> None:
    first, _, _ = three(window)
    qtbot.mouseClick(window.tabs, Qt.MouseButton.LeftButton, pos=window.tabs.tabRect(0).center())
    assert window.bridge.session is first
    assert set(window.canvas.canvas.nodes) == set(first.document.nodes)


def test_each_tab_keeps_undo_selection_place_and_sample(window: MainWindow, studio: Studio) -> None:
    bridge, canvas = window.bridge, window.canvas
    first = bridge.session
    first.document.set("conv", out_channels=7)
    conv = first.document.node("conv").id
    bridge.select((conv,))
    bridge.choose_sample(5)
    canvas.navigator.set_zoom(1.5)
    canvas.centerOn(QPointF(300, 200))
    place = canvas.navigator.seen()
    second = window.projects.add(small("b"))
    assert (bridge.selection, bridge.sample) == ((), 0)
    assert window.inspector.page is window.inspector.project_page
    window.tabs.setCurrentIndex(0)
    settle(bridge)
    assert (bridge.session, bridge.selection, bridge.sample) == (first, (conv,), 5)
    assert canvas.canvas.chosen == (conv,)
    assert window.inspector.page is window.inspector.node_page
    assert canvas.zoom == 1.5
    assert canvas.navigator.seen() == place
    bridge.undo()
    assert first.document.node("conv").params["out_channels"] == 4
    assert second.document.history.undo_name == ""


def test_the_way_into_a_block_is_kept(window: MainWindow, studio: Studio) -> None:
    document = studio.document
    instance = document.make_block([document.node("conv"), document.node("relu")], "Stem")
    window.bridge.enter(instance.id)
    window.projects.add(small("b"))
    assert window.bridge.path == ()
    window.tabs.setCurrentIndex(0)
    assert window.bridge.path == (instance.id,)
    assert window.breadcrumb.here.text() == "Stem"
    assert {item.node.name for item in window.canvas.canvas.nodes.values()} >= {"conv", "relu"}


def test_what_is_being_written_belongs_to_the_tab_that_is_left(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    first = studio.document
    window.bridge.select((first.node("conv").id,))
    field = window.inspector.node_page.form.fields["out_channels"]
    field.editor.setFocus()
    field.line.selectAll()  # type: ignore[attr-defined]  # a line of text
    qtbot.keyClicks(field.editor, "9")
    window.projects.add(small("b"))
    assert first.node("conv").params["out_channels"] == 9


def test_close_by_key_by_cross_and_by_middle_click(qtbot: QtBot, window: MainWindow) -> None:
    first, second, third = three(window)
    press(qtbot, window, Qt.Key.Key_W, CONTROL)
    assert window.bridge.sessions == (first, second)
    assert window.bridge.session is second
    cross = window.tabs.tabButton(1, QTabBar.ButtonPosition.RightSide)
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.bridge.sessions == (first,))
    window.projects.add(third.document)
    qtbot.mouseClick(window.tabs, Qt.MouseButton.MiddleButton, pos=window.tabs.tabRect(1).center())
    qtbot.waitUntil(lambda: window.bridge.sessions == (first,))


def test_closing_the_last_leaves_an_empty_project(window: MainWindow, studio: Studio) -> None:
    assert not window.projects.nothing_open
    studio.document.retitle("R")
    assert window.projects.close()
    assert asked(window) == ["ask_unsaved"]
    assert window.projects.nothing_open
    assert titles(window) == ["untitled"]
    assert window.canvas.canvas.is_empty
    assert not window.projects.close()
    assert titles(window) == ["untitled"]


def test_one_cancel_keeps_all_projects(window: MainWindow) -> None:
    first, second, third = three(window)
    first.document.retitle("A")
    second.document.retitle("B")
    answers = iter(["discard", "cancel"])
    window.projects.dialogs.ask_unsaved = lambda *_: next(answers)  # type: ignore[method-assign]
    assert not window.close()
    assert window.bridge.sessions == (first, second, third)
    assert window.bridge.session is second
    assert first.dirty
    window.projects.dialogs.ask_unsaved = lambda *_: "discard"  # type: ignore[method-assign]


def test_the_window_asks_for_each_unsaved_project(qapp: QApplication, tmp_path: Path) -> None:
    window = opened(open_studio(classifier()), Answers())  # of its own: what is closed is not opened again
    first, second, _ = three(window)
    first.document.retitle("A")
    window.projects.save_to(tmp_path / "b.nnstudio", second)
    second.document.retitle("B")
    named: list[str] = []
    window.projects.dialogs.ask_unsaved = lambda _, name: named.append(name) or "save"  # type: ignore
    window.projects.dialogs.answers["ask_save"] = tmp_path / "first.nnstudio"  # type: ignore[attr-defined]
    assert window.close()
    assert named == ["'A'", "b.nnstudio"]
    assert storage.load(tmp_path / "b.nnstudio").title == "B"
    assert len(storage.load(tmp_path / "first.nnstudio").nodes) == 6
    gone(window)


def test_the_menu_of_a_tab(window: MainWindow, tmp_path: Path) -> None:
    first, second, third = three(window)
    window.projects.save_to(tmp_path / "b.nnstudio", second)
    words = {action.text(): action for action in window.tabs.menu_for(second).actions()}
    words["Copy &Path"].trigger()
    assert QGuiApplication.clipboard().text() == str(tmp_path / "b.nnstudio")
    words["Close &Others"].trigger()
    assert window.bridge.sessions == (second,)
    assert first not in window.bridge.desk.sessions
    assert third not in window.bridge.desk.sessions
    menu = window.tabs.menu_for(second)
    assert not menu.actions()[1].isEnabled()
    menu.actions()[0].trigger()
    assert window.projects.nothing_open


def test_a_right_click_opens_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    at = window.tabs.tabRect(0).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.tabs.mapToGlobal(at))
    QApplication.sendEvent(window.tabs, event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert next(action.text() for action in menu.actions()) == "&Close"
    menu.close()


def test_tabs_are_moved_by_dragging(qtbot: QtBot, window: MainWindow) -> None:
    first, second, third = three(window)
    start, end = window.tabs.tabRect(2).center(), window.tabs.tabRect(0).center() - QPoint(20, 0)
    qtbot.mousePress(window.tabs, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 11):
        qtbot.mouseMove(window.tabs, start + (end - start) * step / 10)
    qtbot.mouseRelease(window.tabs, Qt.MouseButton.LeftButton, pos=end)
    assert window.bridge.sessions == (third, first, second)
    window.tabs.setCurrentIndex(1)
    assert window.bridge.session is first


@pytest.mark.parametrize("closes", [True, False])
def test_projects_that_come_and_go_in_the_middle_of_a_drag(qtbot: QtBot, window: MainWindow, closes: bool) -> None:
    three(window)
    tabs = window.tabs
    start = tabs.tabRect(2).center()
    qtbot.mousePress(tabs, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 4):
        qtbot.mouseMove(tabs, start - QPoint(20 * step, 0))
    if closes:
        window.projects.close(window.bridge.session)
    else:
        window.projects.add(small("d"))
    qtbot.mouseMove(tabs, start - QPoint(90, 0))
    qtbot.mouseRelease(tabs, Qt.MouseButton.LeftButton, pos=start - QPoint(90, 0))
    assert [text.rstrip(" •") for text in titles(window)] == [s.document.title for s in window.bridge.sessions]
    assert tabs.currentIndex() == window.bridge.sessions.index(window.bridge.session)


def test_another_project_trains_on_behind(window: MainWindow, studio: Studio) -> None:
    first = window.bridge.session
    window.run_control.train()
    second = window.projects.add(classifier())
    assert not window.tabs.tabIcon(0).isNull()
    assert "In training" in window.tabs.tabToolTip(0)
    runs: list[object] = []
    window.bridge.run_changed.connect(runs.append)
    studio.engine.play(epochs=2, weights=b"trained")
    settle(studio.bridge)
    assert first.run.state == "finished"
    assert first.document.trained is not None
    assert len(first.run.losses) == 20
    assert not runs
    assert second.run.state == "idle"
    assert window.tabs.tabIcon(0).isNull()
    assert window.notices.shown[-1].message == "'digits cnn' is trained."
    button = window.notices.shown[-1].action_button
    assert button is not None
    button.click()
    assert window.bridge.session is first


def test_a_run_in_another_tab_is_refused_with_a_way_there(window: MainWindow, studio: Studio) -> None:
    first = window.bridge.session
    window.run_control.train()
    window.projects.add(classifier())
    begun = studio.engine.run
    assert window.runbar.train.isEnabled()
    window.runbar.train.click()
    assert studio.engine.run == begun
    notice = window.notices.shown[-1]
    assert notice.message == "'digits cnn' is training. Stop it first."
    assert notice.action_button is not None
    notice.action_button.click()
    assert window.bridge.session is first
    window.run_control.stop()
    studio.engine.state("stopped")
    settle(studio.bridge)
    window.tabs.setCurrentIndex(1)
    window.runbar.train.click()
    assert studio.engine.run == begun + 1


def test_a_failure_behind_is_told_once(window: MainWindow, studio: Studio) -> None:
    window.run_control.train()
    window.projects.add(small("b"))
    failed = {"run": studio.engine.run, "state": "failed", "epoch": 1, "step": 3}
    window.bridge.deliver(msg.RunState(**failed, message="The loss became NaN.", fix="Lower it."))  # type: ignore
    settle(studio.bridge)
    assert [notice.message for notice in window.notices.shown] == [
        "Training of 'digits cnn' failed: The loss became NaN."
    ]
    window.tabs.setCurrentIndex(0)
    assert window.notices.shown == []


def test_the_title_is_the_files_where_none_was_given(window: MainWindow, tmp_path: Path) -> None:
    window.projects.new()
    window.projects.save_to(tmp_path / "mine.nnstudio.json")
    assert titles(window)[-1] == "mine"
    assert window.windowTitle() == "mine[*] — NNStudio"


def test_two_tabs_never_write_one_file(window: MainWindow, tmp_path: Path) -> None:
    first, second, _ = three(window)
    assert window.projects.save_to(tmp_path / "a.nnstudio", first)
    assert not window.projects.save_to(tmp_path / "a.nnstudio", second)
    assert "open in another tab" in window.notices.shown[-1].message
    assert second.path is None


@pytest.mark.slow
def test_a_real_run_goes_on_behind_another_tab(qtbot: QtBot) -> None:
    _, window = app.open_window(examples()["moons"], settings=Settings(), dialogs=Answers(ask_unsaved="discard"))  # type: ignore[arg-type]
    qtbot.addWidget(window)
    bridge, first = window.bridge, window.bridge.session
    qtbot.waitUntil(lambda: first.engine_state.state == "ready", timeout=60_000)
    window.run_control.train()
    qtbot.waitUntil(lambda: first.run.step > 0, timeout=60_000)
    window.projects.open_example(examples()["spiral"])
    second, step = bridge.session, first.run.step
    shown: list[int] = []
    bridge.frame.connect(lambda frame: shown.append(frame.subject))
    assert first.run.state == "training"
    window.runbar.train.click()
    assert second.run.state == "idle"
    qtbot.waitUntil(lambda: first.run.state == "finished", timeout=120_000)
    assert first.run.step > step
    assert len(first.run.losses) == first.run.step
    assert len(first.run.epochs) == first.document.plan.epochs
    assert first.document.trained is not None
    assert second.document.trained is None
    behind = set(shown)
    qtbot.waitUntil(lambda: bool(set(shown) - behind), timeout=30_000)
    assert behind == set()  # nothing of the other project was ever shown
    window.tabs.setCurrentIndex(0)
    before = len(shown)
    qtbot.waitUntil(lambda: len(shown) > before, timeout=30_000)
    window.close()
    engine = first.engine
    assert isinstance(engine, EngineClient)
    engine.close()
