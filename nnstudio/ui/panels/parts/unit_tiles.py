"""The weights of units as pictures: a tile for each channel of each, blue for negative and orange for positive."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats, sheet
from nnstudio.ui.panels.parts.tile_view import Grid, best_grid


class UnitTiles(QWidget):
    """`values` is U×C×H×W. `pointed` tells what is under the mouse; nothing for none."""

    pointed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.values: Floats = np.empty((0, 1, 1, 1), np.float32)
        self._reach = 1.0
        self._tiles: list[QImage] = []
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)
        self.setAccessibleName(self.tr("Weights of each unit as a picture"))

    def show_units(self, values: Floats, reach: float) -> None:
        """Other weights, with the range of their colours."""
        self.values, self._reach = values, reach
        self._tiles = []
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 160)

    @property
    def grid(self) -> Grid:
        """Where the tiles lie."""
        units, channels, height, width = self.values.shape
        return best_grid(QRectF(self.rect()), units * channels, width / height)

    def describe(self, point: QPointF) -> str:
        """Unit, place and number under the mouse."""
        if not self.values.size or (tile := self.grid.at(point)) < 0:
            return ""
        place, (_, channels, height, width) = self.grid.place(tile), self.values.shape
        row = min(int((point.y() - place.top()) / place.height() * height), height - 1)
        column = min(int((point.x() - place.left()) / place.width() * width), width - 1)
        unit, channel = divmod(tile, channels)
        value = number_text(float(self.values[unit, channel, row, column]))
        return f"{self.tr('unit {0}').format(unit)} [{channel}, {row}, {column}] {value}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tiles = []

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.values.size:
            return
        grid, painter = self.grid, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._tiles:
            side = round(max(grid.tile.width(), grid.tile.height()) * self.devicePixelRatioF())
            maps = self.values.reshape(-1, *self.values.shape[2:])
            self._tiles = sheet(maps, colormaps.diverging(), -self._reach, self._reach, side)
        for number, image in enumerate(self._tiles):
            painter.drawImage(grid.place(number), image)
