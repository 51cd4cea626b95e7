"""The plane as a heat map under its points, with the line between two classes and the lines of units."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts.plane import STEPS, Plane
from nnstudio.ui.panels.parts.shades import shade
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.level_sets import level_set
from nnstudio.ui.panels.plots.plot import Plot
from nnstudio.ui.panels.plots.point_items import PointItems
from nnstudio.ui.panels.plots.unit_lines import DARK, UnitLines, cosmetic

FINER = 4
"""Each cell is drawn as so many by so many dots, blended, so that the boundary is a line and no stairs."""
MOST_WORDS = 8
"""Units in the read-out."""
HALF = 0.5


class BoundaryPlot(Plot):
    """Shows a `Plane`. `confident`: how sure the network is, in place of what it says."""

    def __init__(self) -> None:
        self._image = pg.ImageItem(axisOrder="row-major")
        self._edge = pg.PlotCurveItem(antialias=True)
        self.plane = _nothing()
        self.confident = False
        self.points = PointItems(self)
        super().__init__(Axis("left", grid=False), Axis("bottom"))
        self.view.setMouseEnabled(x=True, y=True)
        self._edge.setPen(cosmetic(DARK, 1.2))
        for item in (self._image, self._edge):
            self.addItem(item)
        self.lines = UnitLines(lambda item: self.addItem(item))

    def restyle(self) -> None:
        super().restyle()
        if self.plane.grid.size:
            self.draw(self.plane)
            self._draw_points()

    @property
    def shown(self) -> Plane:
        """What is on the screen."""
        return self.plane

    def set_fine(self, fine: bool) -> None:
        """Draw points as outlines, for a file."""
        self.points.set_fine(fine)

    def show_parts(self, *, train: bool, test: bool, edge: bool, confident: bool) -> None:
        """Which points are drawn, whether the line between two classes is, and what the colours say."""
        self.points.set_shown(train=train, test=test)
        self._edge.setVisible(edge)
        if confident != self.confident:
            self.confident = confident
            self._draw_picture()

    @property
    def edge(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The ends of the pieces of the line between two classes."""
        x, y = self._edge.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    def draw(self, plane: Plane) -> None:
        """Show this plane."""
        moved, same = plane.edges != self.plane.edges, plane.same_points(self.plane)
        self.plane = plane
        x0, x1, y0, y1 = plane.edges
        self._draw_picture()
        if not self.free or moved:
            self.free = False
            self.view.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0)
        if not same:
            self._draw_points()
        if plane.lines is not None:
            self.lines.draw(plane.lines, plane.unit, plane.edges)
        else:
            self.lines.clear()

    def show_all(self) -> None:
        super().show_all()
        self.draw(self.plane)

    def describe(self, at: QPointF) -> str:
        """What is said of the cell there, and what the units put out whose lines are drawn."""
        cell = self.plane.cell(at.x(), at.y())
        if cell is None:
            return ""
        return "\n".join((f"{at.x():.3g}, {at.y():.3g}", *self._answer(cell), *self._units(cell)))

    # Inside

    def _answer(self, cell: tuple[int, int]) -> list[str]:
        plane, value = self.plane, float(self.plane.grid[cell])
        if plane.task == "values":
            return [f"{value:.4g}"]
        if plane.classes is not None:
            return [f"{plane.spoken(int(plane.classes[cell]))}  {100 * value:.1f} %"]
        return [f"{plane.spoken(label)}  {100 * share:.1f} %" for label, share in ((0, 1 - value), (1, value))]

    def _units(self, cell: tuple[int, int]) -> list[str]:
        if self.plane.lines is None:
            return []
        values = self.plane.lines[:, cell[0], cell[1]]
        words = [self.tr("unit {0}: {1}").format(n + self.plane.unit, f"{value:.4g}") for n, value in enumerate(values)]
        return words if len(words) <= MOST_WORDS else [*words[:MOST_WORDS], "…"]

    def _draw_picture(self) -> None:
        plane = self.plane
        x0, x1, y0, y1 = plane.edges
        self._image.setImage(self._colors(), levels=None, autoLevels=False)
        self._image.setRect(QRectF(x0, y0, x1 - x0, y1 - y0))
        if plane.task == "values" or plane.classes is not None or not plane.grid.size:
            self._edge.setData([], [])
            return
        found = level_set(plane.grid[None], HALF)
        rows, columns = plane.grid.shape
        x = x0 + (found.x + 0.5) / columns * (x1 - x0)
        self._edge.setData(x, y0 + (found.y + 0.5) / rows * (y1 - y0), connect="pairs")

    def _colors(self) -> NDArray[np.uint8]:
        plane = self.plane
        if self.confident and plane.task != "values":
            return colormaps.rgba(finer(plane.confidence), plane.least_confidence, 1.0, colormaps.viridis())
        if plane.classes is not None:
            return self._class_colors(plane.classes, plane.grid)
        return colormaps.rgba(finer(plane.grid), *plane.range, plane.lut)

    def _class_colors(self, classes: NDArray[np.int64], sure: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Each class in its colour, the paler the less sure."""
        ground = _rgb(theme.color("surface"))
        table = np.array([_rgb(self._shade(label)) for label in range(int(classes.max()) + 1)])
        strength = (0.15 + 0.45 * np.nan_to_num(sure))[..., None]
        mixed = ground * (1 - strength) + table[classes] * strength
        blended = np.stack([finer(mixed[..., part]) for part in range(3)], axis=-1)
        return np.concatenate([blended, np.full((*blended.shape[:2], 1), 255)], axis=-1).round().astype(np.uint8)

    def _shade(self, label: int) -> QColor:
        return shade(label, self.plane.classes is not None)

    def _draw_points(self) -> None:
        plane = self.plane
        if plane.task == "values":
            self.points.draw(plane.points, plane.steps, plane.test, self._value_shade, shaped=False)
        else:
            self.points.draw(plane.points, plane.labels, plane.test, self._shade)

    def _value_shade(self, step: int) -> QColor:
        if step < 0:
            return theme.color("muted")
        return QColor(*(int(part) for part in self.plane.lut[round((step + 0.5) / STEPS * 255)][:3]))


def finer(grid: NDArray[np.float32]) -> NDArray[np.float32]:
    """The grid with straight lines between the middles of its cells."""
    down, across = (_blend(size) for size in grid.shape)
    return (down @ np.nan_to_num(grid) @ across.T).astype(np.float32)


def _blend(size: int) -> NDArray[np.float64]:
    """The matrix that stretches `size` values to FINER times as many."""
    places = ((np.arange(size * FINER) + 0.5) / FINER - 0.5).clip(0, size - 1)
    low = np.floor(places).astype(int).clip(0, max(size - 2, 0))
    weights, rows = np.zeros((size * FINER, size)), np.arange(size * FINER)
    weights[rows, low] = 1 - (places - low)
    weights[rows, np.minimum(low + 1, size - 1)] += places - low
    return weights


def _rgb(color: QColor) -> NDArray[np.float64]:
    return np.array([color.red(), color.green(), color.blue()], np.float64)


def _nothing() -> Plane:
    empty = np.empty((0, 0), np.float32)
    labels = np.empty(0, np.int64)
    return Plane(empty, None, np.empty((0, 2), np.float32), labels, labels.astype(np.uint8), (0.0, 1.0, 0.0, 1.0))
