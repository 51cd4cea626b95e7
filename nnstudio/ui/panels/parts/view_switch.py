"""Which of several views is shown: a row of small buttons of which one is down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from nnstudio.ui import icons
from nnstudio.ui.panels.parts.header import tool_button


class ViewSwitch(QWidget):
    """Each view is a key, which is the name of its icon, and a tip. `chosen` tells what the person takes."""

    chosen = Signal(str)

    def __init__(self, views: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, tip in views:
            button = tool_button(key, tip, checkable=True)
            self._group.addButton(button)
            self.buttons[key] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._on_click)

    @property
    def view(self) -> str:
        """The key of the one that is down, or empty."""
        return next((key for key, button in self.buttons.items() if button.isChecked()), "")

    def show_view(self, view: str, possible: Sequence[str]) -> None:
        """Which one is down, and which there are."""
        self.buttons[view].setChecked(True)
        for key, button in self.buttons.items():
            button.setVisible(key in possible)
            button.setIcon(icons.icon(key, "accent" if key == view else "muted"))

    def _on_click(self, _button: QToolButton) -> None:
        self.chosen.emit(self.view)
