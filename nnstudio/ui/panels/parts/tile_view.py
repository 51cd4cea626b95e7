"""Paints what a node puts out for one sample: channels as tiles, or a vector as bars; the input at the left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.numbers import cell_text, number_text
from nnstudio.ui.panels.parts.pictures import Floats, grown, picture, sheet

GAP = 3.0
SIDE_WIDTH = 104.0
SIDE_GAP = 16.0
BAR_HEIGHT = 6.0
NEARLY = 0.88
"""Tiles may be so much smaller for a grid without holes."""
FLATTEST = 4.0
"""The cells of a flat map are so many times as wide as high at most, or as high as wide."""
BAR_SCALE = 46.0
"""Room for the numbers beside bars."""


@dataclass(frozen=True)
class Shown:
    """`maps` is C×H×W, or C for bars. `source` is the input: C×H×W, or nothing where it is no image."""

    maps: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    source: Floats | None = None
    flat: bool = False
    """Whether it is a single map whose cells need not be square, as that of a sequence."""

    @property
    def bars(self) -> bool:
        return self.maps.ndim == 1

    @property
    def range(self) -> tuple[float, float]:
        """Least and largest value, over all channels: they share the colours."""
        finite = self.maps[np.isfinite(self.maps)]
        return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


@dataclass(frozen=True)
class Grid:
    """Where the tiles lie."""

    area: QRectF
    tile: QSizeF
    columns: int
    count: int

    def place(self, number: int) -> QRectF:
        row, column = divmod(number, self.columns)
        left = self.area.left() + column * (self.tile.width() + GAP)
        return QRectF(QPointF(left, self.area.top() + row * (self.tile.height() + GAP)), self.tile)

    def at(self, point: QPointF) -> int:
        """The number of the tile there, or -1."""
        column = int((point.x() - self.area.left()) // (self.tile.width() + GAP))
        row = int((point.y() - self.area.top()) // (self.tile.height() + GAP))
        number = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= number < self.count and self.place(number).contains(point)
        return number if inside else -1


def best_grid(area: QRectF, count: int, aspect: float) -> Grid:
    """The number of columns that makes tiles of that width by height large, and of nearly as large ones the fullest."""
    widths = {columns: _tile_width(area, count, columns, aspect) for columns in range(1, count + 1)}
    largest = max(widths.values())
    good = [columns for columns, width in widths.items() if width >= NEARLY * largest]
    columns = min(good, key=lambda columns: (-count % columns, -widths[columns]))
    width = max(1.0, widths[columns])
    return Grid(area, QSizeF(width, width / aspect), columns, count)


def flat_size(room: QSizeF, rows: int, columns: int) -> QSizeF:
    """Of a map that fills the room, as far as its cells do not get much wider than high, or higher than wide."""
    wide, high = room.width() / columns, room.height() / rows
    return QSizeF(min(wide, FLATTEST * high) * columns, min(high, FLATTEST * wide) * rows)


def _tile_width(area: QRectF, count: int, columns: int, aspect: float) -> float:
    rows = ceil(count / columns)
    width = (area.width() - (columns - 1) * GAP) / columns
    height = (area.height() - (rows - 1) * GAP) / rows
    return min(width, height * aspect)


class TileView(QWidget):
    """Shows a `Shown`; the mouse reads out channel, place and value, and a click tells them."""

    clicked = Signal(int, int, int)
    """Tile, row and column."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown()
        self.current = 0
        """The tile that the keyboard is at."""
        self.words: Callable[[int, int, int], str] = self._place
        self._tiles: list[QImage] = []
        self._source = QImage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Feature maps"))
        self.setMinimumSize(120, 60)
        theme.current().changed.connect(self.update)

    def show_values(self, shown: Shown) -> None:
        self.shown = shown
        self._tiles = []
        self._source = picture(shown.source) if shown.source is not None else QImage()
        self.update()

    @property
    def grid(self) -> Grid:
        """Where the tiles lie now."""
        count, height, width = self.shown.maps.shape
        area = self._area()
        if self.shown.flat:
            return Grid(area, flat_size(area.size(), height, width), 1, count)
        return best_grid(area, count, width / height)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        if not self.shown.maps.size:
            return ""
        if self.shown.bars:
            return self._describe_bar(point)
        cell = self.cell_at(point)
        return f"{self.words(*cell)}\n{number_text(self.shown.maps[cell])}" if cell else ""

    def cell_at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Tile, row and column there; None beside the tiles."""
        if not self.shown.maps.size or self.shown.bars:
            return None
        grid = self.grid
        number = grid.at(point)
        if number < 0:
            return None
        place, (_, height, width) = grid.place(number), self.shown.maps.shape
        row = min(int((point.y() - place.top()) / place.height() * height), height - 1)
        return number, row, min(int((point.x() - place.left()) / place.width() * width), width - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.current = cell[0]
            self.clicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from tile to tile; Enter takes the one in the middle of the tile."""
        keys = Qt.Key
        if not self.shown.maps.size or self.shown.bars:
            return super().keyPressEvent(event)
        steps = {
            keys.Key_Left: -1,
            keys.Key_Right: 1,
            keys.Key_Up: -self.grid.columns,
            keys.Key_Down: self.grid.columns,
        }
        count, height, width = self.shown.maps.shape
        if event.key() in steps:
            self.current = min(max(self.current + steps[keys(event.key())], 0), count - 1)
            self.update()
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self.clicked.emit(min(self.current, count - 1), height // 2, width // 2)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tiles = []

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shown.maps.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.shown.bars:
            self._paint_bars(painter)
        else:
            self._paint_tiles(painter)
        self._paint_side(painter)

    # Inside

    def _place(self, tile: int, row: int, column: int) -> str:
        return self.tr("channel {0} · row {1}, column {2}").format(tile, row, column)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(self._side() + (BAR_SCALE if self.shown.bars else 0), 0, 0, 0)

    def _side(self) -> float:
        """Width of the column with the input and the scale bar; bars without an input picture need none."""
        return 0.0 if self.shown.bars and self._source.isNull() else SIDE_WIDTH + SIDE_GAP

    def _paint_tiles(self, painter: QPainter) -> None:
        grid = self.grid
        if not self._tiles:
            side = round(max(grid.tile.width(), grid.tile.height()) * self.devicePixelRatioF())
            self._tiles = sheet(self.shown.maps, colormaps.viridis(), *self.shown.range, side)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.shown.flat)
        for number, image in enumerate(self._tiles):
            painter.drawImage(grid.place(number), image)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.drawRect(grid.place(min(self.current, grid.count - 1)).adjusted(-1, -1, 1, 1))

    def _paint_bars(self, painter: QPainter) -> None:
        area, zero = self._area(), self._bar_y(0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        step = area.width() / len(self.shown.maps)
        width = max(1.0, min(step * 0.75, 28.0))
        up, down = theme.color("accent"), theme.mix(theme.color("surface"), theme.color("accent"), 0.55)
        for number, value in enumerate(np.nan_to_num(self.shown.maps)):
            left = area.left() + (number + 0.5) * step - width / 2
            top, bottom = sorted((self._bar_y(float(value)), zero))
            painter.setBrush(up if value >= 0 else down)
            painter.drawRect(QRectF(left, top, width, max(1.0, bottom - top)))
        painter.fillRect(QRectF(area.left(), zero, area.width(), 1), theme.color("line"))
        self._paint_bar_scale(painter, zero)

    def _paint_bar_scale(self, painter: QPainter, zero: float) -> None:
        """Least, zero and largest, at the left of the bars."""
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        low, high = self.shown.range
        half = painter.fontMetrics().height() / 2
        for value in [value for value in (low, high) if abs(self._bar_y(value) - zero) > 2 * half] + [0.0]:
            middle = min(max(self._bar_y(value), half), self.height() - half)
            place = QRectF(0, middle - half, self._side() + BAR_SCALE - 6, 2 * half)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, cell_text(value))

    def _bar_y(self, value: float) -> float:
        low, high = self.shown.range
        low, high = min(low, 0.0), max(high, 0.0)
        area = self._area().adjusted(0, 4, 0, -4)
        return area.bottom() - (value - low) / (high - low or 1.0) * area.height()

    def _describe_bar(self, point: QPointF) -> str:
        area = self._area()
        number = int((point.x() - area.left()) / area.width() * len(self.shown.maps))
        if not area.contains(point) or not 0 <= number < len(self.shown.maps):
            return ""
        return self.tr("unit {0}\n{1}").format(number, number_text(self.shown.maps[number]))

    def _paint_side(self, painter: QPainter) -> None:
        """The input, and under it the scale bar."""
        painter.setFont(theme.base_font(11))
        bottom = float(self.height())
        if not self.shown.bars:
            bottom -= 30
            self._paint_scale(painter, QRectF(0, bottom + 8, SIDE_WIDTH, BAR_HEIGHT))
        room = QRectF(0, 0, SIDE_WIDTH, bottom)
        if self._source.isNull():
            return
        caption = painter.fontMetrics().height() + 4
        size = QSizeF(self._source.size()).scaled(
            QSizeF(SIDE_WIDTH, room.height() - caption), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRectF(QPointF(0, 0), size)
        side = round(max(size.width(), size.height()) * self.devicePixelRatioF())
        painter.drawImage(place, grown(self._source, side))
        painter.setPen(theme.color("muted"))
        painter.drawText(QPointF(0, place.bottom() + caption - 4), self.tr("input"))

    def _paint_scale(self, painter: QPainter, place: QRectF) -> None:
        painter.drawImage(place, colormaps.scale_bar(colormaps.viridis()))
        painter.setPen(theme.color("muted"))
        low, high = self.shown.range
        text = place.adjusted(0, BAR_HEIGHT + 2, 0, 16)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft, cell_text(low))
        painter.drawText(text, Qt.AlignmentFlag.AlignRight, cell_text(high))
