"""Guides: a dragged card is drawn to the edges and middles of its neighbours, softly, and thin lines show to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF

REACH = 5.0
"""How far a card is drawn, in pixels on the screen."""
_SLOW = 400.0
"""Pixels a second: a mouse that is faster is on its way elsewhere, and nothing holds it."""


class Pace:
    """How fast the mouse is."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock, self._when, self._where = clock, clock(), QPoint()

    def is_slow(self, at: QPoint) -> bool:
        """Whether it came here slowly."""
        now, gone = self._clock(), QLineF(QPointF(self._where), QPointF(at)).length()
        lasted, self._when, self._where = now - self._when, now, at
        return gone < _SLOW * lasted


class Guides:
    """The cards that stay, as one array, so that a thousand of them are one operation."""

    def __init__(self, cards: Iterable[QRectF]) -> None:
        rows = [(card.left(), card.top(), card.right(), card.bottom()) for card in cards]
        self._cards: NDArray[np.float64] = np.array(rows, dtype=np.float64).reshape(-1, 4)

    def pull(self, card: QRectF, reach: float) -> tuple[QPointF, list[QLineF]]:
        """How far to move a card to meet others, and the lines on which they meet then."""
        own = np.array([card.left(), card.top(), card.right(), card.bottom()])
        across, down = _nearest(self._cards, own, 0, reach), _nearest(self._cards, own, 1, reach)
        moved = card.translated(across[0], down[0])
        lines = []
        if across[1] is not None:
            x, other = across[1] + across[0], self._cards[across[2]]
            lines.append(QLineF(x, min(moved.top(), other[1]), x, max(moved.bottom(), other[3])))
        if down[1] is not None:
            y, other = down[1] + down[0], self._cards[down[2]]
            lines.append(QLineF(min(moved.left(), other[0]), y, max(moved.right(), other[2]), y))
        return QPointF(across[0], down[0]), lines


def _nearest(
    cards: NDArray[np.float64], own: NDArray[np.float64], axis: int, reach: float
) -> tuple[float, float | None, int]:
    """By how much to move along an axis, which line of the card meets another's then, and whose; the nearest counts.

    Lines are the first edge and the middle: left and centre, or top and centre.
    """
    mine = np.array([own[axis], (own[axis] + own[axis + 2]) / 2])
    others = np.stack([cards[:, axis], (cards[:, axis] + cards[:, axis + 2]) / 2], axis=1)
    gaps = others - mine
    distances = np.abs(gaps)
    if not distances.size or distances.min() > reach:
        return 0.0, None, 0
    side = 1 - axis
    apart = np.abs((cards[:, side] + cards[:, side + 2]) - (own[side] + own[side + 2]))
    ranked = np.where(distances <= distances.min() + 1e-6, apart[:, None], np.inf)
    row, line = np.unravel_index(int(ranked.argmin()), ranked.shape)
    return float(gaps[row, line]), float(mine[line]), int(row)
