"""What the Help menu opens."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from nnstudio import __version__
from nnstudio.ui import icons, keymap
from nnstudio.ui.actions import Actions


class ShortcutList(QDialog):
    """Every command with a key. Does not block the window."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard Shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setHeaderLabels([self.tr("Keys"), self.tr("Command"), self.tr("What it does")])
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._actions = actions
        self._fill()
        actions.keys_changed.connect(self._fill)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.list)
        self.resize(620, 560)

    def _fill(self) -> None:
        self.list.clear()
        for command, keys in self._actions.keymap.heard().items():
            if keys:
                shown = ", ".join(map(keymap.native, keys))
                row = self._actions.keymap.commands[command]
                self.list.addTopLevelItem(QTreeWidgetItem([shown, row.name, row.tip]))


class About(QDialog):
    """Name, version and licence."""

    def __init__(self, engine: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About NNStudio"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(8)
        mark = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        mark.setPixmap(icons.app_icon().pixmap(QSize(64, 64)))
        column.addWidget(mark)
        version = self.tr("Version {0}").format(__version__)
        texts = (
            ("NNStudio", "hero"),
            (version, "muted"),
            (self.tr("Draw a neural network, train it, and see inside it."), ""),
            (engine, "muted"),
            (self.tr("MIT licence"), "muted"),
        )
        for text, look in texts:
            line = QLabel(text, textFormat=Qt.TextFormat.PlainText, alignment=Qt.AlignmentFlag.AlignHCenter)
            line.setProperty("class", look)
            column.addWidget(line)
