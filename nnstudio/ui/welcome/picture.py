"""The picture on an example's card: read when it is first painted, in the size it is painted in."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImageReader, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.examples import Example
from nnstudio.ui import icons, theme

SHAPE = (320, 200)
"""Its sides, in pixels of a screen at 100 %."""
_ROUND = 5.0


class Picture(QWidget):
    """As high as its width asks for."""

    def __init__(self, example: Example) -> None:
        super().__init__()
        self._example = example
        self._pixmap = QPixmap()
        self._read = ("", QSize())
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.current().changed.connect(self.update)

    @property
    def is_read(self) -> bool:
        """Whether it has been looked at."""
        return not self._pixmap.isNull()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * SHAPE[1] / SHAPE[0])

    def sizeHint(self) -> QSize:
        return QSize(*SHAPE)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._load()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(self._outline())
        painter.fillRect(self.rect(), theme.color("canvas"))
        if self._pixmap.isNull():
            middle = QRectF(self.rect()).center()
            icons.paint(painter, QRectF(middle.x() - 16, middle.y() - 16, 32, 32), "layout", "muted")
        else:
            painter.drawPixmap(self.rect(), self._pixmap)

    def _load(self) -> None:
        """Anew for another theme or another size."""
        name = "dark" if theme.current().tokens.dark else "light"
        size = self.size() * self.devicePixelRatioF()
        if (name, size) == self._read:
            return
        self._read = (name, size)
        reader = QImageReader(str(self._example.picture(name)))
        reader.setScaledSize(size)
        self._pixmap = QPixmap.fromImageReader(reader)
        self._pixmap.setDevicePixelRatio(self.devicePixelRatioF())

    def _outline(self) -> QPainterPath:
        """Round above, where the card is."""
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(0, 0, 0, 2 * _ROUND), _ROUND, _ROUND)
        return path
