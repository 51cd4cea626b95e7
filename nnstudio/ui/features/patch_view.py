"""Patch × filter = product, channel by channel, with the sums; or the patch alone, with its largest value marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.map_view import LINE, paint_scale
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats

SIGN, SUM = 16.0, 56.0
"""Room for × and =, and for the sum of a row."""
GAP = 6.0
LEAST_CELL, LARGEST_CELL = 12.0, 44.0
"""Pixels of a cell: rows scroll before cells get smaller than the one."""
LEAST_LINE = 24.0
"""Pixels of a row."""
PITCH = 48.0
"""From block to block at least, so that there is room for the words above."""
READABLE = 28.0
"""Pixels of a cell from which its number is written into it."""
WHEEL_STEP = 120


@dataclass(frozen=True)
class Patch:
    """`patch` is B×h×w in colours from `low` to `high`, `filters` the same or None, `names` what each is called."""

    patch: Floats = field(default_factory=lambda: np.zeros((0, 1, 1), np.float32))
    low: float = 0.0
    high: float = 1.0
    filters: Floats | None = None
    names: Sequence[str] = ()
    largest: int = -1

    @property
    def products(self) -> NDArray[np.float64]:
        assert self.filters is not None
        return self.patch.astype(np.float64) * self.filters

    @property
    def columns(self) -> int:
        """How many blocks a row has."""
        return 1 if self.filters is None else 3


class PatchView(QWidget):
    """Shows a `Patch`; rows scroll by the wheel."""

    chosen = Signal(int)
    """A row is clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = Patch()
        self.top = 0
        self.row = 0
        """The one whose map is shown."""
        self._wheel = 0
        self.setMouseTracking(True)
        self.setMinimumSize(120, 48)
        theme.current().changed.connect(self.update)

    def show_patch(self, shown: Patch, row: int) -> None:
        """Other values; the row is brought to where it can be seen when it is another."""
        moved = row != self.row
        self.shown, self.row = shown, row
        if moved and not self.top <= row < self.top + self.lines:
            self.top = row
        self._scroll(0)

    def sizeHint(self) -> QSize:
        return QSize(260, 140)

    @property
    def lines(self) -> int:
        """How many rows are seen at once."""
        count, high = self.shown.patch.shape[:2]
        room = self.height() - 2 * LINE + GAP
        return max(1, min(count, int(room / (max(high * LEAST_CELL, LEAST_LINE) + GAP))))

    @property
    def cell(self) -> QSizeF:
        """The size of a cell: square, or higher where there is but one row of them."""
        _, high, wide = (max(1, size) for size in self.shown.patch.shape)
        columns = self.shown.columns
        across = (self.width() - (2 * SIGN + SUM if columns == 3 else 0)) / (columns * wide)
        down = (self.height() - 2 * LINE + GAP) / self.lines - GAP
        side = max(2.0, min(across, down / high, LARGEST_CELL))
        return QSizeF(side, min(down, LARGEST_CELL) if high == 1 else side)

    def block(self, line: int, column: int) -> QRectF:
        """Where a block is: 0 the patch, 1 the filter, 2 the product, in the line below the words."""
        _, high, wide = self.shown.patch.shape
        cell, columns = self.cell, self.shown.columns
        size = QSizeF(wide * cell.width(), high * cell.height())
        step = max(size.width() + SIGN, PITCH)
        whole = size.width() + (2 * step + SUM if columns == 3 else 0)
        used = self.lines * (size.height() + GAP) - GAP
        left = (self.width() - whole) / 2 + column * step
        top = LINE + (self.height() - 2 * LINE - used) / 2 + line * (size.height() + GAP)
        return QRectF(QPointF(left, top), size)

    def cell_of(self, block: QRectF, row: int, column: int) -> QRectF:
        """Where a cell of a block is."""
        cell = self.cell
        return QRectF(block.topLeft() + QPointF(column * cell.width(), row * cell.height()), cell)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        for line in range(min(self.lines, len(self.shown.patch) - self.top)):
            for column in range(self.shown.columns):
                block = self.block(line, column)
                if block.contains(point):
                    inside, cell = point - block.topLeft(), self.cell
                    return self._words(
                        (self.top + line, int(inside.y() / cell.height()), int(inside.x() / cell.width()))
                    )
        return ""

    def _words(self, at: tuple[int, int, int]) -> str:
        inside = tuple(min(place, size - 1) for place, size in zip(at, self.shown.patch.shape, strict=True))
        name, value = self.shown.names[inside[0]], float(self.shown.patch[inside])
        if np.isnan(value):
            return self.tr("{0}\nnothing is there").format(name)
        if self.shown.filters is None:
            return f"{name}\n{number_text(value)}"
        weight = float(self.shown.filters[inside])
        return f"{name}\n{number_text(value)} × {number_text(weight)} = {number_text(value * weight)}"

    # Events

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel -= event.angleDelta().y()
        lines = int(self._wheel / WHEEL_STEP)
        self._wheel -= lines * WHEEL_STEP
        self._scroll(lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and line >= 0:
            self.chosen.emit(self.top + line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shown.patch.size:
            return
        painter = QPainter(self)
        painter.setFont(theme.base_font(11))
        for line in range(min(self.lines, len(self.shown.patch) - self.top)):
            self._paint_line(painter, line)
        self._paint_head(painter)
        self._paint_scrolled(painter)

    # Inside

    def _scroll(self, lines: int) -> None:
        self.top = min(max(self.top + lines, 0), max(0, len(self.shown.patch) - self.lines))
        self.update()

    def _line_at(self, y: float) -> int:
        lines = range(min(self.lines, len(self.shown.patch) - self.top))
        return next((line for line in lines if self.block(line, 0).top() <= y <= self.block(line, 0).bottom()), -1)

    def _paint_line(self, painter: QPainter, line: int) -> None:
        number = self.top + line
        patch = colormaps.rgba(self.shown.patch[number], self.shown.low, self.shown.high)
        self._paint_block(painter, self.block(line, 0), self.shown.patch[number], patch)
        if self.shown.filters is None:
            self._mark_largest(painter, line)
            return
        for column, values, reach in self._signed():
            colors = colormaps.rgba(values[number], -reach, reach, colormaps.diverging())
            self._paint_block(painter, self.block(line, column), values[number], colors)
        self._paint_signs(painter, line, float(self.shown.products[number].sum()))
        if number == self.row and len(self.shown.patch) > 1:
            painter.setPen(QPen(theme.color("warning"), 2))
            painter.drawRect(self.block(line, 0))

    def _signed(self) -> list[tuple[int, NDArray, float]]:
        """Filter and product, each with the reach of its colours over all rows."""
        assert self.shown.filters is not None
        pairs = ((1, self.shown.filters), (2, self.shown.products))
        return [(column, values, colormaps.symmetric_range(values)[1]) for column, values in pairs]

    def _paint_block(self, painter: QPainter, place: QRectF, values: NDArray, colors: NDArray[np.uint8]) -> None:
        painter.drawImage(place, colormaps.to_image(colors))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        if self.cell.width() >= READABLE:
            self._paint_numbers(painter, place, values, colors)

    def _paint_numbers(self, painter: QPainter, place: QRectF, values: NDArray, colors: NDArray[np.uint8]) -> None:
        painter.setFont(theme.base_font(9 if self.cell.width() < 34 else 11))
        light = colors[..., :3] @ np.array([0.3, 0.59, 0.11]) > 120
        for (row, column), value in np.ndenumerate(values):
            cell = self.cell_of(place, row, column)
            painter.setPen(
                theme.color("muted") if np.isnan(value) else QColor("#000" if light[row, column] else "#fff")
            )
            text = "–" if np.isnan(value) else short(float(value))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        painter.setFont(theme.base_font(11))

    def _paint_signs(self, painter: QPainter, line: int, total: float) -> None:
        painter.setPen(theme.color("muted"))
        for column, sign in ((0, "×"), (1, "=")):
            place = self.block(line, column)
            room = QRectF(
                place.right(), place.top(), self.block(line, column + 1).left() - place.right(), place.height()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, sign)
        place = self.block(line, 2)
        painter.setPen(theme.color("text"))
        room = QRectF(place.right() + 6, place.top(), SUM - 6, place.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"Σ {short(total)}")

    def _mark_largest(self, painter: QPainter, line: int) -> None:
        if self.shown.largest < 0:
            return
        block, (row, column) = self.block(line, 0), divmod(self.shown.largest, self.shown.patch.shape[2])
        painter.setPen(QPen(theme.color("warning"), 2))
        painter.drawRect(self.cell_of(block, row, column).adjusted(1, 1, -1, -1))

    def _paint_head(self, painter: QPainter) -> None:
        """What the blocks are, over the first; the scales of those with a sign, under the last."""
        painter.setFont(theme.base_font(11))
        names = (self.tr("patch"), self.tr("filter"), self.tr("product"))
        for column in range(self.shown.columns):
            block = self.block(0, column)
            painter.setPen(theme.color("muted"))
            head = QRectF(block.center().x() - 60, 0, 120, LINE - 2)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, names[column])
        if self.shown.filters is not None:
            for column, _, reach in self._signed():
                block = self.block(0, column)
                foot = QRectF(block.left(), self.height() - LINE + 2, block.width(), LINE - 2)
                paint_scale(painter, foot, short(-reach), short(reach), signed=True)

    def _paint_scrolled(self, painter: QPainter) -> None:
        """How far the rows are scrolled, at the right edge."""
        count, lines = len(self.shown.patch), self.lines
        if lines >= count:
            return
        room = self.height() - 2 * LINE
        place = QRectF(self.width() - 3, LINE + room * self.top / count, 3, max(8.0, room * lines / count))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("muted"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(place, 1.5, 1.5)


def short(value: float) -> str:
    """In two digits, as a small cell has room for."""
    return digits(round(value, 2) if abs(value) < 10 else value, ".2f" if abs(value) < 10 else ".3g")
