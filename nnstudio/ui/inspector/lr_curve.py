"""The learning rate over a run as a small curve, with where the run is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnstudio.project.session import Run
from nnstudio.training.course import Course
from nnstudio.ui import theme

HEIGHT = 96
LEFT, TOP, RIGHT, BOTTOM = 64, 8, 8, 24
"""Around the curve, for what its axes say."""
LOW_SHARE = 0.05
"""Where half of the curve lies below this share of its height, a logarithmic scale shows more of it."""
RADIUS = 4.0


@dataclass(frozen=True)
class Scale:
    """How high a rate is drawn, from 0 at the bottom to 1 at the top."""

    low: float
    high: float
    log: bool

    @staticmethod
    def of(rates: list[float]) -> Scale:
        """What shows most of these."""
        low, high = min(rates), max(rates)
        if low > 0 and low < high and median(rates) < LOW_SHARE * high:
            return Scale(low, high, True)
        return Scale(0.0, high, False)

    def height(self, rate: float) -> float:
        """Within the scale, whatever the rate."""
        if rate <= self.low or self.high <= self.low:
            return 0.0
        if self.log:
            share = (math.log(rate) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        else:
            share = (rate - self.low) / (self.high - self.low)
        return min(share, 1.0)


class LrCurve(QWidget):
    """Hovering tells the rate at an epoch; a screen reader hears the curve in words."""

    def __init__(self) -> None:
        super().__init__()
        self._course: Course | None = None
        self._points: list[tuple[float, float]] = []
        self._scale = Scale(0.0, 1.0, False)
        self._mark: tuple[float, float] | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Learning rate over the run"))
        theme.current().changed.connect(self.update)

    @property
    def mark(self) -> tuple[float, float] | None:
        """Where the run is: its share that is done, and the learning rate there."""
        return self._mark

    @property
    def scale(self) -> Scale:
        return self._scale

    def show_course(self, course: Course) -> None:
        """Another plan."""
        if course != self._course:
            self._course, self._points = course, course.sampled()
            self._scale = Scale.of([rate for _, rate in self._points])
            self.setAccessibleDescription(self._words())
            self.update()

    def show_run(self, run: Run) -> None:
        """Mark where a run is; no mark where none goes on."""
        under_way = run.state in ("training", "paused") and run.total_steps > 0 and run.step > 0
        mark = (min(run.step / run.total_steps, 1.0), run.lr) if under_way else None
        if mark != self._mark:
            self._mark = mark
            self.update()

    def describe(self, x: float) -> str:
        """The learning rate at a place of the widget, in words; nothing beside the curve."""
        frame = self._frame()
        if self._course is None or not frame.left() <= x <= frame.right():
            return ""
        share = (x - frame.left()) / frame.width()
        rate = self._course.rate(self._course.step_at(share))
        return self.tr("epoch {0}: lr {1}").format(f"{self._course.epoch_at(share):,.1f}", rate_text(rate))

    def sizeHint(self) -> QSize:
        return QSize(208, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEFT + RIGHT + 64, HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        words = self.describe(event.position().x())
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), words, self)
        else:
            QToolTip.hideText()

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._course is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_axes(painter, self._course)
        self._draw_curve(painter)
        if self._mark is not None:
            self._draw_mark(painter, *self._mark)

    def _frame(self) -> QRectF:
        return QRectF(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), HEIGHT - TOP - BOTTOM)

    def _place(self, share: float, rate: float) -> QPointF:
        frame = self._frame()
        return QPointF(frame.left() + share * frame.width(), frame.bottom() - self._scale.height(rate) * frame.height())

    def _draw_axes(self, painter: QPainter, course: Course) -> None:
        frame, right = self._frame(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.base_font(11))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        painter.drawLine(frame.topLeft(), frame.bottomLeft())
        painter.setPen(theme.color("muted"))
        for rate, y in ((self._scale.high, frame.top()), (self._scale.low, frame.bottom())):
            painter.drawText(QRectF(0, y - 8, LEFT - 8, 16), right, rate_text(rate))
        below = QRectF(frame.left(), frame.bottom() + 4, frame.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        words = self.tr("1 epoch") if course.epochs == 1 else self.tr("{0} epochs").format(f"{course.epochs:,}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words)
        if self._scale.log:
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.tr("log"))

    def _draw_curve(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawPolyline(QPolygonF([self._place(share, rate) for share, rate in self._points]))

    def _draw_mark(self, painter: QPainter, share: float, rate: float) -> None:
        place, frame = self._place(share, rate), self._frame()
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(place.x(), frame.top()), QPointF(place.x(), frame.bottom()))
        painter.setPen(QPen(theme.color("surface"), 2))
        painter.setBrush(theme.color("text"))
        painter.drawEllipse(place, RADIUS, RADIUS)

    def _words(self) -> str:
        """The curve for somebody who does not see it."""
        assert self._course is not None
        rates = [rate for _, rate in self._points]
        first, last = self._points[0][1], self._points[-1][1]
        if min(rates) == max(rates):
            return self.tr("{0} all the time").format(rate_text(first))
        share, high = max(self._points, key=lambda point: point[1])
        words = self.tr("begins at {0}, highest {1} at epoch {2}, ends at {3}")
        return words.format(rate_text(first), rate_text(high), f"{self._course.epoch_at(share):,.1f}", rate_text(last))


def rate_text(rate: float) -> str:
    """In a few characters: `0.001`, `3.3e-05`."""
    return f"{rate:.3g}"
