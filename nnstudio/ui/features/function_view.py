"""The curve of what makes a value of each value, with the point where it is now."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats

MARGIN = 18.0


class FunctionView(QWidget):
    """`curve` is 2×n: what goes in, rising, and what comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.curve: Floats = np.zeros((2, 0), np.float32)
        self.point = (0.0, 0.0)
        self.setMouseTracking(True)
        self.setMinimumSize(100, 48)
        theme.current().changed.connect(self.update)

    def show_curve(self, curve: Floats, point: tuple[float, float]) -> None:
        """Another curve, or another point of it."""
        self.curve, self.point = curve, point
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 140)

    def describe(self, at: QPointF) -> str:
        """In and out under the mouse."""
        if not self.curve.size:
            return ""
        x0, x1, _, _ = self._range()
        area = self._area()
        x = x0 + (at.x() - area.left()) / area.width() * (x1 - x0)
        y = float(np.interp(x, *self.curve))
        return self.tr("in {0}\nout {1}").format(number_text(x), number_text(y)) if x0 <= x <= x1 else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.curve.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font(11))
        self._paint_axes(painter)
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawPolyline(QPolygonF([self._at(float(x), float(y)) for x, y in self.curve.T]))
        self._paint_point(painter)

    def _paint_axes(self, painter: QPainter) -> None:
        area, zero = self._area(), self._at(0.0, 0.0)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(area.left(), zero.y()), QPointF(area.right(), zero.y()))
        painter.drawLine(QPointF(zero.x(), area.top()), QPointF(zero.x(), area.bottom()))
        x0, x1, y0, y1 = self._range()
        painter.setPen(theme.color("muted"))
        line = QRectF(area.left(), self.height() - MARGIN + 2, area.width(), MARGIN - 2)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, number_text(x0))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, number_text(x1))
        for y in (y0, y1):
            place = self._at(0.0, y)
            painter.drawText(
                QRectF(place.x() + 4, place.y() - 8, 60, 16), Qt.AlignmentFlag.AlignVCenter, number_text(y)
            )

    def _paint_point(self, painter: QPainter) -> None:
        """From the value below up to the curve, and across to what comes out."""
        at, zero = self._at(*self.point), self._at(0.0, 0.0)
        painter.setPen(QPen(theme.color("warning"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(at.x(), zero.y()), at)
        painter.drawLine(at, QPointF(zero.x(), at.y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("warning"))
        painter.drawEllipse(at, 4, 4)

    def _area(self) -> QRectF:
        width = min(float(self.width()), 2.2 * self.height())
        return QRectF((self.width() - width) / 2 + 4, MARGIN / 2, width - 8, self.height() - 1.5 * MARGIN)

    def _range(self) -> tuple[float, float, float, float]:
        low, high = min(0.0, float(np.nanmin(self.curve[1]))), max(0.0, float(np.nanmax(self.curve[1])))
        return float(self.curve[0, 0]), float(self.curve[0, -1]), low, high if high > low else low + 1.0

    def _at(self, x: float, y: float) -> QPointF:
        area, (x0, x1, y0, y1) = self._area(), self._range()
        return QPointF(
            area.left() + (x - x0) / (x1 - x0) * area.width(), area.bottom() - (y - y0) / (y1 - y0) * area.height()
        )
