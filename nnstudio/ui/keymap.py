"""Which keys belong to which command: those of the table, and what the person has changed.

A key does one thing. Where two commands have the same, that of the whole window wins over that of the canvas, and the
one listed first over one listed later; the other does not hear it until the person gives it another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ref

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from nnstudio.settings import Settings
from nnstudio.ui.command import Command

_NO_MODIFIER = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEPT_BACK = {
    Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space,
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
}  # fmt: skip
"""Keys that walk, choose and call off everywhere; with Ctrl or Alt they are free."""
_MODIFIERS = {
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_unknown,
}  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """Two commands have one key. `wins` tells whether it is this one that hears it."""

    key: str
    other: str
    wins: bool


class Keymap:
    """Keys are told in Qt's portable form, as "Ctrl+Shift+P". Changes are kept in the settings, and only those."""

    def __init__(self, table: Sequence[Command], settings: Settings) -> None:
        self._settings = settings
        self.commands = {command.key: command for command in table}
        self.menus: dict[str, str] = {}
        """The access keys of the menu bar, as "Alt+F", with the titles of the menus."""
        self._defaults = {command.key: tuple(key.toString() for key in command.keys) for command in table}
        self._rank = [command.key for command in sorted(table, key=lambda command: command.canvas)]
        """Who hears a key before whom."""

    def keys(self, command: str) -> tuple[str, ...]:
        """What the command has, the one that is shown first."""
        changed = self._changed(command)
        return self.default(command) if changed is None else changed

    def default(self, command: str) -> tuple[str, ...]:
        """What it has in the table."""
        return self._defaults[command]

    def is_changed(self, command: str) -> bool:
        return self._changed(command) is not None

    def heard(self) -> dict[str, tuple[str, ...]]:
        """Of each command those keys that it hears."""
        owners = self._owners()
        return {
            command: tuple(key for key in self.keys(command) if owners[key][0] == command) for command in self._rank
        }

    def clashes(self) -> dict[str, list[Clash]]:
        """The commands that share a key with others."""
        found: dict[str, list[Clash]] = {}
        for key, owners in self._owners().items():
            for owner in owners if len(owners) > 1 else ():
                others = [other for other in owners if other != owner]
                found.setdefault(owner, []).extend(Clash(key, other, owner == owners[0]) for other in others)
        return found

    def set(self, command: str, keys: Iterable[str]) -> None:
        """Give a command these keys instead of what it has."""
        wanted = tuple(dict.fromkeys(keys))
        changed = dict(self._settings.shortcuts)
        changed.pop(command, None)
        if wanted != self.default(command):
            changed[command] = "; ".join(wanted)
        self._settings.shortcuts = changed

    def refusal(self, command: str, key: str) -> str:
        """Why a key can not be given to a command; an empty string where it can."""
        stroke = _stroke(QKeySequence(key))
        bare = stroke.keyboardModifiers() in (_NO_MODIFIER, _SHIFT)
        if key in self.default(command):
            return ""
        if bare and stroke.key() in _KEPT_BACK:
            words = _tr("{0} walks, chooses or calls off everywhere. Take another key, or hold Ctrl with it.")
        elif bare and _writes(stroke.key()) and not self.commands[command].canvas:
            words = _tr("{0} is needed for writing, and this command works in the whole window. Hold Ctrl or Alt too.")
        elif key in self.menus:
            words = _tr("{0} opens the menu {1}. Take another key.")
        else:
            return ""
        return words.format(native(key), self.menus.get(key, ""))

    def reset(self, command: str) -> None:
        self.set(command, self.default(command))

    def reset_all(self) -> None:
        self._settings.shortcuts = {}

    def _owners(self) -> Mapping[str, list[str]]:
        """Who has a key, the one that hears it first."""
        owners: dict[str, list[str]] = {}
        for command in self._rank:
            for key in self.keys(command):
                owners.setdefault(key, []).append(command)
        return owners

    def _changed(self, command: str) -> tuple[str, ...] | None:
        """What the person has given it. Text that is no key is damage, and then the table counts."""
        text = self._settings.shortcuts.get(command)
        if text is None:
            return None
        keys = parsed(text)
        return keys if keys or not text.strip() else None


_shown: dict[str, tuple[str, ...]] = {}
_followers: list[tuple[ref[QWidget], Callable[[Any], object]]] = []


def show(heard: Mapping[str, tuple[str, ...]]) -> None:
    """From now on these are the keys that tips and menus tell."""
    _shown.clear()
    _shown.update(heard)
    _followers[:] = [(held, tell) for held, tell in _followers if (widget := held()) is not None and isValid(widget)]
    for held, tell in _followers:
        tell(held())


def follow(widget: QWidget, tell: Callable[[Any], object]) -> None:
    """Call `tell` with the widget now, and whenever keys change as long as it lives."""
    _followers.append((ref(widget), tell))
    tell(widget)


def tip(widget: QWidget, text: str, command: str) -> None:
    """Give a widget a tip that tells the command's key."""
    follow(widget, lambda widget: widget.setToolTip(with_key(text, command)))


def key_of(command: str) -> str:
    """The key to be told for a command, as this system writes it; empty where it has none."""
    return next((native(key) for key in _shown.get(command, ())), "")


def with_key(text: str, command: str) -> str:
    """A tip, with the command's key behind it: "Train (Ctrl+Return)"."""
    key = key_of(command)
    return f"{text} ({key})" if key else text


def parsed(text: str) -> tuple[str, ...]:
    """The keys that a text names; what is no single key is left out."""
    found = QKeySequence.listFromString(text)
    return tuple(dict.fromkeys(key.toString() for key in found if _is_key(key)))


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def pressed(key: int, modifiers: Qt.KeyboardModifier, text: str) -> str:
    """What is pressed, as a key; nothing while only Shift, Ctrl and the like are held.

    Shift that only chooses the sign is no part of it: Shift and = is +.
    """
    if Qt.Key(key) in _MODIFIERS:
        return ""
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    if modifiers & _SHIFT and text and text.isprintable() and not text.isspace() and not text.isalpha():
        modifiers &= ~_SHIFT
    if Qt.Key(key) == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    return QKeySequence(int(key) | modifiers.value).toString()


def _writes(key: Qt.Key) -> bool:
    """Letters, digits and signs; Qt's other keys have numbers above."""
    return key.value < Qt.Key.Key_Escape.value or key in (
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    )


def _is_key(key: QKeySequence) -> bool:
    return key.count() == 1 and _stroke(key).key() not in _MODIFIERS and bool(key.toString())


def _stroke(key: QKeySequence) -> QKeyCombination:
    return key[0]  # type: ignore[index,no-any-return]  # its stubs know no index


def _tr(text: str) -> str:
    return QCoreApplication.translate("Keymap", text)
