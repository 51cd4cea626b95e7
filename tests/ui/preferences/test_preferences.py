"""The window of settings, by real keys: what is chosen counts at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from nnstudio.settings import Settings, about
from nnstudio.ui import theme
from nnstudio.ui.help import ShortcutList
from nnstudio.ui.preferences.dialog import Preferences
from nnstudio.ui.preferences.keyboard import NOTE, KeyboardPage
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, gone, make_active, open_studio, shown

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(path=tmp_path_factory.mktemp("settings") / "settings.json", theme="dark")


@pytest.fixture(scope="module")
def window(studio: Studio, settings: Settings) -> Iterator[MainWindow]:
    """One for all tests here: making it takes longer than they do."""
    window = MainWindow(studio.bridge, settings, Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    window.show()
    yield window
    gone(window)


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow, settings: Settings) -> Preferences:
    window.asides.preferences.close()
    settings.shortcuts = {}
    make_active(window)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Comma, CONTROL)
    dialog = window.asides.preferences
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.keyboard.filter.clear()
    return dialog


def test_every_setting_that_is_shown_has_a_field(dialog: Preferences, settings: Settings) -> None:
    assert list(dialog.general.fields) == [name for name, known in about().items() if known.shown]
    choice, number, flag = (dialog.general.fields[name] for name in ("theme", "recent_kept", "hints"))
    assert isinstance(choice, QComboBox)
    assert isinstance(number, QSpinBox)
    assert number.lineEdit().textMargins().left() == 8, "as the other fields"
    assert isinstance(flag, QCheckBox)
    choice.setCurrentIndex(choice.findData("light"))
    number.setValue(3)
    flag.click()
    assert (settings.theme, settings.recent_kept, settings.hints) == ("light", 3, False)
    assert theme.current().mode == "light"


def test_what_a_menu_changes_shows_in_the_window_of_settings(
    qtbot: QtBot, window: MainWindow, dialog: Preferences, settings: Settings
) -> None:
    window.actions_table.action("theme_high-contrast").trigger()
    field = dialog.general.fields["theme"]
    assert isinstance(field, QComboBox)
    assert field.currentData() == "high-contrast"
    settings.recent_kept = 7
    qtbot.waitUntil(lambda: Settings.load(settings.path).recent_kept == 7)


def test_a_key_is_given_by_pressing_it_and_works_at_once(
    qtbot: QtBot, window: MainWindow, dialog: Preferences, studio: Studio, settings: Settings
) -> None:
    page = dialog.keyboard
    dialog.pages.setCurrentWidget(page)
    page.choose("select_all")
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_F4)
    qtbot.keyClick(page.field, Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.AltModifier)
    assert settings.shortcuts == {"select_all": "Ctrl+A; F4; Ctrl+Alt+S"}
    assert window.actions_table.action("select_all").shortcuts()[1].toString() == "F4"
    dialog.close()
    make_active(window)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_F4)
    assert len(studio.bridge.selection) == len(studio.document.nodes)


def note(page: KeyboardPage, command: str) -> str:
    """What is told in a command's row."""
    page.choose(command)
    return page.list.currentItem().text(NOTE)


def test_a_clash_is_told_at_both_rows_and_can_be_taken_away(
    qtbot: QtBot, window: MainWindow, dialog: Preferences, settings: Settings
) -> None:
    page = dialog.keyboard
    page.choose("duplicate")
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_S, CONTROL)
    assert "also the key of 'Save'" in page.message.text()
    assert "heard by 'Save' instead" in note(page, "duplicate")
    assert "not heard by 'Duplicate'" in note(page, "save")
    assert [key.toString() for key in window.actions_table.action("duplicate").shortcuts()] == ["Ctrl+D"]
    page.offer.click()
    assert settings.shortcuts == {"duplicate": "Ctrl+D; Ctrl+S", "save": ""}
    assert note(page, "duplicate") == note(page, "save") == "changed"


def test_a_refused_key_changes_nothing(qtbot: QtBot, dialog: Preferences, settings: Settings) -> None:
    page = dialog.keyboard
    page.choose("save")
    qtbot.keyClick(page.field, Qt.Key.Key_B)
    assert "needed for writing" in page.message.text()
    qtbot.keyClick(page.field, Qt.Key.Key_Space)
    assert "everywhere" in page.message.text()
    assert settings.shortcuts == {}


def test_keys_are_taken_away_and_reset_one_or_all(qtbot: QtBot, dialog: Preferences, settings: Settings) -> None:
    page = dialog.keyboard
    for command in ("undo", "redo"):
        page.choose(command)
        chip = page.chips.itemAt(0).widget()
        assert chip is not None
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert settings.shortcuts == {"undo": "", "redo": "Ctrl+Y"}
    page.reset.click()
    assert settings.shortcuts == {"undo": ""}
    assert not page.reset.isEnabled()
    page.reset_all.click()
    assert settings.shortcuts == {}
    page.offer.click()
    assert settings.shortcuts == {"undo": ""}


def test_the_filter_finds_by_name_menu_and_key(qtbot: QtBot, dialog: Preferences) -> None:
    page = dialog.keyboard
    dialog.pages.setCurrentWidget(page)
    qtbot.keyClicks(page.filter, "ctrl+shift+z")
    assert [key for key, row in page._rows.items() if not row.isHidden()] == ["redo"]
    page.filter.clear()
    qtbot.keyClicks(page.filter, "train stop")
    assert [key for key, row in page._rows.items() if not row.isHidden()] == ["stop"]
    assert not page.chosen
    assert not page.field.isEnabled()


def test_the_list_of_keys_follows(window: MainWindow, settings: Settings) -> None:
    window.actions_table.action("shortcuts").trigger()
    listed = window.findChild(ShortcutList)
    settings.shortcuts = {"about": "F12"}
    rows = [listed.list.topLevelItem(n) for n in range(listed.list.topLevelItemCount())]
    assert ["F12", "About NNStudio"] in [[row.text(0), row.text(1)] for row in rows]
    settings.shortcuts = {"train": "F5", "search": "Ctrl+K"}
    assert "F5" in window.runbar.train.toolTip()
    assert "(Ctrl+K)" in window.palette_view.search.toolTip()


def test_damaged_keys_never_stop_the_start(qtbot: QtBot, studio: Studio) -> None:
    window = MainWindow(studio.bridge, Settings(shortcuts={"save": "garbage", "x" * 999: ";;;", "undo": "Ctrl+S"}))
    shown(qtbot, window)
    assert [key.toString() for key in window.actions_table.action("save").shortcuts()] == ["Ctrl+S"]
    assert [key.toString() for key in window.actions_table.action("undo").shortcuts()] == []
    window.close()
