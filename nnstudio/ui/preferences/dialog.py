"""Settings as a window beside the main one: nothing waits for it, and there is nothing to apply."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from nnstudio.settings import Settings
from nnstudio.ui.keymap import Keymap
from nnstudio.ui.preferences.general import GeneralPage
from nnstudio.ui.preferences.keyboard import KeyboardPage

SIZE = (760, 560)


class Preferences(QDialog):
    """General settings, and the keys of every command."""

    def __init__(self, settings: Settings, keys: Keymap, places: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.pages = QTabWidget()
        self.general = GeneralPage(settings)
        self.keyboard = KeyboardPage(keys, places)
        self.pages.addTab(self.general, self.tr("General"))
        self.pages.addTab(self.keyboard, self.tr("Keyboard"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.pages)
        self.resize(*SIZE)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front, and the window with it."""
        self.pages.setCurrentWidget(page)
        self.show()
        self.raise_()
        self.activateWindow()
