"""The maps of one node, channel by channel; a click takes a point of one apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.features import words
from nnstudio.ui.features.page import Chosen, Page, Seen, axes, is_made
from nnstudio.ui.features.point_page import PointPage
from nnstudio.ui.panels.parts.pictures import Floats
from nnstudio.ui.panels.parts.tile_view import Shown, TileView


class MapsPage(Page):
    """Tiles, or the point that was clicked on."""

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(chosen)
        self.tiles, self.point = TileView(), PointPage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tiles)
        self.stack.addWidget(self.point)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.values: Floats = np.empty(0, np.float32)
        """What the node puts out, C×…"""
        self._key = ""
        self._signal = False
        self.tiles.clicked.connect(self._open)
        self.tiles.words = self._place
        self.point.asked.connect(self._on_point)

    def fits(self, node: Node, facts: NodeFacts) -> bool:
        """Vectors too, as bars."""
        return is_made(node) and axes(facts) in (1, 2, 3, 4)

    def options(self, seen: Sequence[Seen], shown: Seen) -> dict[str, Option]:
        if shown.key != self._key:
            self._key = shown.key
            self._close()
        return {"node": shown.key, "at": [*self.point.at]}

    def show_frame(self, frame: ProbeFrame, shown: Seen) -> None:
        self.values = frame.arrays["maps"].numpy()
        self._signal = self.values.ndim == 2 and not shown.is_sequence
        given = [array.numpy() for name, array in frame.arrays.items() if name.startswith("input:")]
        pictures = [values for values in given if values.ndim == 3]
        maps = as_maps(self.values)
        self.tiles.show_values(Shown(maps, pictures[0] if pictures else None, flat=self.values.ndim == 2))
        if self.point.at and len(self.point.at) != self.values.ndim:
            self._close()
        if self.point.at:
            self.point.show_frame(frame, shown.node.type)

    def caption(self, frame: ProbeFrame, sample: Sequence[str]) -> Sequence[str]:
        shape = words.whole(frame.facts, "shape")
        if self.point.at:
            return words.place_words(shape, self.point.at, self._signal), words.settings(frame.facts), *sample
        text, total = "×".join(map(str, self.values.shape)), frame.facts.get("channels")
        some = isinstance(total, int) and total > len(self.values)
        return *sample, self.tr("first {0} of {1} channels").format(len(self.values), total) if some else text

    def rows(self) -> Iterable[Sequence[object]]:
        """Every value of every channel; of a point, what it comes from."""
        frame = self.point.values() if self.point.at else None
        if frame is not None and "patch" in frame.arrays:
            yield from _point_rows(frame)
        elif self.values.ndim == 1:
            yield "unit", "value"
            yield from enumerate(self.values.tolist())
        else:
            yield "channel", "row", "column", "value"
            maps = as_maps(self.values)
            for place in np.ndindex(maps.shape):
                yield *place, float(maps[place])

    def forget(self) -> None:
        self._key = ""
        self._close()

    # Inside

    def _open(self, tile: int, row: int, column: int) -> None:
        if self.point.still:
            return
        at = self._at(tile, row, column)
        self.chosen.channel = at[0]
        self.point.open(at)
        self.stack.setCurrentWidget(self.point)
        self.point.setFocus()
        self.asked.emit()

    def _on_point(self, at: list[int] | None) -> None:
        """Another point is wanted, or none any more."""
        if at is None:
            self._close()
            self.tiles.setFocus()
        else:
            self.chosen.channel = at[0]
        self.asked.emit()

    def _close(self) -> None:
        self.point.open([])
        self.stack.setCurrentWidget(self.tiles)

    def _at(self, tile: int, row: int, column: int) -> list[int]:
        leading = np.unravel_index(tile, self.values.shape[:-2]) if self.values.ndim > 2 else ()
        return [*(int(place) for place in leading), row, column]

    def _place(self, tile: int, row: int, column: int) -> str:
        return words.place_words(self.values.shape, self._at(tile, row, column), self._signal)


def as_maps(values: Floats) -> Floats:
    """C×H×W, or C for bars: a sequence is one tile, slices are laid in a row."""
    if values.ndim < 2:
        return values.reshape(-1)
    return values.reshape(-1, *values.shape[-2:])


def _point_rows(frame: ProbeFrame) -> Iterable[Sequence[object]]:
    """Patch, filter and product."""
    patch = frame.arrays["patch"].numpy()
    filters = frame.arrays["filter"].numpy() if "filter" in frame.arrays else None
    yield (
        ("map", "row", "column", "patch") if filters is None else ("map", "row", "column", "patch", "filter", "product")
    )
    for place in np.ndindex(patch.shape):
        value = float(patch[place])
        weight = () if filters is None else (float(filters[place]), value * float(filters[place]))
        yield *place, value, *weight
