"""Samples as points: classes differ by colour and by shape, test samples are rings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from nnstudio.ui.panels.parts.shades import symbol

SIZES = ((200, 8), (600, 6))
"""Pixels of a point, of so many at most; of more of them SMALL."""
SMALL = 5
Shade = Callable[[int], QColor]


class PointItems:
    """The items of a plot that draw them: one for each part and group, a class or a step of a scale."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        self._plot = plot
        self.items: dict[tuple[int, bool], pg.ScatterPlotItem] = {}
        self._train = self._test = True

    def draw(
        self,
        places: NDArray[np.float32],
        groups: NDArray[np.int64],
        test: NDArray[np.uint8],
        shade: Shade,
        *,
        shaped: bool = True,
    ) -> None:
        """Show these N×2 places. `shaped`: each group has a shape of its own, as classes have."""
        wanted = {(int(group), bool(part)) for group, part in zip(groups, test, strict=True)}
        for key in self.items.keys() - wanted:
            self._plot.removeItem(self.items.pop(key))
        size = next((size for most, size in SIZES if len(places) <= most), SMALL)
        for group, part in sorted(wanted):
            item = self.items.get((group, part)) or self._made(group, part)
            chosen = places[(groups == group) & (test == part)]
            item.setSymbol(symbol(group) if shaped else "o")
            item.setSize(size)
            _dress(item, shade(group), test=part)
            item.setData(chosen[:, 0], chosen[:, 1])

    def set_shown(self, *, train: bool, test: bool) -> None:
        """Which of the two parts is to be seen."""
        self._train, self._test = train, test
        for (_, part), item in self.items.items():
            item.setVisible(test if part else train)

    def set_fine(self, fine: bool) -> None:
        """Draw outlines, for a file, and not small pictures of them, which is quick."""
        for item in self.items.values():
            item.setExportMode(fine, {"antialias": True})

    def _made(self, group: int, test: bool) -> pg.ScatterPlotItem:
        item = self.items[group, test] = pg.ScatterPlotItem(pxMode=True)
        item.setZValue(2 if test else 1)
        item.setVisible(self._test if test else self._train)
        self._plot.addItem(item)
        return item


def _dress(item: pg.ScatterPlotItem, shade: QColor, *, test: bool) -> None:
    rim = QPen(shade if test else QColor("white"), 2.0 if test else 0.8)
    rim.setCosmetic(True)
    item.setPen(rim)
    item.setBrush(QColor("white") if test else shade)
