"""The gradient that a wire shows: thick and bright where it is large, by powers of ten below the largest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, log10

from PySide6.QtGui import QColor

from nnstudio.ui import colormaps, theme
from nnstudio.ui.canvas import texts

DECADES = 5.0
"""What is so many powers of ten below the largest has vanished."""
EXPLODED = 1e3
"""A gradient by one value of one sample as large as this ends a training."""


_ON_DARK, _ON_LIGHT = (90, 255), (15, 180)
"""From where to where on viridis colours stand out from the paper."""


@dataclass(frozen=True)
class Flow:
    """What a wire shows. `share` is 1 for the largest of the drawing and 0 for what has vanished."""

    size: float
    share: float

    @property
    def mark(self) -> str:
        """What is wrong with it, in a word."""
        if not isfinite(self.size) or self.size >= EXPLODED:
            return texts.tr("exploding")
        return texts.tr("vanishing") if self.share <= 0 else ""

    @property
    def text(self) -> str:
        """What the chip says in place of the shape."""
        return f"∂ {texts.number_text(self.size)} {self.mark}".strip()

    @property
    def color(self) -> QColor:
        """On viridis; red where it explodes."""
        if self.mark and self.share > 0:
            return theme.color("bad")
        low, high = _ON_DARK if theme.current().tokens.dark else _ON_LIGHT
        return QColor(*(int(part) for part in colormaps.viridis()[int(low + (high - low) * self.share)][:3]))

    @property
    def width(self) -> float:
        """Of the wire."""
        return 1.5 + 5.0 * self.share


class NoFlow(Flow):
    """On a wire without a gradient, while others show theirs: as class numbers, which are no function of anything."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0)

    @property
    def mark(self) -> str:
        return ""

    @property
    def text(self) -> str:
        return texts.tr("no gradient")

    @property
    def color(self) -> QColor:
        return theme.color("muted")

    @property
    def width(self) -> float:
        return 1.0


def largest_of(sizes: Iterable[float]) -> float:
    """Where the scale ends. What explodes is off the scale, so that the rest can still be told apart."""
    return max((size for size in sizes if size < EXPLODED), default=EXPLODED)


def share_of(size: float, largest: float) -> float:
    """How far up the scale that ends at the largest."""
    if not isfinite(size) or size >= EXPLODED:
        return 1.0
    return min(1.0, max(0.0, 1 + log10(size / largest) / DECADES)) if size > 0 and largest > 0 else 0.0
