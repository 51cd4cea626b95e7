"""The gap between two curves, shaded: what a network does better on samples that it knows."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsPathItem

from nnstudio.series import Floats

OPACITY = 0.16
Curve = tuple[Floats, Floats]


class Gap:
    """The item of a plot that shades it."""

    def __init__(self) -> None:
        self.item = QGraphicsPathItem()
        self.item.setPen(QColor(0, 0, 0, 0))
        self.item.setZValue(-4)

    def dress(self, shade: QColor) -> None:
        """In this colour, faint."""
        faint = QColor(shade)
        faint.setAlphaF(OPACITY)
        self.item.setBrush(faint)

    def draw(self, first: Curve, second: Curve) -> None:
        """Between curves that are straight between their points, as far as both go."""
        x, low, high = between(first, second)
        if len(x) < 2:
            path = pg.arrayToQPath(np.empty(0), np.empty(0))
        else:
            path = pg.arrayToQPath(np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]))
            path.closeSubpath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        self.item.setPath(path)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to be seen."""
        return not self.item.isVisible() or self.item.path().isEmpty()


def between(first: Curve, second: Curve) -> tuple[Floats, Floats, Floats]:
    """Every place of both curves where they lie side by side, and both their heights there."""
    curves = [(x[np.isfinite(y)], y[np.isfinite(y)]) for x, y in (first, second)]
    if any(len(x) < 2 for x, _ in curves):
        return np.empty(0), np.empty(0), np.empty(0)
    start, end = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    x = np.unique(np.concatenate([places for places, _ in curves]))
    x = x[(x >= start) & (x <= end)]
    low, high = (np.interp(x, *curve) for curve in curves)
    return x, low, high
