"""Keeps painted cards, up to a limit, so that panning only copies pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from time import perf_counter

from PySide6.QtGui import QPixmap

LIMIT_BYTES = 128 * 2**20
BUDGET_S = 0.03
"""So long one frame may paint cards anew for the sake of sharpness; the rest waits for the next frame."""


class FaceKeeper:
    """Pictures by their owner, with the scale they were painted in; the oldest goes first.

    While `hasty`, as during a zoom, a picture in another scale is good enough. It is too once a frame has taken long;
    `behind` says then that another frame is needed.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self.hasty = False
        self.behind = False
        self.size = 0
        self._limit = limit
        self._began = 0.0
        self._kept: OrderedDict[Hashable, tuple[QPixmap, float]] = OrderedDict()

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._began = perf_counter()
        self.behind = False

    def get(self, owner: Hashable, scale: float) -> QPixmap | None:
        """The picture, if there is one to be used at this scale."""
        kept = self._kept.get(owner)
        if kept is None or kept[1] == scale or self.hasty:
            return kept[0] if kept else None
        if perf_counter() - self._began < BUDGET_S:
            return None
        self.behind = True
        return kept[0]

    def keep(self, owner: Hashable, face: QPixmap, scale: float) -> None:
        """Remember a picture, and forget the oldest where it gets too much."""
        self.drop(owner)
        self._kept[owner] = (face, scale)
        self.size += _bytes(face)
        while self.size > self._limit and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))

    def drop(self, owner: Hashable) -> None:
        """The owner does not look like that any more."""
        kept = self._kept.pop(owner, None)
        if kept is not None:
            self.size -= _bytes(kept[0])

    def clear(self) -> None:
        """Nobody looks like that any more."""
        self._kept.clear()
        self.size = 0


def _bytes(face: QPixmap) -> int:
    return face.width() * face.height() * 4
