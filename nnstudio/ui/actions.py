"""Actions made from the one table of commands: menus, shortcuts and the list of shortcuts come from them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from nnstudio.ui import icons
from nnstudio.ui.command import Command, Place, all_commands


class Actions(QObject):
    """The table, and an action for each row. `refresh` brings texts and possibilities up to date."""

    def __init__(self, place: Place, window: QWidget, table: Iterable[Command] | None = None) -> None:
        super().__init__(window)
        self._place = place
        self.table: tuple[Command, ...] = all_commands(place) if table is None else tuple(table)
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {command.key: self._make(command, window) for command in self.table}
        bridge = place.bridge
        for signal in (bridge.session_changed, bridge.history_changed, bridge.selection_changed):
            signal.connect(self.refresh)
        place.canvas.canvas.wires_chosen.connect(self.refresh)
        for signal in (bridge.run_changed, bridge.engine_changed, bridge.sheet_changed):
            signal.connect(self.refresh)
        self.refresh()

    def action(self, key: str) -> QAction:
        """The action of a command."""
        return self._actions[key]

    def refresh(self, *_: object) -> None:
        """Texts, ticks and possibilities as they are now."""
        for command in self.table:
            action = self._actions[command.key]
            action.setEnabled(command.enabled())
            if command.named is not None:
                action.setText(command.named())
            if command.checked is not None:
                action.setChecked(command.checked())

    def _make(self, command: Command, window: QWidget) -> QAction:
        action = QAction(command.text, window)
        action.setObjectName(command.key)
        action.setToolTip(command.tip)
        action.setStatusTip(command.tip)
        if command.icon:
            action.setIcon(icons.icon(command.icon))
        action.setShortcuts(command.keys)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda: self._run(command))
        if command.one_of:
            self._groups.setdefault(command.one_of, QActionGroup(window)).addAction(action)
        self._bind(action, command, window)
        return action

    def _bind(self, action: QAction, command: Command, window: QWidget) -> None:
        """Keys of the canvas mean something else in a text field."""
        if command.canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._place.canvas.addAction(action)
        else:
            window.addAction(action)

    def _run(self, command: Command) -> None:
        command.call()
        self.refresh()
