"""Keeps painted cards, up to a limit, so that panning only copies pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtGui import QPixmap

LIMIT_BYTES = 24 * 2**20
"""About three screens full of cards."""
BUDGET_S = 0.03
"""So long one frame may paint cards anew for the sake of sharpness; the rest waits for the next frame."""


@dataclass
class _Face:
    picture: QPixmap
    scale: float
    frame: int
    """When it was last used."""


class FaceKeeper:
    """Pictures by their owner, with the scale they were painted in; what was not seen for longest goes first, but
    nothing that is in view.

    While `hasty`, as during a zoom, a picture in another scale is good enough. It is too once a frame has taken long;
    `behind` says then that another frame is needed.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self.hasty = False
        self.behind = False
        self.size = 0
        self._limit = limit
        self._frame = 0
        self._began = 0.0
        self._kept: OrderedDict[Hashable, _Face] = OrderedDict()

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._began = perf_counter()
        self._frame += 1
        self.behind = False

    def get(self, owner: Hashable, scale: float) -> QPixmap | None:
        """The picture, if there is one to be used at this scale."""
        kept = self._kept.get(owner)
        if kept is None:
            return None
        if kept.scale != scale and not self.hasty:
            if perf_counter() - self._began < BUDGET_S:
                return None
            self.behind = True
        kept.frame = self._frame
        self._kept.move_to_end(owner)
        return kept.picture

    def keep(self, owner: Hashable, face: QPixmap, scale: float) -> None:
        """Remember a picture, and forget some where it gets too much."""
        self.drop(owner)
        self._kept[owner] = _Face(face, scale, self._frame)
        self.size += _bytes(face)
        while self.size > self._limit:
            oldest = next(iter(self._kept))
            if self._kept[oldest].frame == self._frame:
                return
            self.drop(oldest)

    def drop(self, owner: Hashable) -> None:
        """The owner does not look like that any more."""
        kept = self._kept.pop(owner, None)
        if kept is not None:
            self.size -= _bytes(kept.picture)

    def clear(self) -> None:
        """Nobody looks like that any more."""
        self._kept.clear()
        self.size = 0


def _bytes(face: QPixmap) -> int:
    return face.width() * face.height() * 4
