"""Axes with few, round ticks and nothing else: no line, no minor ticks."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.ticks import distinct, linear_ticks, log_ticks, short

GAPS = {"left": 30, "bottom": 72}
"""Pixels between two ticks, at least."""
ROOM = 16
"""Pixels that a label may reach over the end of its axis."""
NARROWEST = 35
"""Pixels for the labels of a left axis; longer ones widen it, so that they are never cut off."""


class Axis(pg.AxisItem):
    """An axis in the theme's colours. The left one carries the grid. `log`: values are logarithms to base ten."""

    def __init__(self, side: str, *, suffix: str = "", whole: bool = False, grid: bool = True) -> None:
        super().__init__(side)
        self.log = False
        self._suffix, self._whole, self._gap = suffix, whole, GAPS[side]
        lines = grid and side == "left"
        self.setStyle(tickLength=0, tickAlpha=255 if lines else 0, maxTickLevel=0, hideOverlappingLabels=False)
        self.setGrid(255 if lines else False)
        if side == "left":
            self.textWidth = NARROWEST
            self.setStyle(autoReduceTextSpace=False)  # else the plot moves with every shorter label
            self.setWidth(None)
        else:
            self.setHeight(20)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.setPen(pg.mkPen(None))
        self.setTickPen(pg.mkPen(theme.mix(theme.color("surface"), theme.color("line"), 0.75)))
        self.setTextPen(theme.color("muted"))
        self.setTickFont(theme.base_font(11))

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-ROOM, -ROOM, ROOM, ROOM)  # else the outermost labels are left out

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Two at least, where they can be closer: one alone does not tell the scale."""
        count = max(1, int(size / self._gap))
        if self.log:
            return [(1.0, log_ticks(minVal, maxVal, count))]
        counts = (count, count + 1, 2 * count)
        found = [linear_ticks(minVal, maxVal, parts, whole=self._whole) for parts in counts]
        return [next((ticks for ticks in found if len(ticks[1]) > 1), found[0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.log:
            return [f"{text}{self._suffix}" for text in distinct([10**value for value in values])]
        digits = next((places for places in range(6) if abs(spacing * 10**places % 1) < 1e-6), 6)
        if max((abs(value) for value in values), default=0.0) >= 1e6 or digits > 5:
            return [f"{short(value)}{self._suffix}" for value in values]
        return [f"{value:,.{digits}f}{self._suffix}" for value in values]
