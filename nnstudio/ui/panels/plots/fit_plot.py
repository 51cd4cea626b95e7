"""The curve of a network with one input over its samples, and what each unit adds to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.fit import BELOW, Fit
from nnstudio.ui.panels.parts.plane import HUES
from nnstudio.ui.panels.parts.shades import shade
from nnstudio.ui.panels.plots import beside
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.plot import Plot
from nnstudio.ui.panels.plots.point_items import PointItems
from nnstudio.ui.panels.plots.unit_lines import UnitLines, cosmetic
from nnstudio.ui.runs.looks import DASHES

NEAR = 7.0
"""Pixels from a point that still mean it."""
MOST_WORDS = 8
"""Units in the read-out: those that add most."""
FARTHEST, PIECES_FARTHEST = 2.0, 0.5
"""How far from the points the curve, and its pieces, stretch the picture, as a part of the points' extent."""
Range = tuple[float, float]


class FitPlot(Plot):
    """Shows a `Fit`."""

    def __init__(self) -> None:
        self.fit = _nothing()
        self.points = PointItems(self)
        self._curves: list[pg.PlotCurveItem] = []
        self._pieces: list[pg.PlotCurveItem] = []
        self._with_pieces = True
        self.lines: UnitLines | None = None
        super().__init__(Axis("left"), Axis("bottom"))
        self.view.setMouseEnabled(x=True, y=True)
        self.lines = UnitLines(lambda item: self.addItem(item))
        self.ranged.connect(self._draw_lines)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        if self.lines is not None:
            self.lines.dress(theme.color("muted"), QColor(0, 0, 0, 0))
            self._draw_points()
            self.draw(self.fit)

    @property
    def shown(self) -> Fit:
        """What is on the screen."""
        return self.fit

    def set_fine(self, fine: bool) -> None:
        """Draw points as outlines, for a file."""
        self.points.set_fine(fine)

    def show_parts(self, *, train: bool, test: bool, pieces: bool) -> None:
        """Which points are drawn, and whether what each unit adds is."""
        self.points.set_shown(train=train, test=test)
        if pieces != self._with_pieces:
            self._with_pieces = pieces
            self.draw(self.fit)

    def draw(self, fit: Fit) -> None:
        """Show this curve."""
        same = fit.same_points(self.fit)
        if not np.array_equal(fit.x, self.fit.x):
            self.free = False
        self.fit = fit
        if not same:
            self._draw_points()
        many = len(fit.curves) > 1
        shades = [shade(label, many) if many else theme.color("accent") for label in range(len(fit.curves))]
        self._show(self._curves, fit.curves, [cosmetic(each, 2.4) for each in shades], 3)
        pieces = fit.pieces if fit.pieces is not None and self._with_pieces else np.empty((0, len(fit.x)), np.float32)
        numbers = [] if fit.piece_units is None else fit.piece_units.tolist()
        pens = [cosmetic(piece_shade(unit), beside.WIDTH, DASHES[unit // len(HUES) % len(DASHES)]) for unit in numbers]
        self._show(self._pieces, pieces, pens[: len(pieces)], 0)
        if not self.free and len(fit.x):
            low, high = self._y_range(pieces)
            room = 0.02 * float(fit.x[-1] - fit.x[0])
            across = (float(fit.x[0]) - room, float(fit.x[-1]) + room)
            self.view.setRange(xRange=across, yRange=(low, high), padding=0)
        self._draw_lines()

    def shown_pieces(self) -> list[NDArray[np.float64]]:
        """The heights of each piece on the screen."""
        return [item.yData for item in self._pieces if item.isVisible()]

    def show_all(self) -> None:
        super().show_all()
        self.draw(self.fit)

    def describe(self, at: QPointF) -> str:
        """The curve there, what each unit adds, and the sample under the mouse."""
        fit = self.fit
        if not len(fit.x) or not fit.x[0] <= at.x() <= fit.x[-1]:
            return ""
        lines = [f"{at.x():.4g}", *self._answers(fit.at(at.x()))]
        pieces = sorted(fit.pieces_at(at.x()) if self._with_pieces else [], key=lambda piece: -abs(piece[1]))
        lines += [self.tr("unit {0} adds {1}").format(unit, f"{value:.4g}") for unit, value in pieces[:MOST_WORDS]]
        lines += ["…"] if len(pieces) > MOST_WORDS else []
        lines += [self.tr("bias {0}").format(f"{fit.bias:.4g}")] if pieces else []
        return "\n".join([*lines, *self._sample(at)])

    # Inside

    def _answers(self, values: list[float]) -> list[str]:
        fit = self.fit
        if fit.task == "values":
            return [self.tr("fit {0}").format(f"{values[0]:.4g}")]
        if len(values) == 1:
            values = [1 - values[0], values[0]]
        return [f"{fit.name(label)}  {100 * value:.1f} %" for label, value in enumerate(values)]

    def _sample(self, at: QPointF) -> list[str]:
        fit = self.fit
        if not len(fit.points):
            return []
        wide, high = (abs(size) for size in self.view.viewPixelSize())
        away = np.hypot((fit.points - at.x()) / wide, (fit.heights - at.y()) / high)
        nearest = int(np.argmin(np.where(np.isfinite(away), away, np.inf)))
        if not away[nearest] <= NEAR:
            return []
        words = self.tr("test sample {0}, {1}") if fit.test[nearest] else self.tr("train sample {0}, {1}")
        right = f"{fit.values[nearest]:.4g}" if fit.values is not None else fit.name(int(fit.labels[nearest]))
        return [words.format(f"{fit.points[nearest]:.4g}", right)]

    def _show(self, items: list[pg.PlotCurveItem], rows: NDArray[np.float32], pens: Sequence[QPen], level: int) -> None:
        while len(items) < len(rows):
            item = pg.PlotCurveItem(antialias=True)
            item.setZValue(level)
            self.addItem(item)
            items.append(item)
        for place, item in enumerate(items):
            there = place < len(rows) and bool(np.isfinite(rows[place]).any())
            item.setVisible(there)
            if there:
                item.setPen(pens[place])
                item.setData(self.fit.x, rows[place], connect="finite")

    def _y_range(self, pieces: NDArray[np.float32]) -> Range:
        if self.fit.task != "values":
            return 2 * BELOW, 1 - 2 * BELOW
        heights, curves = _known(self.fit.heights), _known(self.fit.curves)
        known = heights if len(heights) else curves
        if not len(known):
            return -1.0, 1.0
        low, high = float(known.min()), float(known.max())
        extent = (high - low) or abs(high) or 1.0
        for values, farthest in ((curves, FARTHEST), (_known(pieces), PIECES_FARTHEST)):
            lowest, highest = float(values.min(initial=low)), float(values.max(initial=high))
            low, high = max(lowest, low - farthest * extent), min(highest, high + farthest * extent)
        room = 0.06 * (high - low) or 0.5
        return low - room, high + room

    def _draw_lines(self) -> None:
        """Upright ones, where units turn."""
        fit = self.fit
        if self.lines is None:
            return
        if fit.lines is None or len(fit.x) < 2:
            self.lines.clear()
            return
        even = np.linspace(fit.x[0], fit.x[-1], len(fit.x))  # places at samples are not
        fields = np.stack([np.interp(even, fit.x, line) for line in fit.lines]).astype(np.float32)
        half = float(even[1] - even[0]) / 2
        low, high = self.view.viewRange()[1]
        edges = (float(fit.x[0]) - half, float(fit.x[-1]) + half, low, high)
        self.lines.draw(np.repeat(fields[:, None], 2, axis=1), fit.unit, edges)

    def _draw_points(self) -> None:
        fit = self.fit
        places = np.stack([fit.points, fit.heights], axis=1)
        if fit.values is not None:
            groups = np.full(len(places), -1)
            self.points.draw(places, groups, fit.test, shade_of_sample, shaped=False)
        else:
            many = len(fit.curves) > 1
            self.points.draw(places, fit.labels, fit.test, lambda label: shade(label, many))


def _known(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[np.isfinite(values)]


def shade_of_sample(_group: int) -> QColor:
    """Of samples that are no class."""
    return theme.color("muted")


def piece_shade(unit: int) -> QColor:
    """The colour of what a unit adds."""
    return theme.family_color(HUES[unit % len(HUES)])


def _nothing() -> Fit:
    none = np.empty(0, np.float32)
    labels = np.empty(0, np.int64)
    return Fit(none, none[None], none, labels, None, labels.astype(np.uint8))
