"""What the list of commands offers, and in which order: what was used lately comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDockWidget

from nnstudio.catalogue import registry, search
from nnstudio.settings import Settings
from nnstudio.ui.actions import Actions
from nnstudio.ui.command import Command
from nnstudio.ui.keymap import key_of
from nnstudio.ui.menus import Entry

LATELY = 24
"""So many commands are remembered as used."""
FIRST = 5
"""So many of them come first while nothing is typed."""


@dataclass(frozen=True)
class Offer:
    """One row: `note` tells where it is and what it does, or why it can not be done now."""

    key: str
    name: str
    note: str
    keys: str
    icon: QIcon
    possible: bool
    ticked: bool
    call: Callable[[], object]


class Offers:
    """All that the menus offer at one moment."""

    def __init__(self, entries: Sequence[Entry], actions: Actions, settings: Settings) -> None:
        commands = actions.keymap.commands
        self._settings = settings
        self._offers = {entry.key: _offer(entry, actions) for entry in entries}
        self._commands = [entry.key for entry in entries if entry.key in commands]
        self._index = search.Index(_known(entry, commands.get(entry.key)) for entry in entries)

    def find(self, text: str) -> list[Offer]:
        """Those that the text means, best first. Among equally good ones that used last is first."""
        lately = {key: place for place, key in enumerate(self._settings.recent_commands)}
        hits = self._index.find(text)
        if not text.strip():
            first = [key for key in lately if key in hits][:FIRST]
            return [self._offers[key] for key in dict.fromkeys((*first, *self._commands, *hits))]
        order = sorted(hits, key=lambda key: (hits[key].step, lately.get(key, LATELY), hits[key].fine))
        return [self._offers[key] for key in order]

    def used(self, offer: Offer) -> None:
        """It is the newest of those used lately."""
        others = [key for key in self._settings.recent_commands if key != offer.key]
        self._settings.recent_commands = (offer.key, *others)[:LATELY]


def _offer(entry: Entry, actions: Actions) -> Offer:
    action = entry.action
    is_command = entry.key in actions.keymap.commands
    possible = action.isEnabled()
    tip = action.toolTip() if action.toolTip() != entry.name else ""
    if not possible:
        tip = (actions.reason(entry.key) if is_command else "") or _tr("Not possible now.")
    note = " · ".join(filter(None, (" ▸ ".join(entry.path), tip)))
    dock = action.parent()
    call = _shower(dock) if isinstance(dock, QDockWidget) else action.trigger
    ticked = action.isCheckable() and action.isChecked() and not isinstance(dock, QDockWidget)
    keys = key_of(entry.key) if is_command else ""
    return Offer(entry.key, entry.name, note, keys, entry.icon, possible, ticked, call)


def _shower(dock: QDockWidget) -> Callable[[], None]:
    """A panel that is asked for by name is wanted in front, not put away."""

    def show() -> None:
        dock.show()
        dock.raise_()

    return show


def _known(entry: Entry, command: Command | None) -> search.Entry:
    """A command is also found by its lasting name, whatever it is called at the moment."""
    layer = registry.layers().get(entry.name)
    others = layer.aliases if layer is not None else ()
    if command is not None:
        others = (command.key.replace("_", " "), command.name)
    summary = f"{entry.action.toolTip()} {command.tip if command is not None else ''}"
    return search.Entry(entry.key, entry.name, others, " ".join(entry.path), summary, command is not None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Offers", text)
