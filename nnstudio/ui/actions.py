"""Actions made from the one table of commands: menus, shortcuts and all that lists them come from them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from nnstudio.settings import Settings
from nnstudio.ui import icons, keymap
from nnstudio.ui.command import Command, Place, all_commands
from nnstudio.ui.keymap import Keymap
from nnstudio.ui.run.pulse import Pulse


class Actions(QObject):
    """The table, and an action for each row. `refresh` brings texts and possibilities up to date."""

    keys_changed = Signal()
    """The person has given commands other keys."""

    def __init__(
        self,
        place: Place,
        window: QWidget,
        table: Iterable[Command] | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(window)
        self._place = place
        self.table: tuple[Command, ...] = all_commands(place) if table is None else tuple(table)
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {command.key: self._make(command, window) for command in self.table}
        settings = settings or Settings()
        self.keymap = Keymap(self.table, settings)
        settings.subscribe(self._setting_changed)
        self._give_keys()
        bridge = place.bridge
        for signal in (bridge.session_changed, bridge.history_changed, bridge.selection_changed):
            signal.connect(self.refresh)
        place.canvas.canvas.wires_chosen.connect(self.refresh)
        pulse = Pulse(bridge, self)
        for signal in (pulse.told, bridge.engine_changed, bridge.sheet_changed, bridge.walked):
            signal.connect(self.refresh)
        self.refresh()

    def action(self, key: str) -> QAction:
        """The action of a command."""
        return self._actions[key]

    def trigger(self, key: str) -> None:
        """Do a command, if it is possible now."""
        self._actions[key].trigger()

    def reason(self, key: str) -> str:
        """Why a command is not possible now, as far as that is known."""
        command, bridge = self.keymap.commands[key], self._place.bridge
        if command.why():
            return command.why()
        if command.canvas and not bridge.sheet.nodes:
            return self.tr("The drawing is empty.")
        return self.tr("Choose a node first.") if command.canvas and not bridge.selection else ""

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
            action.setIcon(icons.icon(command.icon, command.tint or None))
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

    def _setting_changed(self, name: str) -> None:
        if name == "shortcuts":
            self._give_keys()
            self.keys_changed.emit()

    def _give_keys(self) -> None:
        """Each action hears its keys, and no two hear the same one."""
        heard = self.keymap.heard()
        for command, keys in heard.items():
            self._actions[command].setShortcuts([QKeySequence(key) for key in keys])
        keymap.show(heard)

    def _run(self, command: Command) -> None:
        command.call()
        self.refresh()
