"""What an empty panel shows: an instruction, never a blank."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.ui import icons, theme

ICON_SIDE = 28


class Mark(QWidget):
    """An icon in the muted colour of the theme in force."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name
        theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(ICON_SIDE, ICON_SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.name:
            side = (self.width() - ICON_SIDE) / 2
            icons.paint(QPainter(self), QRectF(side, 0, ICON_SIDE, ICON_SIDE), self.name, "disabled")


class EmptyState(QWidget):
    """An icon and a sentence in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = Mark()
        self._label = QLabel()
        self._label.setProperty("class", "muted")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(3)
        layout.addWidget(self._mark)
        layout.addWidget(self._label)
        layout.addStretch(4)

    def set_text(self, text: str, icon: str = "") -> None:
        """Say `text`; an empty icon keeps the one before."""
        self._label.setText(text)
        if icon:
            self._mark.name = icon
            self._mark.update()

    @property
    def text(self) -> str:
        return self._label.text()
