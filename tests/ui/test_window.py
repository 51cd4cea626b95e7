"""The window holds everything in its place, loses no work, and remembers how it stood."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from nnstudio import app as program
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.protocol.client import EngineChange
from nnstudio.protocol.fake import FakeEngine
from nnstudio.settings import Settings
from nnstudio.ui.docks import EDGE, SLIM
from nnstudio.ui.inspector.fields import TextField
from nnstudio.ui.panels.spec import GROUPS, panel_types
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, faulty, make_active, open_studio, settle, shown

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


def make(qtbot: QtBot, studio: Studio, settings: Settings | None = None, **answers: object) -> MainWindow:
    stand_in: Any = Answers(**{"ask_unsaved": "discard", **answers})
    window = MainWindow(studio.bridge, settings or Settings(), stand_in)
    window.resize(1280, 800)
    shown(qtbot, window)
    make_active(window)
    settle(studio.bridge)
    return window


def asked(window: MainWindow) -> list[str]:
    return [question for question, _ in window.projects.dialogs.asked]  # type: ignore[attr-defined]  # the stand-in


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = make(qtbot, studio)
    yield window
    window.close()


def test_everything_is_in_its_place(window: MainWindow) -> None:
    docks = {dock.objectName(): dock for dock in window.docks}
    assert docks["outline"].isHidden()
    assert set(docks) == {"palette", "inspector", "outline", *(f"panel.{declared.key}" for declared in panel_types())}
    left, right = docks["palette"], docks["inspector"]
    assert window.dockWidgetArea(left) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert window.dockWidgetArea(right) == Qt.DockWidgetArea.RightDockWidgetArea
    assert abs(left.width() - 195) <= 4
    assert abs(right.width() - 268) <= 4
    assert left.x() < window.canvas.mapTo(window, QPoint()).x() < right.x()


def test_three_groups_of_panels_share_the_bottom(window: MainWindow) -> None:
    firsts = [docks[0] for docks in window.docks.groups.values() if docks]
    assert all(window.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea for dock in firsts)
    fronts = [next(dock for dock in docks if dock.x() >= 0) for docks in window.docks.groups.values() if docks]
    places = [dock.x() for dock in fronts]
    assert places == sorted(places)
    assert len(set(places)) == len(fronts) <= len(GROUPS)
    shares = [dock.width() / window.width() for dock in fronts]
    assert all(abs(share - wanted) < 0.03 for share, wanted in zip(shares, (0.293, 0.389, 0.318), strict=True))
    for docks in window.docks.groups.values():
        assert set(window.tabifiedDockWidgets(docks[0])) == {dock for dock in docks[1:] if not dock.isHidden()}


def test_title_bars_only_where_there_is_no_tab(qtbot: QtBot, window: MainWindow) -> None:
    docks = window.docks.groups["left"]
    assert len(docks) > 1
    assert docks[0].titleBarWidget().height() == 0
    assert window.docks.palette.titleBarWidget().height() == EDGE
    docks[0].setFloating(True)
    qtbot.waitUntil(lambda: docks[0].titleBarWidget().height() == SLIM)
    docks[0].setFloating(False)
    window.reset_layout()
    qtbot.waitUntil(lambda: docks[0].titleBarWidget().height() == 0)


def test_panels_follow_only_while_their_tab_is_in_front(qtbot: QtBot, window: MainWindow) -> None:
    docks = [dock for dock in window.docks.groups["middle"] if not dock.isHidden()]
    fronts = [dock for dock in docks if dock.x() >= 0]
    qtbot.waitUntil(lambda: [dock for dock in docks if dock.made and dock.panel().looking] == fronts)
    behind = next(dock for dock in docks if dock not in fronts)
    behind.raise_()
    qtbot.waitUntil(lambda: [dock for dock in docks if dock.made and dock.panel().looking] == [behind])


@pytest.mark.parametrize("size", [(1280, 700), (1280, 800), (1440, 900), (1920, 1080)])
def test_it_fits_without_scroll_bars(qtbot: QtBot, window: MainWindow, studio: Studio, size: tuple[int, int]) -> None:
    window.resize(*size)
    settle(studio.bridge)
    assert window.size() == QSize(*size)
    assert window.canvas.height() > 250
    assert window.canvas.width() > 500
    own = (window.canvas, window.palette_view, window.inspector, *window.docks.panels.values())
    bars = [bar for bar in window.findChildren(QScrollBar) if bar.isVisible()]
    assert not [bar for bar in bars if not any(part.isAncestorOf(bar) for part in own)]


def test_title_and_tab_tell_of_unsaved_work(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    assert (window.windowTitle(), window.isWindowModified()) == ("digits cnn[*] — NNStudio", False)
    studio.document.set("conv", out_channels=9)
    assert (window.windowTitle(), window.isWindowModified()) == ("digits cnn[*] — NNStudio", True)
    assert window.tabs.tabText(0) == "digits cnn •"
    assert window.status.saved.text() == "not saved"
    window.projects.save_to(tmp_path / "a.nnstudio")
    assert not window.isWindowModified()
    assert window.windowFilePath() == str(tmp_path / "a.nnstudio")
    assert window.status.saved.text().startswith("saved ")
    studio.document.retitle("R&D[*]")
    assert window.tabs.tabText(0) == "R&&D[*] •"
    assert window.windowTitle() == "R&D[*][*][*] — NNStudio"
    assert window.status.saved.text() == "changes not saved"


def test_the_status_bar_counts(qtbot: QtBot) -> None:
    studio = open_studio(faulty())
    window = make(qtbot, studio)
    status = window.status
    assert status.problems.text() == "1 problem"
    studio.bridge.session.apply_fix(studio.bridge.session.compiled.errors[0])
    assert status.problems.text() == "no problems"
    assert status.parameters.text() == "2,610 parameters"
    window.canvas.zoom_changed.emit(0.5)
    assert status.zoom.text() == "50 %"
    window.close()


def test_the_problems_panel_comes_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    assert window.docks.panels["problems"].visibleRegion().isEmpty()
    qtbot.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert not window.docks.panels["problems"].visibleRegion().isEmpty()


@pytest.mark.parametrize(("answer", "stays"), [("cancel", True), ("discard", False), ("save", False)])
def test_closing_with_unsaved_work_asks(qtbot: QtBot, studio: Studio, tmp_path: Path, answer: str, stays: bool) -> None:
    window = make(qtbot, studio, ask_unsaved=answer, ask_save=tmp_path / "kept.nnstudio")
    studio.document.set("conv", out_channels=9)
    assert window.close() is not stays
    assert asked(window) == (["ask_unsaved", "ask_save"] if answer == "save" else ["ask_unsaved"])
    assert (tmp_path / "kept.nnstudio").exists() == (answer == "save")
    window.projects.dialogs.answers["ask_unsaved"] = "discard"  # type: ignore[attr-defined]  # the stand-in
    window.close()


def test_saving_that_is_called_off_stops_closing(qtbot: QtBot, studio: Studio) -> None:
    window = make(qtbot, studio, ask_unsaved="save", ask_save=None)
    studio.document.set("conv", out_channels=9)
    assert not window.close()
    window.projects.dialogs.answers["ask_unsaved"] = "discard"  # type: ignore[attr-defined]  # the stand-in
    window.close()


def test_nothing_to_save_asks_nothing(window: MainWindow) -> None:
    assert window.close()
    assert asked(window) == []


def test_the_question_names_the_file(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    window.projects.save_to(tmp_path / "mine.nnstudio")
    studio.document.set("conv", out_channels=9)
    window.projects.close()
    assert window.projects.dialogs.asked[-1] == ("ask_unsaved", ("mine.nnstudio",))  # type: ignore[attr-defined]


def test_open_save_and_come_back(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "a.nnstudio.json"
    window.projects.dialogs.answers |= {"ask_save": path, "ask_open": path}  # type: ignore[attr-defined]
    assert window.projects.save()
    window.projects.new()
    assert not studio.document.nodes
    assert window.projects.ask_and_open()
    assert len(studio.document.nodes) == 6
    assert studio.bridge.session.path == path


def test_a_bad_file_is_told_and_changes_nothing(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    bad = tmp_path / "bad.nnstudio.json"
    bad.write_text("{")
    before = studio.bridge.session
    assert not window.projects.open(bad)
    assert not window.projects.open(tmp_path / "none.nnstudio")
    assert studio.bridge.session is before
    assert [notice.kind for notice in window.notices.shown] == ["error", "error"]
    assert "bad.nnstudio.json" in window.notices.shown[0].message


def test_a_folder_that_can_not_be_written_is_told(window: MainWindow, tmp_path: Path) -> None:
    assert not window.projects.save_to(tmp_path / "missing" / "a.nnstudio")
    assert "a.nnstudio" in window.notices.shown[0].message


def test_what_is_being_written_is_saved_and_trained(
    qtbot: QtBot, window: MainWindow, studio: Studio, tmp_path: Path
) -> None:
    studio.bridge.select((studio.document.node("conv").id,))
    field = window.inspector.node_page.form.fields["out_channels"]
    assert isinstance(field, TextField)
    field.editor.setFocus()
    field.line.selectAll()
    qtbot.keyClicks(field.editor, "9")
    window.projects.save_to(tmp_path / "a.nnstudio.json")
    saved = storage.load(tmp_path / "a.nnstudio.json")
    assert saved.node("conv").params["out_channels"] == 9


def test_a_dropped_project_is_opened(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "dropped.nnstudio.json"
    storage.save(Document("dropped"), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none))
    assert studio.document.title == "dropped"


def test_the_arrangement_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    window = make(qtbot, open_studio(classifier()), Settings.load(file))
    window.docks.palette.hide()
    window.docks.groups["left"][1].raise_()
    window.close()
    second = make_without_size(qtbot, open_studio(classifier()), Settings.load(file))
    assert settings_of(file).window_geometry
    assert second.docks.palette.isHidden()
    second.reset_layout()
    assert not second.docks.palette.isHidden()
    second.close()


def settings_of(file: Path) -> Settings:
    return Settings.load(file)


def make_without_size(qtbot: QtBot, studio: Studio, settings: Settings) -> MainWindow:
    window = MainWindow(studio.bridge, settings, Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    return window


def test_a_damaged_arrangement_is_ignored(qtbot: QtBot, studio: Studio) -> None:
    window = make(qtbot, studio, Settings(window_state="nonsense!", window_geometry="%%%"))
    assert not window.docks.palette.isHidden()
    assert abs(window.docks.palette.width() - 195) <= 4
    window.close()


def test_panes_are_walked_with_one_key(qtbot: QtBot, window: MainWindow) -> None:
    window.canvas.setFocus()
    seen = []
    for _ in range(3):
        window.next_pane()
        focus = QApplication.focusWidget()
        seen.append(next((name for name, pane in panes(window) if pane is focus or pane.isAncestorOf(focus)), ""))
    assert seen[0] == "inspector"
    assert len(set(seen)) == 3


def panes(window: MainWindow) -> list[tuple[str, Any]]:
    named = [("palette", window.palette_view), ("canvas", window.canvas), ("inspector", window.inspector)]
    return [*named, *window.docks.panels.items()]


@pytest.mark.parametrize("keys", [(Qt.Key.Key_Tab, NONE), (Qt.Key.Key_A, SHIFT), (Qt.Key.Key_Space, NONE)])
def test_a_key_on_the_canvas_opens_the_search_box(
    qtbot: QtBot, window: MainWindow, studio: Studio, keys: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    studio.bridge.select((studio.document.node("conv").id,))
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, *keys)
    field = window.adding.box.field
    assert field.hasFocus()
    qtbot.keyClicks(field, "tanh")
    assert window.palette_view.search.text() == ""
    qtbot.keyClick(field, Qt.Key.Key_Return)
    (link,) = studio.document.links_into("tanh", "x")
    assert link.source == studio.document.node("conv").id
    assert window.canvas.hasFocus()


def test_keys_of_the_canvas_mean_nothing_in_the_search_box(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_A, CTRL)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Space)
    field, nodes = window.adding.box.field, dict(studio.document.nodes)
    for key in (Qt.Key.Key_G, Qt.Key.Key_D, Qt.Key.Key_Z, Qt.Key.Key_A):
        qtbot.keyClick(field, key, CTRL)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_M, Qt.Key.Key_F, Qt.Key.Key_Home, Qt.Key.Key_Slash):
        qtbot.keyClick(field, key)
    assert dict(studio.document.nodes) == nodes
    assert field.hasFocus()
    assert field.text() == "/mf"


def test_restarting_the_engine_tells_the_window(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    states: list[str] = []
    studio.bridge.engine_changed.connect(lambda change: states.append(change.state))
    window.run_control.restart_engine()
    qtbot.waitUntil(lambda: states == ["lost", "starting", "ready"])
    assert window.run_control.can_train()


def test_the_program_opens_with_a_file(qtbot: QtBot) -> None:
    engine = FakeEngine()
    app, window = program.open_window(
        examples()["digits-cnn"],
        engine=engine,
        settings=Settings(theme="light"),
        dialogs=Answers(),  # type: ignore[arg-type]
    )
    qtbot.addWidget(window)
    engine.on_event = window.bridge.deliver
    engine.start()
    settle(window.bridge)
    assert app is QApplication.instance()
    assert window.isVisible()
    assert window.bridge.session.path is None
    assert window.run_control.can_train()
    window.close()


def test_the_ear_loses_nothing_before_the_window_is_there() -> None:
    ear, heard = program.Ear(), []
    ear.hear(EngineChange("starting"))
    ear.pass_to(heard.append)
    ear.hear(EngineChange("ready"))
    assert heard == [EngineChange("starting"), EngineChange("ready")]


def test_the_window_needs_neither_torch_nor_scikit_learn() -> None:
    code = "import sys, nnstudio.ui.window, nnstudio.app; print([m for m in ('torch', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_bug_in_a_slot_is_told(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    program.watch_slots(window)
    error = ZeroDivisionError("division by zero")
    sys.excepthook(ZeroDivisionError, error, None)
    assert "ZeroDivisionError: division by zero" in window.notices.shown[0].message
