"""Filters as pictures: one column for each that a convolution has, one row for each channel they look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.map_view import paint_scale
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats

HEAD, SIDE, FOOT, GAP = 16, 40, 18, 3
"""Room for the numbers above, the names at the left, the scale below, and between filters."""
LEAST, LARGEST = 14, 72
"""Pixels of a filter's longer side."""


@dataclass(frozen=True)
class Filters:
    """`values` are O×R×h×w: a column for each output, a row for each input, or each slice of one."""

    values: Floats = field(default_factory=lambda: np.zeros((0, 0, 1, 1), np.float32))
    names: Sequence[str] = ()
    """Of the rows."""
    colors: bool = False
    """Whether a row of pictures in colour comes first, which the next three make up."""

    @property
    def rows(self) -> int:
        return self.values.shape[1] + self.colors

    @property
    def reach(self) -> float:
        return colormaps.symmetric_range(self.values)[1]

    def painted(self, outputs: slice, row: int) -> NDArray[np.uint8]:
        """Some of a row, as colours."""
        if self.colors and not row:
            level = (self.values[outputs] / self.reach + 1) / 2
            colors = np.full((*level[:, 0].shape, 4), 255, np.uint8)
            colors[..., :3] = np.moveaxis(np.nan_to_num(level) * 255, 1, -1).round()
            return colors
        values = self.values[outputs, row - self.colors]
        return colormaps.rgba(values, -self.reach, self.reach, colormaps.diverging())


class FilterView(QAbstractScrollArea):
    """All filters, as large as there is room for; scrolls where they would get too small."""

    chosen = Signal(int)
    """The output whose filter was clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self.filters = Filters()
        self.current = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Filters"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        theme.current().changed.connect(self.viewport().update)

    def show_filters(self, filters: Filters) -> None:
        """Others, or the same after a step of training."""
        self.filters = filters
        self._measure()
        self.viewport().update()

    @property
    def wraps(self) -> bool:
        """Whether there is a single row, which is laid in lines."""
        return self.filters.rows == 1

    @property
    def cell(self) -> int:
        """Pixels of a weight."""
        outputs, _, high, wide = self.filters.values.shape
        longest = max(high, wide)
        least, most = max(1, ceil(LEAST / longest)), max(1, LARGEST // longest)
        fitting = [cell for cell in range(least, most + 1) if self._fits(cell)]
        return max(fitting, default=least) if outputs else least

    def place(self, output: int, row: int) -> QRectF:
        """Where a filter is, as far as all are scrolled."""
        width, height = self._tile(self.cell)
        if self.wraps:
            row, output = divmod(output, self._across(self.cell))
        left, top = self._margins()
        at = QPointF(left + output * (width + GAP), top + row * (height + GAP)) - self._scrolled()
        return QRectF(at.x(), at.y(), width, height)

    def at(self, point: QPointF) -> tuple[int, int, int, int] | None:
        """Output, row of filters, and the weight's own row and column under a point."""
        (width, height), (left, top) = self._tile(self.cell), self._margins()
        inside = point + self._scrolled() - QPointF(left, top)
        column, row = int(inside.x() // (width + GAP)), int(inside.y() // (height + GAP))
        output, line = (row * self._across(self.cell) + column, 0) if self.wraps else (column, row)
        good = inside.x() >= 0 and inside.y() >= 0 and column < self._across(self.cell)
        if not good or not output < len(self.filters.values) or not line < self.filters.rows:
            return None
        place = self.place(output, line)
        if not place.contains(point):
            return None
        within = (point - place.topLeft()) / self.cell
        high, wide = self.filters.values.shape[2:]
        return output, line, min(int(within.y()), high - 1), min(int(within.x()), wide - 1)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        found = self.at(point)
        if found is None:
            return ""
        output, line, row, column = found
        text = self.tr("filter {0} · {1}\nrow {2}, column {3}\n{4}")
        if self.filters.colors and not line:
            values = ", ".join(number_text(float(each)) for each in self.filters.values[output, :, row, column])
            return text.format(output, self.tr("red, green, blue"), row, column, values)
        value = number_text(float(self.filters.values[output, line - self.filters.colors, row, column]))
        return text.format(output, self.filters.names[line - self.filters.colors], row, column, value)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._choose(found[0])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self.viewport(), event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps and len(self.filters.values):
            self._choose(min(max(self.current + steps[Qt.Key(event.key())], 0), len(self.filters.values) - 1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.filters.values.size:
            return
        painter = QPainter(self.viewport())
        painter.setFont(theme.base_font(11))
        shown = self._seen()
        for line in range(self.filters.rows):
            self._paint_row(painter, line, shown)
        if not self.wraps:
            self._paint_names(painter, shown)
        self._paint_current(painter)
        self._paint_scale(painter)

    # Inside

    def _choose(self, output: int) -> None:
        self.current = output
        place = self.place(output, 0)
        bar = self.horizontalScrollBar()
        if place.left() < SIDE or place.right() > self.viewport().width():
            bar.setValue(bar.value() + round(place.center().x() - self.viewport().width() / 2))
        self.viewport().update()
        self.chosen.emit(output)

    def _paint_row(self, painter: QPainter, line: int, shown: slice) -> None:
        """The filters of a row that can be seen."""
        if not self.place(shown.start, line).top() < self.viewport().height() and not self.wraps:
            return
        colors = self.filters.painted(shown, line)
        large = colors.repeat(self.cell, axis=1).repeat(self.cell, axis=2)
        for output, picture in enumerate(large, shown.start):
            painter.drawImage(self.place(output, line).topLeft(), colormaps.to_image(picture))

    def _paint_names(self, painter: QPainter, shown: slice) -> None:
        """What the rows are; it stays where the columns scroll. Numbers over the columns, as many as fit."""
        painter.fillRect(QRectF(0, 0, SIDE, self.viewport().height()), theme.color("surface"))
        painter.fillRect(QRectF(0, 0, self.viewport().width(), HEAD), theme.color("surface"))
        painter.setPen(theme.color("muted"))
        names = [self.tr("rgb"), *self.filters.names] if self.filters.colors else self.filters.names
        step = max(1, ceil(14 / (self._tile(self.cell)[1] + GAP)))
        for line, name in enumerate(names):
            place = self.place(0, line)
            if line % step == 0 and place.top() >= HEAD - 4:
                room = QRectF(0, place.center().y() - 8, SIDE - 6, 16)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        step = max(1, ceil(24 / (self._tile(self.cell)[0] + GAP)))
        for output in range(shown.start - shown.start % step, shown.stop, step):
            place = self.place(output, 0)
            if place.left() >= SIDE - 4:
                room = QRectF(place.center().x() - 20, 0, 40, HEAD - 2)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(output))

    def _paint_current(self, painter: QPainter) -> None:
        if not self.current < len(self.filters.values):
            return
        whole = self.place(self.current, 0).united(self.place(self.current, 0 if self.wraps else self.filters.rows - 1))
        painter.setClipRect(QRectF(0 if self.wraps else SIDE - 2, 0, self.viewport().width(), self.viewport().height()))
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawRect(whole.adjusted(-1, -1, 1, 1))

    def _paint_scale(self, painter: QPainter) -> None:
        room = QRectF(0, self._height(), self.viewport().width(), FOOT)
        painter.setClipping(False)
        painter.fillRect(room, theme.color("surface"))
        reach = self.filters.reach
        paint_scale(painter, room.adjusted(0, 4, 0, 0), number_text(-reach), number_text(reach), signed=True)

    def _height(self) -> int:
        """Of what there is for the filters."""
        return self.viewport().height() - FOOT

    def _seen(self) -> slice:
        """The outputs that are in sight."""
        outputs = len(self.filters.values)
        if self.wraps:
            return slice(0, outputs)
        step = self._tile(self.cell)[0] + GAP
        first = int(self._scrolled().x() // step)
        return slice(min(first, outputs - 1), min(outputs, first + self.viewport().width() // step + 2))

    def _tile(self, cell: int) -> tuple[int, int]:
        """Width and height of a filter."""
        high, wide = self.filters.values.shape[2:]
        return wide * cell, high * cell

    def _margins(self) -> tuple[int, int]:
        return (2, 2) if self.wraps else (SIDE, HEAD)

    def _across(self, cell: int) -> int:
        """Filters in a line."""
        if not self.wraps:
            return len(self.filters.values)
        return max(1, (self.viewport().width() - 2 + GAP) // (self._tile(cell)[0] + GAP))

    def _whole(self, cell: int) -> tuple[int, int]:
        """What all of them take."""
        (width, height), (left, top), across = self._tile(cell), self._margins(), self._across(cell)
        lines = ceil(len(self.filters.values) / across) if self.wraps else self.filters.rows
        return left + across * (width + GAP) - GAP + 2, top + lines * (height + GAP) - GAP + 2

    def _fits(self, cell: int) -> bool:
        """Whether all rows are seen with cells so large; columns may scroll where there are many rows."""
        width, height = self._whole(cell)
        return height <= self._height() and (not self.wraps or width <= self.viewport().width())

    def _scrolled(self) -> QPointF:
        return QPointF(QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value()))

    def _measure(self) -> None:
        width, height = self._whole(self.cell)
        pairs = (self.horizontalScrollBar(), width, self.viewport().width())
        for bar, whole, room in (pairs, (self.verticalScrollBar(), height, self._height())):
            bar.setRange(0, max(0, whole - room))
            bar.setPageStep(room)
            bar.setSingleStep(24)
