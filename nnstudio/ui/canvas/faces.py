"""Keeps painted cards, up to a limit, so that panning only copies pixels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from PySide6.QtGui import QPixmap

LIMIT_BYTES = 128 * 2**20


class FaceKeeper:
    """Pictures by their owner, with the scale they were painted in; the oldest goes first.

    While `hasty`, as during a zoom, a picture in another scale is good enough.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self.hasty = False
        self.size = 0
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[QPixmap, float]] = OrderedDict()

    def get(self, owner: Hashable, scale: float) -> QPixmap | None:
        """The picture, if there is one to be used at this scale."""
        kept = self._kept.get(owner)
        if kept is None or (kept[1] != scale and not self.hasty):
            return None
        return kept[0]

    def keep(self, owner: Hashable, face: QPixmap, scale: float) -> None:
        self.drop(owner)
        self._kept[owner] = (face, scale)
        self.size += _bytes(face)
        while self.size > self._limit and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))

    def drop(self, owner: Hashable) -> None:
        kept = self._kept.pop(owner, None)
        if kept is not None:
            self.size -= _bytes(kept[0])

    def clear(self) -> None:
        self._kept.clear()
        self.size = 0


def _bytes(face: QPixmap) -> int:
    return face.width() * face.height() * 4
