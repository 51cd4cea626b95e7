"""A part of a form under a heading that opens and closes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.ui import icons
from nnstudio.ui.inspector import parts


class Fold(QWidget):
    """`body` takes what is inside. Closed, it tells in a line what there is to know of it."""

    turned = Signal(bool)
    """The person has opened or closed it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.is_open = True
        self.button = QPushButton(title)
        self.button.setProperty("class", "fold")
        self.button.setIconSize(QSize(12, 12))
        self.button.clicked.connect(self._click)
        self.digest: QLabel = parts.label(look="small", wrap=True)
        self.digest.setContentsMargins(20, 0, 0, 0)
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 4, 0, 8)
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.button, self.digest, self._inside):
            column.addWidget(widget)
        self.open(True)

    def open(self, wide: bool) -> None:
        """Show what is inside, or the heading alone."""
        self.is_open = wide
        self._inside.setVisible(wide)
        self.button.setIcon(icons.icon("chevron-down" if wide else "chevron-right", "muted"))
        self.button.setToolTip(self.tr("Close this part") if wide else self.tr("Open this part"))
        self._tell()

    def tell(self, digest: str) -> None:
        """What is said while it is closed."""
        self.digest.setText(digest)
        self._tell()

    def _tell(self) -> None:
        self.digest.setVisible(not self.is_open and bool(self.digest.text()))
        state = self.tr("open") if self.is_open else self.tr("closed")
        self.button.setAccessibleDescription(f"{state}. {self.digest.text()}" if self.digest.text() else state)

    def _click(self) -> None:
        self.open(not self.is_open)
        self.turned.emit(self.is_open)
