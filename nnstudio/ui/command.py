"""What a command is: one row with its words, its keys, what it calls, and when it is possible.

A file in `ui.commands` declares the rows of one topic; `ui.actions` makes menus, shortcuts and the rest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from nnstudio.discovery import declared
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.projects.projects import Projects
from nnstudio.ui.run.run_control import RunControl


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Commands", text)


@dataclass(frozen=True)
class Command:
    """One command. `enabled` may be asked at any time; `canvas` means that its shortcut works on the canvas only.

    `menu` is the key of a menu, or of one inside another as "view/theme". `shortcut` may hold several, as
    "Del; Backspace". `named` gives a text that follows from the state, as "Undo Add conv"; `line` draws a line above it
    in the menu; `one_of` names the group of which one is ticked. `why` tells why it is not possible now, or what it
    needs. `tint` is a colour for the icon, as `icons.icon` takes it.
    """

    key: str
    menu: str
    text: str
    tip: str
    call: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[], bool] = lambda: True
    named: Callable[[], str] | None = None
    checked: Callable[[], bool] | None = None
    canvas: bool = False
    line: bool = False
    one_of: str = ""
    tint: str = ""
    why: Callable[[], str] = lambda: ""

    @property
    def name(self) -> str:
        """The text without the mark of its access key."""
        return bare(self.text)

    @property
    def keys(self) -> list[QKeySequence]:
        """The shortcuts, the one that is shown first."""
        return QKeySequence.listFromString(self.shortcut) if self.shortcut else []


def bare(text: str) -> str:
    """A menu's text as it is read: without the mark of its access key."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


@dataclass(frozen=True)
class Place:
    """What the commands act on. `canvas` is the view of the drawing, `shell` the window around it."""

    bridge: Bridge
    projects: Projects
    run: RunControl
    canvas: Any
    shell: Any


@dataclass(frozen=True)
class Topic:
    """Rows that belong together. Menus list topics by `order`, and the rows of a topic as they come.

    `titles` gives those of menus inside others, by their keys; such a menu stands where its first command does.
    """

    order: int
    make: Callable[[Place], tuple[Command, ...]]
    titles: Callable[[], Mapping[str, str]] = dict


def topics() -> list[Topic]:
    """All topics, in their order."""
    return sorted((topic for _, topic in declared("nnstudio.ui.commands", Topic)), key=lambda topic: topic.order)


def all_commands(place: Place) -> tuple[Command, ...]:
    """The one table: the rows of every topic."""
    return tuple(command for topic in topics() for command in topic.make(place))


def menu_titles() -> dict[str, str]:
    """The titles of menus inside others."""
    return {key: title for topic in topics() for key, title in topic.titles().items()}
