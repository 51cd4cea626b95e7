"""A slim strip under a curve, along the same epochs: the learning rate of each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from nnstudio.project.rates import Rates
from nnstudio.project.run import Course
from nnstudio.series import Floats
from nnstudio.ui import theme
from nnstudio.ui.panels.parts.ticks import short
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.unit_lines import cosmetic
from nnstudio.ui.runs import looks

HEIGHT = 32
"""Pixels."""
HEADROOM = 1.7
"""The top of the strip, as a multiple of the highest rate: its name has room above."""
_ROW = 3
"""Of the plot's layout: under the picture; the axis goes one further down."""


@dataclass(frozen=True)
class Rate:
    """The learning rate of a run, in the colour and dash of its curve."""

    rates: Rates
    course: Course
    token: str
    dash: tuple[float, ...] = ()

    def places(self) -> tuple[Floats, Floats]:
        """Epochs and rates."""
        steps, values = self.rates.places()
        return self.course.epochs(steps), np.where(np.isfinite(values), values, 0.0)


class OneTick(Axis):
    """An axis that names the highest value alone."""

    def __init__(self) -> None:
        self.high = 0.0
        super().__init__("left", grid=False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, [self.high] if self.high else [])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [short(value) for value in values]


class RateStrip:
    """The items that draw it, in the layout of a plot."""

    def __init__(self, plot: Any, title: str) -> None:
        self._plot = plot
        self.shown = False
        self.axis = OneTick()
        self.view = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self._lines: list[pg.PlotCurveItem] = []
        self._title = pg.TextItem(title, anchor=(0, 0))
        self._title.setFont(theme.base_font(10))
        self._title.setParentItem(self.view)
        self._title.setPos(QPointF(4, -2))
        self._put_in_layout()
        self.view.setXLink(plot.view)
        self.axis.linkToView(self.view)
        self.set_shown(False)

    def set_shown(self, shown: bool) -> None:
        """Whether it takes room."""
        self.shown = shown
        height = HEIGHT if shown else 0
        self._plot.item.layout.setRowFixedHeight(_ROW, height)
        self.view.setVisible(shown)
        self.axis.setVisible(shown)

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.axis.restyle()
        self.view.setBackgroundColor(theme.mix(theme.color("surface"), theme.color("line"), 0.25))
        self._title.setColor(theme.color("muted"))

    def draw(self, rates: Sequence[Rate]) -> None:
        """Show these, the run in front first."""
        if not self.shown:
            return
        while len(self._lines) < len(rates):
            line = pg.PlotCurveItem(antialias=True)
            line.setZValue(-len(self._lines))
            self._lines.append(line)
            self.view.addItem(line)
        highest = 0.0
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(rates))
            if place < len(rates):
                rate = rates[place]
                epochs, values = rate.places()
                line.setPen(cosmetic(looks.shade(rate.token), 1.0 if place else 1.6, rate.dash))
                line.setData(epochs, values)
                highest = max(highest, float(values.max(initial=0.0)))
        self.view.setYRange(0.0, (highest or 1.0) * HEADROOM, padding=0)
        if highest != self.axis.high:
            self.axis.high, self.axis.picture = highest, None
            self.axis.update()

    def holds(self, place: QPointF) -> bool:
        """Whether a place of the scene lies in it."""
        return self.shown and bool(self.view.sceneBoundingRect().contains(place))

    def points(self) -> list[tuple[Floats, Floats]]:
        """What is on the screen, of each run."""
        return [line.getData() for line in self._lines if line.isVisible() and line.xData is not None]

    def _put_in_layout(self) -> None:
        layout, bottom = self._plot.item.layout, self._plot.bottom
        layout.removeItem(bottom)
        layout.addItem(bottom, _ROW + 1, 1)
        layout.addItem(self.axis, _ROW, 0)
        layout.addItem(self.view, _ROW, 1)
        self.axis.setZValue(0.5)
        self.axis.setFlag(self.axis.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.view.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
