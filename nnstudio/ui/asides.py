"""What stands beside the drawing and comes when it is called: settings, lists of commands and keys, and the like."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.actions import Actions
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.help import About, ShortcutList
from nnstudio.ui.menus import Menus
from nnstudio.ui.preferences.dialog import Preferences

KEEP_MS = 400
"""After the last change of a setting, until all are written."""


class Asides(QObject):
    """Each is made when it is first wanted."""

    def __init__(self, window: QMainWindow, bridge: Bridge, settings: Settings, actions: Actions, menus: Menus) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._settings = settings
        self._actions = actions
        self._menus = menus
        self._preferences: Preferences | None = None
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep.timeout.connect(settings.keep)
        settings.subscribe(self._changed)

    @property
    def preferences(self) -> Preferences:
        """The window of settings."""
        if self._preferences is None:
            places = {entry.key: " ▸ ".join(entry.path) for entry in self._menus.entries()}
            keys = self._actions.keymap
            self._preferences = Preferences(self._settings, keys, lambda key: places.get(key, ""), self._window)
        return self._preferences

    def show_settings(self) -> None:
        """Where a person says what they like."""
        self.preferences.show_page(self.preferences.general)

    def show_keyboard(self) -> None:
        """Where commands are given other keys."""
        self.preferences.show_page(self.preferences.keyboard)

    def show_shortcuts(self) -> None:
        """A list of all keys, beside the window."""
        ShortcutList(self._actions, self._window).show()

    def show_about(self) -> None:
        """What this program is."""
        ready = self._bridge.ready
        About(self.tr("PyTorch {0}").format(ready.torch) if ready else "", self._window).show()

    def _changed(self, name: str) -> None:
        """A setting counts from now on, and is kept."""
        app = QApplication.instance()
        if name == "theme" and isinstance(app, QApplication) and theme.current().mode != self._settings.theme:
            theme.apply(app, self._settings.theme)
            self._actions.refresh()
        self._keep.start()
