"""The plane as a heat map under its points: classes differ by colour and by shape, test points are rings."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPen

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts.plane import Plane
from nnstudio.ui.panels.parts.shades import shade, symbol
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.plot import Plot

FINER = 4
"""Each cell is drawn as so many by so many dots, blended, so that the boundary is a line and no stairs."""
SIZE = 8


class BoundaryPlot(Plot):
    """Shows a `Plane`."""

    def __init__(self) -> None:
        self._image = pg.ImageItem(axisOrder="row-major")
        self._points: dict[tuple[int, bool], pg.ScatterPlotItem] = {}
        self.plane = _nothing()
        super().__init__(Axis("left", grid=False), Axis("bottom"))
        self.addItem(self._image)

    def restyle(self) -> None:
        super().restyle()
        if self.plane.grid.size:
            self.draw(self.plane)
            self._draw_points()

    def set_fine(self, fine: bool) -> None:
        """Draw points as outlines, for a file, and not from small pictures of them, which is quick."""
        for item in self._points.values():
            item.setExportMode(fine, {"antialias": True})

    def draw(self, plane: Plane) -> None:
        """Show this plane."""
        moved, same = plane.edges != self.plane.edges, plane.same_points(self.plane)
        self.plane = plane
        x0, x1, y0, y1 = plane.edges
        self._image.setImage(self._colors(), levels=None, autoLevels=False)
        self._image.setRect(QRectF(x0, y0, x1 - x0, y1 - y0))
        if not self.free or moved:
            self.free = False
            self.view.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0)
        if not same:
            self._draw_points()

    def show_all(self) -> None:
        super().show_all()
        self.draw(self.plane)

    def describe(self, at: QPointF) -> str:
        """The value of the cell there."""
        cell = self.plane.cell(at.x(), at.y())
        if cell is None:
            return ""
        plane, value = self.plane, float(self.plane.grid[cell])
        place = f"{at.x():.3g}, {at.y():.3g}"
        if plane.task == "values":
            return f"{place}\n{value:.4g}"
        if plane.classes is not None:
            return f"{place}\n{plane.spoken(int(plane.classes[cell]))}  {100 * value:.1f} %"
        sides = (f"{plane.spoken(label)}  {100 * share:.1f} %" for label, share in ((0, 1 - value), (1, value)))
        return "\n".join((place, *sides))

    # Inside

    def _colors(self) -> NDArray[np.uint8]:
        plane = self.plane
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
        wanted = {(int(label), bool(test)) for label, test in zip(plane.labels, plane.test, strict=True)}
        for key in self._points.keys() - wanted:
            self.removeItem(self._points.pop(key))
        for label, test in sorted(wanted):
            item = self._points.get((label, test)) or self._add_points(label, test)
            chosen = plane.points[(plane.labels == label) & (plane.test == test)]
            item.setSymbol(symbol(label))
            self._dress_points(item, label, test)
            item.setData(chosen[:, 0], chosen[:, 1])

    def _add_points(self, label: int, test: bool) -> pg.ScatterPlotItem:
        item = self._points[label, test] = pg.ScatterPlotItem(size=SIZE, pxMode=True)
        item.setZValue(2 if test else 1)
        self.addItem(item)
        return item

    def _dress_points(self, item: pg.ScatterPlotItem, label: int, test: bool) -> None:
        shade = self._shade(label)
        rim = QPen(shade if test else QColor("white"), 2.0 if test else 0.8)
        rim.setCosmetic(True)
        item.setPen(rim)
        item.setBrush(QColor("white") if test else shade)


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
