"""Predicted against true numbers, and beside it how the residuals lie."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.titled import titled
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.plot import Plot

Numbers = NDArray[np.float64]
NEAR = 10.0
"""Pixels within which the mouse is at a point."""


class AgainstPlot(Plot):
    """A point a prediction: across what is true, up what was said. On the dashed line they agree."""

    chosen = Signal(int)
    """The sample of a point that was clicked on."""

    def __init__(self) -> None:
        self.true: Numbers = np.zeros(0)
        self.predicted: Numbers = np.zeros(0)
        self.index: NDArray[np.int64] = np.zeros(0, np.int64)
        self._points = pg.ScatterPlotItem(pxMode=True, size=6)
        self._same = pg.PlotCurveItem(antialias=True)
        super().__init__(Axis("left"), Axis("bottom"))
        for item in (self._same, self._points):
            self.addItem(item)
        self.view.setMouseEnabled(x=False, y=False)

    def restyle(self) -> None:
        super().restyle()
        _dash(self._same, "muted")
        shade = theme.color("accent")
        shade.setAlphaF(0.75)
        self._points.setBrush(shade)
        self._points.setPen(pg.mkPen(None))

    def draw(self, true: Numbers, predicted: Numbers, index: NDArray[np.int64]) -> None:
        self.true, self.predicted, self.index = true, predicted, index
        both = np.concatenate([true, predicted])
        low, high = (float(both.min()), float(both.max())) if len(both) else (0.0, 1.0)
        room = 0.05 * ((high - low) or 1.0)
        self._same.setData([low, high], [low, high])
        self._points.setData(true, predicted)
        self.view.setRange(xRange=(low - room, high + room), yRange=(low - room, high + room), padding=0)

    def nearest(self, at: QPointF) -> int:
        """Which point is under the mouse, or -1."""
        if not len(self.true):
            return -1
        (x0, x1), (y0, y1) = self.view.viewRange()
        across = (self.true - at.x()) / (x1 - x0) * self.view.width()
        up = (self.predicted - at.y()) / (y1 - y0) * self.view.height()
        far = np.hypot(across, up)
        found = int(far.argmin())
        return found if far[found] <= NEAR else -1

    def describe(self, at: QPointF) -> str:
        found = self.nearest(at)
        if found < 0:
            return ""
        true, said = float(self.true[found]), float(self.predicted[found])
        figures = (number_text(value) for value in (true, said, said - true))
        return self.tr("sample {0}\nis {1}, predicted {2}\noff by {3}").format(int(self.index[found]), *figures)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.nearest(self.point_at(event.position()))
        if event.button() == Qt.MouseButton.LeftButton and found >= 0:
            self.chosen.emit(int(self.index[found]))


class ResidualHistogram(Plot):
    """How many predictions are off by how much; at the dashed line there is no error."""

    def __init__(self) -> None:
        self.edges: Numbers = np.zeros(0)
        self.counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._bars = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self._zero = pg.PlotCurveItem()
        super().__init__(Axis("left", whole=True), Axis("bottom"))
        for item in (self._bars, self._zero):
            self.addItem(item)
        self.view.setMouseEnabled(x=False, y=False)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        shade = theme.mix(theme.color("surface"), theme.color("accent"), 0.75)
        self._bars.setOpts(brush=shade, pen=pg.mkPen(theme.color("surface"), width=1))
        _dash(self._zero, "text")

    def draw(self, edges: Numbers, counts: NDArray[np.int64]) -> None:
        self.edges, self.counts = edges, counts
        most = float(counts.max(initial=1)) * 1.08
        self._bars.setOpts(x0=edges[:-1], x1=edges[1:], y0=np.zeros(len(counts)), y1=counts)
        self._zero.setData([0.0, 0.0], [0.0, most])
        self.view.setRange(xRange=(float(edges[0]), float(edges[-1])), yRange=(0, most), padding=0)

    def describe(self, at: QPointF) -> str:
        number = int(np.searchsorted(self.edges, at.x(), side="right")) - 1
        if not 0 <= number < len(self.counts):
            return ""
        ends = (number_text(float(edge)) for edge in self.edges[number : number + 2])
        return self.tr("off by {0} to {1}\n{2} predictions").format(*ends, f"{int(self.counts[number]):,}")


class ResidualPlots(QWidget):
    """Both, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.against, self.histogram = AgainstPlot(), ResidualHistogram()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(titled(self.against, self.tr("↑ predicted · true →")), 1)
        row.addWidget(titled(self.histogram, self.tr("↑ predictions · off by →")), 1)


def _dash(curve: pg.PlotCurveItem, token: str) -> None:
    pen = QPen(theme.color(token), 1.2, Qt.PenStyle.DashLine)
    pen.setCosmetic(True)
    curve.setPen(pen)
