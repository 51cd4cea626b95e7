"""The lines on which units turn, over a picture: dark with a light rim, each with its number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.plots.level_sets import level_set

DARK, LIGHT = QColor("#14161B"), QColor(255, 255, 255, 190)
"""Over a picture that looks the same in every theme."""
FEW = 4
"""So many have a rim and are bold: Qt takes long over wide lines."""
BRIGHT = 140
"""Lightness from which letters on a colour are dark."""
Edges = tuple[float, float, float, float]


def cosmetic(shade: QColor, width: float, dash: tuple[float, ...] = ()) -> QPen:
    """A pen of so many pixels at any zoom."""
    pen = QPen(shade, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # pieces that meet would show as dots
    if dash:
        pen.setDashPattern(dash)
    return pen


class UnitLines:
    """The items of a plot that draw them."""

    def __init__(self, add: Callable[[pg.GraphicsObject], None]) -> None:
        self._add = add
        self._rim, self._line = pg.PlotCurveItem(antialias=True), pg.PlotCurveItem(antialias=True)
        self._labels: list[pg.TextItem] = []
        self._shade = DARK
        self.dress(DARK, LIGHT)
        for level, item in enumerate((self._rim, self._line)):
            item.setZValue(3 + level)
            add(item)

    def dress(self, line: QColor, rim: QColor) -> None:
        """Other colours than those for a picture."""
        self._shade = line
        self._rim.setPen(cosmetic(rim, 4.0))
        for label in self._labels:
            self._dress_label(label)

    def draw(self, fields: NDArray[np.float32], first: int, edges: Edges) -> None:
        """Where each of these fields, U×R×R over the whole picture, is zero; `first` is the number of the first."""
        x0, x1, y0, y1 = edges
        found = level_set(fields, 0.0)
        rows, columns = fields.shape[1:]
        x = x0 + (found.x + 0.5) / max(columns, 1) * (x1 - x0)
        y = y0 + (found.y + 0.5) / max(rows, 1) * (y1 - y0)
        self._line.setData(x, y, connect="pairs")
        rimmed = len(fields) <= FEW
        self._line.setPen(cosmetic(self._shade, 1.6 if rimmed else 1.0))
        self._rim.setData(*((x, y) if rimmed else ([], [])), connect="pairs")
        self._number(x, y, found.fields, first, len(fields))

    def clear(self) -> None:
        """Show none."""
        self.draw(np.empty((0, 2, 2), np.float32), 0, (0.0, 1.0, 0.0, 1.0))

    def shown(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The ends of the pieces on the screen."""
        x, y = self._line.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    @property
    def labels(self) -> list[str]:
        """The numbers on the screen."""
        return [label.toPlainText() for label in self._labels if label.isVisible()]

    def _number(
        self, x: NDArray[np.float64], y: NDArray[np.float64], fields: NDArray[np.int64], first: int, count: int
    ) -> None:
        """Each at a piece of its line, not all at the same height."""
        while len(self._labels) < count:
            self._labels.append(self._made())
        for unit, label in enumerate(self._labels):
            own = np.flatnonzero(fields == unit)
            label.setVisible(bool(len(own)))
            if len(own):
                piece = own[np.argsort(x[2 * own] + y[2 * own])[(unit * 2 + 1) * len(own) // (2 * count) % len(own)]]
                if label.toPlainText() != str(first + unit):
                    label.setText(str(first + unit))
                label.setPos(x[2 * piece], y[2 * piece])

    def _made(self) -> pg.TextItem:
        label = pg.TextItem(anchor=(0.5, 0.5))
        label.setFont(theme.base_font(10))
        label.setZValue(5)
        self._dress_label(label)
        self._add(label)
        return label

    def _dress_label(self, label: pg.TextItem) -> None:
        label.fill = pg.mkBrush(self._shade)
        label.setColor("white" if self._shade.lightness() < BRIGHT else DARK)
