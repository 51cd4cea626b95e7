"""A page of cards; the wheel and the keys turn pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QWheelEvent

from nnstudio.ui.panels.parts.card import Card, Plane, widest_verdict
from nnstudio.ui.panels.parts.sample_rows import SampleRows

SMALLEST = QSizeF(94, 74)
WIDEST = 190.0
WHEEL_STEP = 120
MOST_WRONG = 6
"""Places of a sequence that the tip lists."""
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class CardView(SampleRows):
    """Shows `cards`."""

    turned = Signal(int)
    """Pages to go on, or back."""

    def __init__(self) -> None:
        super().__init__(SMALLEST)
        self.cards: tuple[Card, ...] = ()
        self._wheel = 0

    def show_cards(self, cards: Sequence[Card], plane: Plane | None = None) -> None:
        self.cards = tuple(cards)
        self.pictures.plane = plane
        self.pictures.forget()
        self.show_samples([card.index for card in cards])

    def set_longest(self, name: str) -> None:
        """The longest name that a card has to show, twice."""
        least = QSizeF(min(max(SMALLEST.width(), widest_verdict(name)), WIDEST), SMALLEST.height())
        if least != self.least:
            self.least = least
            self.pictures.forget()
            self.room_changed.emit()

    def paint_sample(self, painter: QPainter, place: QRectF, number: int, *, chosen: bool, hovered: bool) -> None:
        self.pictures.paint(painter, place, self.cards[number], chosen=chosen, hovered=hovered)

    def tell(self, number: int) -> str:
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel -= event.angleDelta().y()
        pages = int(self._wheel / WHEEL_STEP)
        self._wheel -= pages * WHEEL_STEP
        if pages:
            self.turned.emit(pages)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pages = _PAGES.get(Qt.Key(event.key()))
        if pages is not None:
            self.turned.emit(pages)
        else:
            super().keyPressEvent(event)
