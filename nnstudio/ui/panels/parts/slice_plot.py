"""A row of numbers as bars, or as a curve; the mouse reads it out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.slice_map import LINE, WORD, ticks
from nnstudio.ui.panels.parts.tensor_slice import Slice
from nnstudio.ui.panels.parts.ticks import distinct, linear_ticks

_SIDE, _TICK = 52.0, 44.0
_WIDEST = 40.0
"""Pixels of a bar at most."""


class SlicePlot(QWidget):
    """`bars` or a curve. Its scale is that of the whole tensor, so that slices can be compared.

    `pointed` tells row and column of a number that was clicked.
    """

    pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.slice = Slice()
        self.bars = True
        self._hovered = -1
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)
        self.setAccessibleName(self.tr("Bars or curve"))
        theme.current().changed.connect(self.update)

    def show_slice(self, slice_: Slice, *, bars: bool) -> None:
        """Other numbers to show."""
        self.slice, self.bars = slice_, bars
        self.update()

    @property
    def area(self) -> QRectF:
        """Where they are drawn."""
        return QRectF(self.rect()).adjusted(_SIDE, 6, -WORD, -LINE)

    @property
    def ends(self) -> tuple[float, float]:
        """Of the scale; bars stand on zero."""
        low, high = self.slice.low, self.slice.high
        if self.bars:
            low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def y_of(self, value: float) -> float:
        low, high = self.ends
        return self.area.bottom() - (value - low) / (high - low) * self.area.height()

    def x_of(self, place: float) -> float:
        """The middle of a number's place."""
        return self.area.left() + (place + 0.5) * self.area.width() / max(self.slice.columns, 1)

    def column_at(self, point: QPointF) -> int:
        """Which number is under a point, or -1."""
        area = self.area
        if not area.adjusted(0, -6, 0, LINE).contains(point):
            return -1
        return min(int((point.x() - area.left()) / area.width() * self.slice.columns), self.slice.columns - 1)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        column = self.column_at(point)
        return self.slice.describe(0, column) if column >= 0 else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.column_at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self.column_at(event.position())
        if column >= 0:
            self.pointed.emit(0, column)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        tips.show(self, self.rect().center(), "")

    def _hover(self, column: int) -> None:
        if column != self._hovered:
            self._hovered = column
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.slice.values.size:
            return
        painter = QPainter(self)
        painter.setFont(theme.base_font(11))
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.area.adjusted(-2, -6, 2, 2))
        if self.bars:
            self._paint_bars(painter)
        else:
            self._paint_curve(painter)

    def _numbers(self) -> np.ndarray:
        """Of all places; those of a picture are stretched."""
        drawn = self.slice.drawn[0].astype(np.float64)
        if len(drawn) == self.slice.columns:
            return drawn
        return np.interp(np.linspace(0, len(drawn) - 1, self.slice.columns), np.arange(len(drawn)), drawn)

    def _paint_bars(self, painter: QPainter) -> None:
        values, zero = self._numbers(), self.y_of(0.0)
        step = self.area.width() / len(values)
        wide = max(1.0, min(step * 0.75, _WIDEST))
        up, down = theme.color("accent"), theme.family_color("merge")
        painter.setPen(Qt.PenStyle.NoPen)
        paths = {True: QPainterPath(), False: QPainterPath()}
        finite = np.isfinite(values)
        tops = np.array([self.y_of(float(value)) for value in np.where(finite, values, 0.0)])
        for column in np.flatnonzero(finite).tolist():
            top, bottom = sorted((float(tops[column]), zero))
            paths[bool(values[column] >= 0)].addRect(
                QRectF(self.x_of(column) - wide / 2, top, wide, max(1.0, bottom - top))
            )
        for positive, path in paths.items():
            painter.fillPath(path, up if positive else down)

    def _paint_curve(self, painter: QPainter) -> None:
        values, path, drawing = self._numbers(), QPainterPath(), False
        for column, value in _thinned(values, 2 * max(1, int(self.area.width()))):
            if np.isfinite(value):
                at = QPointF(self.x_of(column), self.y_of(value))
                path.lineTo(at) if drawing else path.moveTo(at)
            drawing = bool(np.isfinite(value))
        painter.setPen(QPen(theme.color("accent"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if 0 <= self._hovered < len(values) and np.isfinite(values[self._hovered]):
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(QPointF(self.x_of(self._hovered), self.y_of(values[self._hovered])), 3.5, 3.5)

    def _paint_axes(self, painter: QPainter) -> None:
        area, (low, high) = self.area, self.ends
        levels = linear_ticks(low, high, max(2, int(area.height() / 40)))[1]
        for level, written in zip(levels, distinct(levels), strict=True):
            y = self.y_of(level)
            strong = abs(level) < 1e-9 * max(abs(low), abs(high))
            painter.setPen(theme.color("muted" if strong else "line"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme.color("muted"))
            place = QRectF(0, y - LINE / 2, _SIDE - 8, LINE)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, written.replace("-", "−")
            )
        painter.setPen(theme.color("muted"))
        for column in ticks(self.slice.columns, area.width() / _TICK):
            below = QRectF(self.x_of(column) - _TICK / 2, area.bottom() + 1, _TICK, LINE)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(column))
        words = QRectF(area.right() + 8, area.bottom() + 1, WORD - 8, LINE)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{self.slice.axes[1]} →")


def _thinned(values: np.ndarray, most: int) -> list[tuple[float, float]]:
    """Places and numbers; of too many the least and the largest of each part, in their order."""
    if len(values) <= most:
        return list(enumerate(values.tolist()))
    found: list[tuple[float, float]] = []
    for part in np.array_split(np.arange(len(values)), most // 2):
        ends = sorted({int(part[0]) + int(np.argmin(values[part])), int(part[0]) + int(np.argmax(values[part]))})
        found.extend((place, float(values[place])) for place in ends)
    return found
