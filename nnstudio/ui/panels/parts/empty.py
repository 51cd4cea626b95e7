"""What an empty panel shows: an instruction, never a blank."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from nnstudio.ui import icons, theme

ICON_SIDE = 28.0
WIDEST = 480.0
GAP, BESIDE = 10.0, 8.0
BAR = 160.0, 4.0
"""Of the bar that shows how far some work is."""


class EmptyState(QWidget):
    """An icon and a sentence, a little above the middle; under them how far some work is, and one or two ways out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.done: float | None = None
        """How far some work is, from 0 to 1; None where there is none, or nobody knows."""
        self.button, self.other = QPushButton(self), QPushButton(self)
        self._calls: dict[QPushButton, Callable[[], object]] = {}
        for button in (self.button, self.other):
            button.hide()
            button.clicked.connect(lambda _=False, button=button: self._calls[button]())
        self._icon = ""
        theme.current().changed.connect(self.update)

    def set_text(self, text: str, icon: str) -> None:
        """Say `text`, and offer nothing."""
        if (text, icon) != (self.text, self._icon):
            self.text, self._icon = text, icon
            self.setAccessibleName(text)
        self.done = None
        self.button.hide()
        self.other.hide()
        self.update()

    def offer(self, words: str, call: Callable[[], object], tip: str = "") -> None:
        """Offer a way out of being empty, under the text."""
        self._put(self.button, words, call, tip)

    def offer_other(self, words: str, call: Callable[[], object], tip: str = "") -> None:
        """Offer another way out, beside the first."""
        self._put(self.other, words, call, tip)

    def set_done(self, done: float | None) -> None:
        """Show how far some work is."""
        self.done = done
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font())
        icon, words = self._lay_out()
        if not icon.isEmpty():
            icons.paint(painter, icon, self._icon, "disabled")
        painter.setPen(theme.color("muted"))
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self.text)
        if self.done is not None:
            self._paint_done(painter, QRectF((self.width() - BAR[0]) / 2, words.bottom() + GAP, *BAR))

    def _paint_done(self, painter: QPainter, place: QRectF) -> None:
        assert self.done is not None
        painter.setPen(Qt.PenStyle.NoPen)
        for share, shade in ((1.0, "track"), (min(max(self.done, 0.0), 1.0), "accent")):
            painter.setBrush(theme.color(shade))
            painter.drawRoundedRect(QRectF(place.topLeft(), QSizeF(place.width() * share, place.height())), 2, 2)

    def _put(self, button: QPushButton, words: str, call: Callable[[], object], tip: str) -> None:
        self._calls[button] = call
        button.setText(words)
        button.setToolTip(tip)
        button.adjustSize()
        button.show()
        self._place()
        self.update()

    def _lay_out(self) -> tuple[QRectF, QRectF]:
        """Where icon and words are; no icon where there is not room."""
        width = min(WIDEST, self.width() - 16.0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        room = QRectF((self.width() - width) / 2, 0, width, self.height())
        metrics = QFontMetricsF(theme.base_font())
        words = metrics.boundingRect(room, int(flags), self.text).height()
        rest = self._below() + words
        icon = ICON_SIDE + GAP if self._icon and rest + ICON_SIDE + GAP < self.height() else 0.0
        top = max(0.0, (self.height() - icon - rest) * 0.45)
        place = QRectF((self.width() - ICON_SIDE) / 2, top, ICON_SIDE, ICON_SIDE) if icon else QRectF()
        return place, QRectF(room.left(), top + icon, width, words)

    def _below(self) -> float:
        """What stands under the words takes."""
        bar = GAP + BAR[1] if self.done is not None else 0.0
        return bar + (GAP + self.button.height() if self.button.isVisibleTo(self) else 0.0)

    def _place(self) -> None:
        """The buttons under everything else, side by side."""
        _, words = self._lay_out()
        top = words.bottom() + self._below() - self.button.height()
        shown = [button for button in (self.button, self.other) if button.isVisibleTo(self)]
        left = (self.width() - sum(button.width() for button in shown) - BESIDE * (len(shown) - 1)) / 2
        for button in shown:
            button.move(round(left), round(top))
            left += button.width() + BESIDE
