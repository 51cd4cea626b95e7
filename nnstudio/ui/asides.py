"""What stands beside the drawing and comes when it is called: settings, lists of commands and keys, and the like."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.actions import Actions
from nnstudio.ui.command import Place
from nnstudio.ui.finder.finder import Finder
from nnstudio.ui.finder.offers import Offers
from nnstudio.ui.help import About, ShortcutList
from nnstudio.ui.hints.guide import Guide
from nnstudio.ui.menus import Menus
from nnstudio.ui.preferences.dialog import Preferences
from nnstudio.ui.welcome.page import Welcome

KEEP_MS = 400
"""After the last change of a setting, until all are written."""


class Asides(QObject):
    """Each is made when it is first wanted."""

    def __init__(self, place: Place, settings: Settings, actions: Actions, menus: Menus) -> None:
        super().__init__(place.shell)
        self._place = place
        self._settings = settings
        self._actions = actions
        self._menus = menus
        self._preferences: Preferences | None = None
        self._welcome: Welcome | None = None
        self._greets = self._had_projects = False
        self._guide: Guide | None = None
        self._finder: Finder | None = None
        self._keep = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep.timeout.connect(settings.keep)
        settings.subscribe(self._changed)
        place.bridge.projects_changed.connect(self._projects_changed)
        place.bridge.session_changed.connect(self._project_shown)
        place.bridge.document_changed.connect(self._project_shown)
        actions.action("new").triggered.connect(self.leave_welcome)  # the empty project that is there will do

    @property
    def preferences(self) -> Preferences:
        """The window of settings."""
        if self._preferences is None:
            places = {entry.key: " ▸ ".join(entry.path) for entry in self._menus.entries()}
            keys = self._actions.keymap
            self._preferences = Preferences(self._settings, keys, lambda key: places.get(key, ""), self._place.shell)
        return self._preferences

    def greet(self) -> None:
        """From now on the page of examples is shown whenever no project is open, and hints where they are of use."""
        self._greets, self._had_projects = True, True
        self._projects_changed()
        self.guide.start()

    @property
    def guide(self) -> Guide:
        """Who shows hints."""
        if self._guide is None:
            self._guide = Guide(self._place, self._settings)
        return self._guide

    def show_hints_again(self) -> None:
        """Also those that were put away."""
        self.guide.again()

    def in_front(self) -> list[QWidget]:
        """What lies over the drawing now."""
        return [each for each in (self._welcome, self._finder) if each is not None and each.isVisible()]

    @property
    def welcome(self) -> Welcome:
        """The page of examples and last projects."""
        if self._welcome is None:
            place = self._place
            self._welcome = Welcome(place.shell.ground, place.projects, place.run.train)
            self._welcome.closed.connect(self._welcome_closed)
        return self._welcome

    def show_welcome(self) -> None:
        """Examples and last projects, over the drawing, which has no keyboard meanwhile."""
        self.welcome.open_page()
        self._place.canvas.setFocusProxy(self.welcome)

    def leave_welcome(self) -> None:
        """Somebody wants to see the drawing."""
        if self._welcome is not None:
            self._welcome.close_page()

    @property
    def finder(self) -> Finder:
        """The list of commands."""
        if self._finder is None:
            self._finder = Finder(self._place.shell, self._offers)
        return self._finder

    def show_commands(self) -> None:
        """Everything that can be done, found by typing."""
        self.finder.open()

    def show_settings(self) -> None:
        """Where a person says what they like."""
        self.preferences.show_page(self.preferences.general)

    def show_keyboard(self) -> None:
        """Where commands are given other keys."""
        self.preferences.show_page(self.preferences.keyboard)

    def show_shortcuts(self) -> None:
        """A list of all keys, beside the window."""
        ShortcutList(self._actions, self._place.shell).show()

    def show_about(self) -> None:
        """What this program is."""
        ready = self._place.bridge.ready
        About(self.tr("PyTorch {0}").format(ready.torch) if ready else "", self._place.shell).show()

    def _offers(self) -> Offers:
        self._actions.refresh()
        return Offers(self._menus.entries(), self._actions, self._settings)

    def _projects_changed(self, *_: object) -> None:
        """The last project was closed. Who has left the page for an empty drawing does not see it again."""
        had, self._had_projects = self._had_projects, not self._place.projects.nothing_open
        if had and not self._had_projects and self._greets:
            self.show_welcome()

    def _project_shown(self, *_: object) -> None:
        """Somebody works on it, or wants to."""
        if not self._place.projects.nothing_open:
            self.leave_welcome()

    def _welcome_closed(self) -> None:
        self._place.canvas.setFocusProxy(None)
        self._place.canvas.setFocus()

    def _changed(self, name: str) -> None:
        """A setting counts from now on, and is kept."""
        app = QApplication.instance()
        if name == "theme" and isinstance(app, QApplication) and theme.current().mode != self._settings.theme:
            theme.apply(app, self._settings.theme)
            self._actions.refresh()
        self._keep.start()
