"""What hands carry, as it looks from far away."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from PySide6.QtCore import QPointF

from nnstudio.ui.canvas.overview.far import Patch
from nnstudio.ui.canvas.scene import CanvasScene


class Load:
    """While it moves as a whole it is looked at once. Only wires to what stays are made anew for each frame."""

    def __init__(self, scene: CanvasScene, carried: Collection[str]) -> None:
        self._scene = scene
        self._carried = carried
        links = {link for key in carried for link in scene.links_of(key)}
        self._inner = {link for link in links if link.source in carried and link.target in carried}
        self._outer = links - self._inner
        self._places: list[QPointF] = []
        self._whole = Patch()

    def patches(self) -> Iterator[Patch]:
        """As it is now."""
        yield self._moved()
        links, ends = self._scene.links, Patch()
        for link in self._outer & links.keys():
            ends.add_wire(links[link])
        yield ends

    def _moved(self) -> Patch:
        items = [item for key, item in self._scene.nodes.items() if key in self._carried]
        places = [item.pos() for item in items]
        shift = _common_shift(self._places, places)
        if shift is not None:
            return self._whole.shifted(shift)
        links = self._scene.links
        self._places, self._whole = places, Patch()
        for item in items:
            self._whole.add_card(item)
        for link in self._inner & links.keys():
            self._whole.add_wire(links[link])
        return self._whole


def _common_shift(before: list[QPointF], after: list[QPointF]) -> QPointF | None:
    """By how much all have moved, if that is the same for all of them."""
    if not before or len(before) != len(after):
        return None
    shift = after[0] - before[0]
    return shift if all(now - then == shift for now, then in zip(after, before, strict=True)) else None
