"""Marks on the curve of a run: what was changed, where it met trouble, and where it can be gone on from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from nnstudio.ui import theme

CHANGE, CHECKPOINT, TROUBLE = "change", "checkpoint", "trouble"
NEAR = 6.0
"""Pixels from a mark that still mean it."""
_LOOKS = {CHANGE: ("d", "text", 8), CHECKPOINT: ("t1", "good", 9), TROUBLE: ("x", "bad", 10)}
"""Shape by pyqtgraph's name, colour, size: never told by colour alone."""
_INSET = {CHANGE: 6, TROUBLE: 6, CHECKPOINT: -6}
"""Pixels from the upper edge, or from the lower one."""


@dataclass(frozen=True)
class Mark:
    """`at` is in epochs. `what` is whatever the panel knows it by."""

    kind: str
    at: float
    text: str
    what: Any = None


class MarkItems:
    """The items of a plot that draw marks."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self.marks: tuple[Mark, ...] = ()
        self._lines = {kind: pg.PlotCurveItem(antialias=False) for kind in (CHANGE, TROUBLE)}
        self._points = {kind: pg.ScatterPlotItem(pxMode=True, useCache=False) for kind in _LOOKS}
        for item in (*self._lines.values(), *self._points.values()):
            plot.addItem(item)

    def restyle(self) -> None:
        """Take the theme's colours."""
        for kind, line in self._lines.items():
            pen = QPen(theme.color("muted" if kind == CHANGE else "bad"), 1, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            line.setPen(pen)
        for kind, points in self._points.items():
            _, token, size = _LOOKS[kind]
            points.setBrush(theme.color(token))
            points.setPen(pg.mkPen(theme.color(token if kind == TROUBLE else "surface"), width=1))
            points.setSize(size)

    def draw(self, marks: Sequence[Mark], low: float, high: float) -> None:
        """Show these over the whole height, from one value on the axis to another."""
        self.marks = tuple(marks)
        pixel = (high - low) / max(self._plot.view.height(), 1)
        for kind, line in self._lines.items():
            at = self._places(kind)
            x, y = np.repeat(at, 2), np.tile([low, high], len(at))
            line.setData(x, y, connect="pairs")
        for kind, points in self._points.items():
            at, inset = self._places(kind), _INSET[kind] * pixel
            level = high - inset if inset > 0 else low - inset
            points.setData(at, np.full(len(at), level), symbol=_LOOKS[kind][0])

    def near(self, epoch: float) -> list[Mark]:
        """Those that lie under the mouse."""
        width = max(self._plot.view.width(), 1)
        low, high = self._plot.view.viewRange()[0]
        reach = NEAR * (high - low) / width
        return [mark for mark in self.marks if abs(mark.at - epoch) <= reach]

    def hit(self, at: QPointF) -> Mark | None:
        """The checkpoint at a place in the coordinates of the data."""
        low, high = self._plot.view.viewRange()[1]
        reach = 2.5 * NEAR * (high - low) / max(self._plot.view.height(), 1)
        found = [mark for mark in self.near(at.x()) if mark.kind == CHECKPOINT] if at.y() <= low + reach else []
        return min(found, key=lambda mark: abs(mark.at - at.x()), default=None)

    def _places(self, kind: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([mark.at for mark in self.marks if mark.kind == kind], np.float64)
