"""The table of commands: every row has its words, its place in the menus, and does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.data.registry import datasets
from nnstudio.errors import EngineDied, EngineError
from nnstudio.examples import examples
from nnstudio.settings import THEMES, Settings
from nnstudio.ui.actions import Actions
from nnstudio.ui.command import Command
from nnstudio.ui.help import ShortcutList
from nnstudio.ui.inspector.fields import TextField
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, make_active, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    make_active(window)
    yield window
    window.close()


@pytest.fixture
def table(window: MainWindow) -> Actions:
    return window.actions_table


def leaves(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from leaves(inner)
        elif not action.isSeparator():
            yield action


def reachable(window: MainWindow) -> list[QAction]:
    return [leaf for menu in window.menu_list.menus.values() for leaf in leaves(menu)]


def words(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in leaves(menu)]


def test_every_command_has_words_and_a_place(window: MainWindow, table: Actions) -> None:
    found = reachable(window)
    for command in table.table:
        action = table.action(command.key)
        assert action.text()
        assert command.tip
        assert command.tip[0].isupper()
        assert action in found, f"{command.key} is in no menu"
    assert len({command.key for command in table.table}) == len(table.table)


def test_no_two_commands_share_a_key(table: Actions) -> None:
    keys = [action.shortcut().toString() for action in map(table.action, [row.key for row in table.table])]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys))
    assert all(keys)
    assert {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+S", "Ctrl+O", "Ctrl+N", "Ctrl+D", "Ctrl+A", "Home", "F", "F6"} <= set(keys)


def test_no_key_of_any_command_is_lost_to_another(table: Actions) -> None:
    assert table.keymap.clashes() == {}


def test_every_menu_and_every_entry_can_be_reached_by_keys(window: MainWindow) -> None:
    titles = [action.text() for action in window.menuBar().actions()]
    marks = [title[title.index("&") + 1].lower() for title in titles]
    assert len(set(marks)) == len(titles)
    found = window.menu_list.entries()
    assert {id(entry.action) for entry in found} >= {id(action) for action in window.actions_table._actions.values()}
    assert all(entry.name and entry.action.toolTip() and entry.path for entry in found)


def test_menus_stand_in_order_and_access_keys_do_not_clash(window: MainWindow) -> None:
    titles = [action.text() for action in window.menuBar().actions()]
    assert [title.replace("&", "") for title in titles][:5] == ["File", "Edit", "Add", "Block", "View"]
    for menu in window.menu_list.menus.values():
        marks = [text[text.index("&") + 1].lower() for action in menu.actions() if "&" in (text := action.text())]
        assert len(marks) == len(set(marks)), [action.text() for action in menu.actions()]


def test_undo_and_redo_are_named(window: MainWindow, table: Actions, studio: Studio) -> None:
    studio.document.set("conv", out_channels=9)
    assert table.action("undo").text() == "Undo Set out_channels"
    table.action("undo").trigger()
    assert studio.param("conv", "out_channels") == 4
    assert table.action("redo").text() == "Redo Set out_channels"
    table.action("redo").trigger()
    assert studio.param("conv", "out_channels") == 9
    assert not table.action("redo").isEnabled()


def test_what_is_not_possible_is_not_offered(window: MainWindow, table: Actions, studio: Studio) -> None:
    window.projects.new()
    for key in ("undo", "redo", "duplicate", "fit_selection", "train", "pause", "step", "stop", "rename", "select_all"):
        assert not table.action(key).isEnabled(), key
    for key in ("new", "open", "save", "fit_all", "about", "restart_engine"):
        assert table.action(key).isEnabled(), key


def test_the_run_drives_the_train_menu(window: MainWindow, table: Actions, studio: Studio) -> None:
    possible = ("train", "pause", "step", "step_epoch", "stop")
    assert [table.action(key).isEnabled() for key in possible] == [True, False, True, True, False]
    table.action("train").trigger()
    studio.engine.run = 1
    studio.engine.state("training")
    settle(studio.bridge)
    assert [table.action(key).isEnabled() for key in possible] == [False, True, False, False, True]
    studio.engine.state("paused")
    settle(studio.bridge)
    assert [table.action(key).isEnabled() for key in possible] == [False, True, True, True, True]
    assert table.action("pause").text() == "Resume"


def test_keys_work_in_the_window(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.canvas.setFocus()
    studio.document.set("conv", out_channels=9)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.param("conv", "out_channels") == 4
    qtbot.keyClick(window.canvas, Qt.Key.Key_Slash)
    assert window.palette_view.search.hasFocus()
    qtbot.keyClicks(window.palette_view.search, "a/f")
    assert window.palette_view.search.text() == "a/f"


def test_canvas_keys_do_not_act_from_a_text_field(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    studio.bridge.select((studio.document.node("conv").id,))
    field = window.inspector.node_page.form.fields["name"].editor
    field.setFocus()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_M, Qt.Key.Key_F, Qt.Key.Key_Home):
        qtbot.keyClick(field, key)
    assert not studio.document.node("conv").muted


def test_undo_in_a_field_is_the_texts_own_until_it_is_written(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    studio.bridge.select((studio.document.node("conv").id,))
    field = window.inspector.node_page.form.fields["out_channels"]
    assert isinstance(field, TextField)
    field.editor.setFocus()
    field.line.selectAll()
    qtbot.keyClicks(field.editor, "99")
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.line.text() == "4"
    field.line.selectAll()
    qtbot.keyClicks(field.editor, "98")
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert studio.param("conv", "out_channels") == 98
    qtbot.keyClick(field.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.param("conv", "out_channels") == 4


def test_delete_and_select_all_on_the_canvas(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(studio.bridge.selection) == len(studio.document.nodes)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert not studio.document.nodes
    studio.document.undo()
    assert len(studio.document.nodes) == 6


def test_every_layer_can_be_added_from_the_menu(window: MainWindow, studio: Studio) -> None:
    menus = window.menu_list.menus
    listed = [word for family in registry.families() for word in words(menus[f"add/{family.key}"])]
    assert listed == list(registry.layers())
    before = len(studio.document.nodes)
    next(action for action in leaves(menus["add"]) if action.text() == "Dropout").trigger()
    assert len(studio.document.nodes) == before + 1


def test_every_data_set_can_be_added_from_the_menu(window: MainWindow, studio: Studio) -> None:
    menu = window.menu_list.menus["add/datasets"]
    assert sorted(words(menu)) == sorted(each.title for each in datasets().values())
    next(action for action in leaves(menu) if action.text() == "Iris").trigger()
    (added,) = studio.bridge.selection
    assert studio.document.node(added).params["dataset"] == "iris"


def test_examples_open_as_new_projects(window: MainWindow, studio: Studio) -> None:
    menu = window.menu_list.menus["file/examples"]
    assert words(menu) == [name.replace("-", " ") for name in examples()]
    for action in list(leaves(menu)):
        action.trigger()
        assert studio.bridge.session.path is None
        assert not studio.bridge.session.dirty
        assert not studio.bridge.session.compiled.errors
    assert not studio.told


def test_recent_projects_and_those_that_are_gone(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    menu = window.menu_list.menus["file/recent"]
    assert words(menu) == ["No project was opened yet"]
    first, second = tmp_path / "a&b.nnstudio", tmp_path / "c.nnstudio.json"
    assert window.projects.save_to(first)
    assert window.projects.save_to(second)
    menu.aboutToShow.emit()
    assert [action.text() for action in leaves(menu)] == ["c.nnstudio.json", "a&&b.nnstudio", "&Clear List"]
    first.unlink()
    list(leaves(menu))[1].trigger()
    assert "a&b.nnstudio is no longer there" in window.notices.shown[-1].message
    menu.aboutToShow.emit()
    assert words(menu) == ["c.nnstudio.json", "Clear List"]
    window.projects.new()
    next(leaves(menu)).trigger()
    assert studio.bridge.session.path == second
    list(leaves(menu))[-1].trigger()
    menu.aboutToShow.emit()
    assert words(menu) == ["No project was opened yet"]
    assert second.is_file()


def test_recent_projects_of_one_name_are_told_apart(window: MainWindow, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        assert window.projects.save_to(tmp_path / folder / "net.nnstudio.json")
    menu = window.menu_list.menus["file/recent"]
    menu.aboutToShow.emit()
    assert words(menu)[:2] == ["net.nnstudio.json — two", "net.nnstudio.json — one"]


def test_exports_wait_for_the_engine(qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_studio(classifier(), started=False)
    answers = Answers(ask_unsaved="discard", ask_export=tmp_path / "model.onnx")
    window = MainWindow(studio.bridge, Settings(), answers)  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    menu = window.menu_list.menus["file/export"]
    assert words(menu) == ["The engine is starting…"]
    assert not next(leaves(menu)).isEnabled()
    studio.engine.start()
    settle(studio.bridge)
    assert words(menu) == ["Python source…", "ONNX…"]
    list(leaves(menu))[1].trigger()
    settle(studio.bridge)
    told = window.notices.shown[-1]
    assert str(tmp_path / "model.onnx") in told.message
    assert "differs from the model by at most 0" in told.fix
    window.close()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EngineError("The disk is full."), "The disk is full."),
        (EngineDied("The engine was killed."), "Not written: Python source. The engine ended."),
    ],
)
def test_a_failed_export_is_told_and_waits_no_longer(
    window: MainWindow, studio: Studio, tmp_path: Path, error: EngineError, told: str
) -> None:
    window.projects.dialogs.answers["ask_export"] = tmp_path / "x.py"  # type: ignore[attr-defined]  # the stand-in
    studio.engine.refuse = error
    next(leaves(window.menu_list.menus["file/export"])).trigger()
    settle(studio.bridge)
    assert [(notice.kind, notice.message) for notice in window.notices.shown] == [("error", told)]


def test_export_with_problems_is_told(window: MainWindow, studio: Studio, tmp_path: Path) -> None:
    window.projects.dialogs.answers["ask_export"] = tmp_path / "x.py"  # type: ignore[attr-defined]  # the stand-in
    studio.document.remove("flatten")
    studio.document.connect("relu", "head")
    next(leaves(window.menu_list.menus["file/export"])).trigger()
    settle(studio.bridge)
    assert "Linear 'head' gets" in studio.told[-1].message


def test_the_theme_is_ticked_and_remembered(window: MainWindow, table: Actions) -> None:
    table.action("theme_light").trigger()
    ticked = [mode for mode in THEMES if table.action(f"theme_{mode}").isChecked()]
    assert ticked == ["light"]
    assert window.theme_mode() == "light"


def test_every_dock_can_be_closed_and_brought_back(window: MainWindow) -> None:
    toggles = [action for action in window.menu_list.menus["panels"].actions() if action.isCheckable()]
    assert [action.text() for action in toggles][:2] == ["Layers", "Inspector"]
    for dock, action in zip(window.docks, toggles, strict=True):
        dock.close()
        assert not action.isChecked()
        action.trigger()
        assert not dock.isHidden()


def test_the_list_of_shortcuts_comes_from_the_table(qtbot: QtBot, window: MainWindow, table: Actions) -> None:
    table.action("shortcuts").trigger()
    listed = window.findChild(ShortcutList)
    assert listed is not None
    assert listed.isVisible()
    assert not listed.isModal()
    wanted: list[Command] = [command for command in table.table if command.shortcut]
    assert listed.list.topLevelItemCount() == len(wanted)


def test_the_mini_map_can_be_put_away(qtbot: QtBot) -> None:
    studio = open_studio(classifier())
    window = MainWindow(studio.bridge, Settings())
    shown(qtbot, window)
    action = window.actions_table.action("minimap")
    assert action.isChecked()
    assert window.canvas.minimap.isVisible()
    action.trigger()
    assert not window.canvas.minimap.isVisible()
    assert not action.isChecked()
