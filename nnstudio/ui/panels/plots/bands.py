"""Means of several runs, each on a translucent band."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from nnstudio.series import Floats
from nnstudio.ui.panels.parts.bands import Band
from nnstudio.ui.runs import looks

OPACITY = 0.22
WIDTH = 2.0


class BandItems:
    """The items of a plot that draw them."""

    def __init__(self, add: Callable[[pg.GraphicsObject], None]) -> None:
        self._add = add
        self._items: list[tuple[pg.PlotCurveItem, pg.PlotCurveItem, pg.PlotCurveItem, pg.FillBetweenItem]] = []

    def draw(self, bands: Sequence[Band], scale: Callable[[Floats], Floats]) -> None:
        """Show these; `scale` gives what stands on the axis."""
        while len(self._items) < len(bands):
            self._items.append(self._made())
        for place, (mean, low, high, fill) in enumerate(self._items):
            band = bands[place] if place < len(bands) else None
            for item in (mean, fill):
                item.setVisible(band is not None)
            if band is None:
                continue
            shade = looks.shade(band.token)
            mean.setPen(_pen(shade))
            fill.setBrush(_faint(shade))
            for item, values in ((mean, band.mean), (low, band.low), (high, band.high)):
                _set(item, band.epochs, scale(values))

    def values(self) -> Floats:
        """What is on the axis, of all."""
        seen = [item.yData for items in self._items if items[0].isVisible() for item in items[:3]]
        return np.concatenate([values for values in seen if values is not None] or [np.empty(0)])

    def shown(self) -> list[tuple[Floats, Floats]]:
        """The points of each mean."""
        return [items[0].getData() for items in self._items if items[0].isVisible()]

    def _made(self) -> tuple[pg.PlotCurveItem, pg.PlotCurveItem, pg.PlotCurveItem, pg.FillBetweenItem]:
        mean, low, high = (pg.PlotCurveItem(antialias=True) for _ in range(3))
        fill = pg.FillBetweenItem(low, high)
        fill.setZValue(-3)
        mean.setZValue(-1)
        for item in (fill, mean):
            self._add(item)
        return mean, low, high, fill


def _set(item: pg.PlotCurveItem, epochs: Floats, y: Floats) -> None:
    known = np.isfinite(y)
    item.setData(epochs[known], y[known])


def _pen(shade: QColor) -> QPen:
    pen = QPen(shade, WIDTH)
    pen.setCosmetic(True)
    return pen


def _faint(shade: QColor) -> QColor:
    faint = QColor(shade)
    faint.setAlphaF(OPACITY)
    return faint
