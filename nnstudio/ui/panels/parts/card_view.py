"""A page of cards on one widget; the mouse or the arrow keys choose one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.card import Card, CardPainter, Plane, widest_verdict

GAP = 8.0
SMALLEST = (94.0, 74.0)
WIDEST = 190.0
WHEEL_STEP = 120
MOST_WRONG = 6
"""Places of a sequence that the tip lists."""


class CardView(QWidget):
    """Shows `cards` in rows that fill it. `capacity` is how many there is room for."""

    chosen = Signal(int)
    """Index of a sample."""
    turned = Signal(int)
    """Pages to go on, or back."""
    room_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: tuple[Card, ...] = ()
        self.sample = -1
        self._hovered = -1
        self._focused = 0
        self._wheel = 0
        self._least = SMALLEST[0]
        self._painter = CardPainter()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(100, 60)
        theme.current().changed.connect(self.update)

    @property
    def columns(self) -> int:
        return max(1, int((self.width() + GAP) / (self._least + GAP)))

    @property
    def lines(self) -> int:
        return max(1, int((self.height() + GAP) / (SMALLEST[1] + GAP)))

    @property
    def capacity(self) -> int:
        return self.columns * self.lines

    def show_cards(self, cards: Sequence[Card], plane: Plane | None = None) -> None:
        self.cards = tuple(cards)
        self._painter.plane = plane
        self._painter.forget()
        self._focused = min(self._focused, max(0, len(cards) - 1))
        self.update()

    def set_longest(self, name: str) -> None:
        """The longest name that a card has to show, twice."""
        least = min(max(SMALLEST[0], widest_verdict(name)), WIDEST)
        if least != self._least:
            self._least = least
            self._painter.forget()
            self.room_changed.emit()

    def choose(self, sample: int) -> None:
        """Mark the card of a sample, if it is here."""
        self.sample = sample
        self.update()

    def place(self, number: int) -> QRectF:
        """Where a card lies."""
        width = (self.width() + GAP) / self.columns - GAP
        height = (self.height() + GAP) / self.lines - GAP
        row, column = divmod(number, self.columns)
        return QRectF(column * (width + GAP), row * (height + GAP), width, height)

    def at(self, point: QPointF) -> int:
        """The number of the card there, or -1."""
        found = (number for number in range(len(self.cards)) if self.place(number).contains(point))
        return next(found, -1)

    def describe(self, point: QPointF) -> str:
        number = self.at(point)
        if number < 0:
            return ""
        card = self.cards[number]
        if card.tokens:
            return self._describe_tokens(card)
        text = self.tr("sample {0}\nis {1}, predicted {2}").format(card.index, card.true, card.predicted)
        return f"{text}\n{card.detail}"

    def _describe_tokens(self, card: Card) -> str:
        """What is said, and the first places that are wrong."""
        text = (" " if card.spaced else "").join(token.said for token in card.tokens)
        wrong = [self.tr("{0} in place of {1}").format(each.said, each.wanted) for each in card.tokens if each.wanted]
        lines = [self.tr("sample {0}").format(card.index), text, card.detail, *wrong[:MOST_WRONG]]
        return "\n".join(lines if len(wrong) <= MOST_WRONG else [*lines, "…"])

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number, card in enumerate(self.cards[: self.capacity]):
            hovered = number == self._hovered
            self._painter.paint(painter, self.place(number), card, chosen=card.index == self.sample, hovered=hovered)
        if self.hasFocus() and self.cards:
            painter.setPen(QPen(theme.color("accent"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.place(self._focused).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._painter.forget()
        self.room_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._focused = number
            self.chosen.emit(self.cards[number].index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel -= event.angleDelta().y()
        pages = int(self._wheel / WHEEL_STEP)
        self._wheel -= pages * WHEEL_STEP
        if pages:
            self.turned.emit(pages)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        step = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self.columns, keys.Key_Down: self.columns}
        pages = {keys.Key_PageUp: -1, keys.Key_PageDown: 1}
        key = keys(event.key())
        if key in step:
            self._focused = min(max(self._focused + step[key], 0), max(len(self.cards) - 1, 0))
            self.update()
        elif key in pages:
            self.turned.emit(pages[key])
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self.cards:
            self.chosen.emit(self.cards[self._focused].index)
        else:
            super().keyPressEvent(event)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()
