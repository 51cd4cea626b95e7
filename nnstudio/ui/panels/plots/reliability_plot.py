"""The reliability diagram: how often answers are right that the network is so sure of."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.plot import Plot

Bins = NDArray[np.float64]


class ReliabilityPlot(Plot):
    """Bars of accuracy by confidence, with the gap to the diagonal of a network that is as sure as it is right."""

    def __init__(self) -> None:
        self.count: Bins = np.zeros(0)
        self.confidence: Bins = np.zeros(0)
        self.accuracy: Bins = np.zeros(0)
        self._gaps = pg.BarGraphItem(x=[], width=0, y0=[], y1=[])
        self._bars = pg.BarGraphItem(x=[], width=0, y0=[], y1=[])
        self._ideal = pg.PlotCurveItem([0.0, 1.0], [0.0, 1.0], antialias=True)
        self._points = pg.ScatterPlotItem(pxMode=True, size=7)
        super().__init__(Axis("left"), Axis("bottom"))
        for item, above in ((self._bars, 0), (self._gaps, 1), (self._ideal, 2), (self._points, 3)):
            item.setZValue(above)
            self.addItem(item)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setRange(xRange=(0, 1.015), yRange=(0, 1.06), padding=0)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        accent, bad = theme.color("accent"), theme.color("bad")
        self._bars.setOpts(brush=theme.mix(theme.color("surface"), accent, 0.7), pen=pg.mkPen(None))
        hatch = pg.mkBrush(bad)
        hatch.setStyle(Qt.BrushStyle.BDiagPattern)
        self._gaps.setOpts(brush=hatch, pen=pg.mkPen(bad, width=1))
        line = QPen(theme.color("muted"), 1.2, Qt.PenStyle.DashLine)
        line.setCosmetic(True)
        self._ideal.setPen(line)
        self._points.setBrush(theme.color("text"))
        self._points.setPen(pg.mkPen(theme.color("surface"), width=1))

    def draw(self, count: Bins, confidence: Bins, accuracy: Bins) -> None:
        """Show these bins; those without an answer stay empty."""
        self.count, self.confidence, self.accuracy = count, confidence, accuracy
        width = 1.0 / max(len(count), 1)
        there = count > 0
        middle = (np.arange(len(count))[there] + 0.5) * width
        sure, right = confidence[there], accuracy[there]
        self._bars.setOpts(x=middle, width=0.92 * width, y0=np.zeros(len(right)), y1=right)
        self._gaps.setOpts(x=middle, width=0.92 * width, y0=np.minimum(sure, right), y1=np.maximum(sure, right))
        self._points.setData(sure, right)

    def describe(self, at: QPointF) -> str:
        number = int(at.x() * len(self.count)) if 0 <= at.x() < 1 else -1
        if not 0 <= number < len(self.count):
            return ""
        ends = f"{number / len(self.count):.1f}–{(number + 1) / len(self.count):.1f}"
        count = int(self.count[number])
        if not count:
            return self.tr("confidence {0}\nno answer").format(ends)
        words = self.tr("confidence {0}\n{1} answers\n{2} % sure, {3} % right")
        sure, right = (f"{100 * float(share[number]):.1f}" for share in (self.confidence, self.accuracy))
        return words.format(ends, f"{count:,}", sure, right)
