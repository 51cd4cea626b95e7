"""A matrix too large for numbers, as a picture: one patch of colour a cell, and its value under the mouse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps
from nnstudio.ui.panels.parts.numbers import number_text

_LARGEST = 16.0
"""Pixels of one cell at most."""


class HeatMap(QWidget):
    """`pointed` tells what is under the mouse; nothing for none."""

    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.values: NDArray[np.float64] = np.zeros((0, 0))
        self._image = QImage()
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Weights as a picture"))

    def show_values(self, values: NDArray[np.float64], reach: float) -> None:
        """Another matrix, with the range of its colours."""
        self.values = values
        self._image = colormaps.colorize(values, -reach, reach, colormaps.diverging())
        self.update()

    @property
    def place(self) -> QRectF:
        """Where the picture is: as large as there is room, its cells no wider than twice as high."""
        rows, columns = self.values.shape
        if not rows or not columns:
            return QRectF()
        high = min(self.height() / rows, _LARGEST)
        wide = min(self.width() / columns, 2 * high, _LARGEST)
        high = min(high, 2 * wide)
        size = columns * wide, rows * high
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column under a point, or None beside the picture."""
        place, (rows, columns) = self.place, self.values.shape
        if not place.contains(point):
            return None
        row = int((point.y() - place.top()) / place.height() * rows)
        column = int((point.x() - place.left()) / place.width() * columns)
        return min(row, rows - 1), min(column, columns - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        words = "" if cell is None else f"[{cell[0]}, {cell[1]}] {number_text(float(self.values[cell]))}"
        self.pointed.emit(words)

    def leaveEvent(self, event: object) -> None:
        self.pointed.emit("")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._image.isNull():
            QPainter(self).drawImage(self.place, self._image)
