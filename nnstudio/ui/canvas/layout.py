"""Where a new card goes: only what placing one needs."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, QSizeF

from nnstudio.ui.canvas.metrics import CARD_WIDTH, GRID, HEADER, LINE, STEP_X, snapped

NEW_CARD = QSizeF(CARD_WIDTH, HEADER + 2 * LINE + 8)
"""About as large as a card is before it has a picture."""
_ROOM = 16.0


def free_place(wish: QPointF, cards: Iterable[QRectF]) -> QPointF:
    """The nearest place at or below the wish, on the grid, where a new card overlaps none."""
    at = snapped(wish)
    taken = sorted((card.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM) for card in cards), key=QRectF.top)
    for card in taken:
        if card.intersects(QRectF(at, NEW_CARD)):
            at.setY(_up_to_grid(card.bottom()))
    return at


def right_of(card: QRectF, cards: Iterable[QRectF]) -> QPointF:
    """The place for the card that follows another."""
    return free_place(QPointF(card.left() + STEP_X, card.top()), cards)


def under_mouse(at: QPointF) -> QPointF:
    """The corner of a card that is held by the middle of its header."""
    return snapped(at - QPointF(CARD_WIDTH / 2, HEADER / 2))


def _up_to_grid(value: float) -> float:
    return float(-(-value // GRID) * GRID)
