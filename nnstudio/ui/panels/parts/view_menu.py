"""What of a picture is drawn: a button with a menu of ticks and choices, where a header has no room for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nnstudio.ui.panels.parts.header import tool_button


class ViewMenu(QWidget):
    """`changed` tells that something is to be drawn otherwise. Texts are translated already."""

    changed = Signal()

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.button = tool_button("settings", tip)
        self.button.setStyleSheet(self.button.styleSheet() + " QToolButton::menu-indicator { image: none; width: 0; }")
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.button.setMenu(self.menu)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)

    def set_tip(self, tip: str) -> None:
        """What the button says of itself."""
        self.button.setToolTip(tip)
        self.button.setAccessibleName(tip)

    def add_tick(self, text: str, tip: str, *, on: bool = True) -> QAction:
        """Something that is drawn or not."""
        action = QAction(text, self.menu, checkable=True, checked=on, toolTip=tip)
        action.toggled.connect(self.changed)
        self.menu.addAction(action)
        return action

    def add_choice(self, title: str, options: Sequence[tuple[str, str]], chosen: str) -> Choice:
        """One of several, each a key and a text, in a menu of their own."""
        choice = Choice(self.menu.addMenu(title), options, chosen)
        choice.changed.connect(self.changed)
        return choice

    def add_deed(self, text: str, tip: str) -> QAction:
        """Something to be done at once."""
        action = self.menu.addAction(text)
        action.setToolTip(tip)
        return action


class Choice(QActionGroup):
    """The entries of a menu of which one is chosen."""

    changed = Signal()

    def __init__(self, menu: QMenu, options: Sequence[tuple[str, str]], chosen: str) -> None:
        super().__init__(menu)
        self.sub_menu = menu
        for key, text in options:
            action = QAction(text, self, checkable=True, checked=key == chosen)
            action.setData(key)
            self.addAction(action)
            menu.addAction(action)
        self.triggered.connect(self.changed)

    @property
    def chosen(self) -> str:
        """The key of the one that is chosen."""
        return str(self.checkedAction().data())

    def choose(self, key: str) -> None:
        """Choose another one, as the person does."""
        next(action for action in self.actions() if action.data() == key).trigger()

    def set_possible(self, possible: bool) -> None:
        """Whether there is something to choose now."""
        self.sub_menu.menuAction().setVisible(possible)
