"""Keys of commands: the table's, the person's, and what is damaged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nnstudio.settings import Settings
from nnstudio.ui import keymap
from nnstudio.ui.command import Command
from nnstudio.ui.keymap import Clash, Keymap

MODIFIER = Qt.KeyboardModifier


def row(key: str, shortcut: str, *, canvas: bool = False) -> Command:
    return Command(key, "edit", key, "Does it", lambda: None, shortcut, canvas=canvas)


@pytest.fixture
def keys() -> Keymap:
    table = (row("delete", "Del; Backspace", canvas=True), row("save", "Ctrl+S"), row("mute", "M", canvas=True))
    return Keymap(table, Settings())


def test_only_differences_are_kept(keys: Keymap) -> None:
    settings = keys._settings
    keys.set("save", ["F5", "F5", "Ctrl+S"])
    assert settings.shortcuts == {"save": "F5; Ctrl+S"}
    assert keys.keys("save") == ("F5", "Ctrl+S")
    keys.set("save", ["Ctrl+S"])
    assert settings.shortcuts == {}
    keys.set("mute", [])
    assert keys.keys("mute") == ()
    keys.reset_all()
    assert keys.keys("mute") == ("M",)


@pytest.mark.parametrize("text", ["nonsense", "Ctrl+K, Ctrl+C", "Shift", "\x00", "Ctrl+Shift"])
def test_what_is_no_key_is_damage_and_the_table_counts(keys: Keymap, text: str) -> None:
    keys._settings.shortcuts = {"save": text, "no such command": "F4", "mute": f"F6; {text}"}
    assert keys.keys("save") == ("Ctrl+S",)
    assert not keys.is_changed("save")
    assert keys.keys("mute") == ("F6",)


def test_the_window_hears_before_the_canvas_and_both_know(keys: Keymap) -> None:
    keys.set("delete", ["Del", "Ctrl+S"])
    assert keys.clashes() == {"save": [Clash("Ctrl+S", "delete", True)], "delete": [Clash("Ctrl+S", "save", False)]}
    assert keys.heard() == {"save": ("Ctrl+S",), "delete": ("Del",), "mute": ("M",)}


@pytest.mark.parametrize(
    ("command", "key", "told"),
    [
        ("save", "Esc", "everywhere"),
        ("mute", "Space", "everywhere"),
        ("mute", "Shift+Tab", "everywhere"),
        ("save", "B", "writing"),
        ("save", "Shift+B", "writing"),
        ("save", "Backspace", "writing"),
        ("mute", "B", ""),
        ("mute", "Ctrl+Space", ""),
        ("save", "F4", ""),
        ("save", "Ctrl+B", ""),
        ("mute", "Alt+F", "menu File"),
    ],
)
def test_keys_that_can_not_be_given_say_why(keys: Keymap, command: str, key: str, told: str) -> None:
    keys.menus = {"Alt+F": "File"}
    refused = keys.refusal(command, key)
    assert (told in refused) if told else not refused


@pytest.mark.parametrize(
    ("key", "held", "text", "expected"),
    [
        (Qt.Key.Key_Plus, MODIFIER.ShiftModifier, "+", "+"),
        (Qt.Key.Key_A, MODIFIER.ShiftModifier, "A", "Shift+A"),
        (Qt.Key.Key_5, MODIFIER.KeypadModifier, "5", "5"),
        (Qt.Key.Key_Shift, MODIFIER.ShiftModifier, "", ""),
        (Qt.Key.Key_P, MODIFIER.ControlModifier | MODIFIER.ShiftModifier, "\x10", "Ctrl+Shift+P"),
    ],
)
def test_what_is_pressed_as_a_key(key: Qt.Key, held: Qt.KeyboardModifier, text: str, expected: str) -> None:
    assert keymap.pressed(key.value, held, text) == expected


def test_tips_tell_the_key_that_is_heard(keys: Keymap) -> None:
    keymap.show({"save": ("F5", "Ctrl+S"), "mute": ()})
    assert keymap.with_key("Save it", "save") == "Save it (F5)"
    assert keymap.with_key("Mute it", "mute") == "Mute it"


def test_text_that_is_no_key_is_none() -> None:
    assert keymap.parsed("\ud800") == ()
    assert keymap.parsed("Ctrl+; F5") == ("F5",)
