"""What an empty panel shows: an instruction, never a blank."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import icons, theme

ICON_SIDE = 28.0
WIDEST = 480.0
GAP = 10.0


class EmptyState(QWidget):
    """An icon and a sentence, a little above the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._icon = ""
        theme.current().changed.connect(self.update)

    def set_text(self, text: str, icon: str) -> None:
        """Say `text`."""
        if (text, icon) != (self.text, self._icon):
            self.text, self._icon = text, icon
            self.setAccessibleName(text)
            self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.base_font())
        width = min(WIDEST, self.width() - 16.0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        room = QRectF((self.width() - width) / 2, 0, width, self.height())
        words = painter.boundingRect(room, flags, self.text)
        icon = ICON_SIDE + GAP if self._icon and words.height() + ICON_SIDE + GAP < self.height() else 0.0
        top = max(0.0, (self.height() - icon - words.height()) * 0.45)
        if icon:
            place = QRectF((self.width() - ICON_SIDE) / 2, top, ICON_SIDE, ICON_SIDE)
            icons.paint(painter, place, self._icon, "disabled")
        painter.setPen(theme.color("muted"))
        painter.drawText(room.adjusted(0, top + icon, 0, 0), flags, self.text)
