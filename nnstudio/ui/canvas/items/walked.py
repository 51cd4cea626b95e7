"""What a card shows while a batch is walked through: the numbers that are known by now, and room for those to come."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.metrics import CARD_WIDTH, PAD, measure

_GAP = 10.0


@dataclass(frozen=True, eq=False)
class Walked:
    """`height` is that of a picture that is there, or will be: so no card grows on the way."""

    figures: tuple[str, ...] = ("",)
    picture: Thumbnail | None = None
    height: float = 0.0

    def shows_the_same(self, other: Walked | None) -> bool:
        """Whether nobody could tell the two apart."""
        return other is not None and self._said == other._said and self.picture is other.picture

    @property
    def _said(self) -> tuple[object, ...]:
        return self.figures, self.height


def fitting(*ways: tuple[str, ...]) -> tuple[str, ...]:
    """The first of several ways to say it that a card has room for, or the last."""
    return next((way for way in ways if _width(way) <= CARD_WIDTH - 2 * PAD), ways[-1])


def _width(figures: tuple[str, ...]) -> float:
    return sum(measure(13, place == 0).horizontalAdvance(text) + _GAP for place, text in enumerate(figures)) - _GAP
