"""A histogram over time as a heat map: where numbers lie, from low to high, step by step; the newest as a profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.history import STORED, History, step_text
from nnstudio.ui.panels.parts.numbers import cell_text, number_text

LEVELS = 96
"""Rows of the picture."""
SIDE, PROFILE, FOOT, GAP = 56.0, 84.0, 20.0, 6.0
SHARE = 40.0
"""Of the profile, for the share that the last colour stands for."""
LINE = 13.0
NOTHING = 1e-29
"""A range as small as this is that of zeros alone."""


@dataclass(frozen=True)
class Counts:
    """How many numbers lie in each of equally wide bins from `low` to `high`."""

    counts: NDArray[np.int64]
    low: float
    high: float

    @property
    def edges(self) -> NDArray[np.float64]:
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    @property
    def fullest(self) -> float:
        """The share of the numbers that lie in the fullest bin."""
        return float(self.counts.max() / max(1, self.counts.sum()))

    def shares(self, edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of the numbers between other edges; in a bin they are taken to lie evenly."""
        up_to = np.concatenate([[0], np.cumsum(self.counts)]) / max(1, self.counts.sum())
        return np.diff(np.interp(edges, self.edges, up_to))

    def told(self, value: float) -> str:
        """The bin that a number lies in, and how many are in it; nothing outside."""
        if not self.low <= value <= self.high:
            return ""
        place = min(int((value - self.low) / (self.high - self.low) * len(self.counts)), len(self.counts) - 1)
        ends = (number_text(float(end)) for end in self.edges[place : place + 2])
        return f"{' … '.join(ends)}: {int(self.counts[place]):,} / {int(self.counts.sum()):,}"


class Seen:
    """The histograms of a probe's frames, which begin anew with another thing that is counted, and with another run."""

    def __init__(self) -> None:
        self.counts: History[Counts] = History()
        self.of: tuple[object, ...] = ()
        """What is counted."""

    def take(self, frame: ProbeFrame, step: int, *of: object) -> None:
        """Keep what a frame counts after so many steps; `of` says what. One without a histogram is passed over."""
        array, low, high = frame.arrays.get("histogram"), frame.facts.get("low"), frame.facts.get("high")
        if array is None or not isinstance(low, float) or not isinstance(high, float):
            return
        if of != self.of:
            self.of = of
            self.counts.clear()
        self.counts.add(step, Counts(array.numpy(), low, high))


class DensityMap(QWidget):
    """Shows the `Counts` of a `History`."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: History[Counts] = History()
        self.blank = ""
        self.range = (0.0, 1.0)
        self._shares: NDArray[np.float64] = np.empty((LEVELS, 0))
        self._image = QImage()
        self.setMouseTracking(True)
        self.setMinimumSize(200, 60)
        self.setAccessibleName(self.tr("Histogram over time"))
        theme.current().changed.connect(self.update)

    def show_history(self, seen: History[Counts], blank: str = "") -> None:
        """`blank` says why there is nothing, where that is so."""
        self.seen, self.blank = seen, blank
        columns = seen.items
        if columns:
            self.range = min(each.low for each in columns), max(each.high for each in columns)
            edges = np.linspace(*self.range, LEVELS + 1)
            self._shares = np.stack([each.shares(edges) for each in columns], axis=1)
            self._image = colormaps.colorize(np.sqrt(self._shares[::-1]), 0.0, None, colormaps.viridis())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 160)

    @property
    def area(self) -> QRectF:
        """Where the map is."""
        wide = self.width() - SIDE - PROFILE - 2 * GAP
        return QRectF(SIDE + GAP, 4, max(1.0, wide), max(1.0, self.height() - FOOT - 4))

    def describe(self, point: QPointF) -> str:
        """Step, bin and count under the mouse; beside the map those of the newest look."""
        area, steps = self.area, self.seen.steps
        if not steps or not area.top() <= point.y() < area.bottom() or point.x() < area.left():
            return ""
        across = (point.x() - area.left()) / area.width()
        column = min(int(across * len(steps)), len(steps) - 1)
        low, high = self.range
        told = self.seen.items[column].told(high - (point.y() - area.top()) / area.height() * (high - low))
        return "\n".join(filter(None, (step_text(steps[column]), told)))

    def rows(self) -> Iterator[Sequence[object]]:
        """Every bin of every step, for a table."""
        yield "step", "from", "to", "count"
        for number, each in zip(self.seen.steps, self.seen.items, strict=True):
            step = "" if number == STORED else number
            edges = each.edges.tolist()
            yield from (
                (step, *ends, count) for *ends, count in zip(edges, edges[1:], each.counts.tolist(), strict=False)
            )

    # Inside

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.seen.items:
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.blank)
            return
        painter.setFont(theme.base_font(11))
        painter.drawImage(self.area, self._image)
        self._paint_profile(painter)
        self._paint_side(painter)
        self._paint_foot(painter)

    def _paint_profile(self, painter: QPainter) -> None:
        """The newest histogram as an outline, lying on its side."""
        area, newest = self.area, self._shares[:, -1]
        wide = newest / (newest.max() or 1.0) * PROFILE
        left, step = area.right() + GAP, area.height() / LEVELS
        path = QPainterPath(QPointF(left, area.bottom()))
        for level, width in enumerate(wide.tolist()):
            bottom = area.bottom() - level * step
            path.lineTo(left + width, bottom)
            path.lineTo(left + width, bottom - step)
        path.lineTo(left, area.top())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawPath(path)

    def _paint_side(self, painter: QPainter) -> None:
        """Highest, lowest, and zero where that lies between."""
        area, (low, high) = self.area, self.range
        painter.setPen(theme.color("muted"))
        for value in (high, low) if high - low > NOTHING else ():
            self._write(painter, value, cell_text(value))
        if not low < 0 < high:
            return
        at = self._y(0.0)
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(area.left(), at), QPointF(self.width(), at))
        if min(at - area.top(), area.bottom() - at) > 1.5 * LINE:
            self._write(painter, 0.0, "0")

    def _write(self, painter: QPainter, value: float, text: str) -> None:
        area = self.area
        middle = min(max(self._y(value), area.top() + LINE / 2 - 3), area.bottom() - LINE / 2 + 3)
        room = QRectF(0, middle - LINE / 2, SIDE, LINE)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_foot(self, painter: QPainter) -> None:
        """First and last step, and beside them the scale of the colours."""
        area, steps, align = self.area, self.seen.steps, Qt.AlignmentFlag
        room = QRectF(area.left(), area.bottom() + 4, area.width(), LINE)
        painter.setPen(theme.color("muted"))
        painter.drawText(room, align.AlignLeft, step_text(steps[0]))
        if len(steps) > 1:
            painter.drawText(room, align.AlignRight, f"{steps[-1]:,}")
        left = area.right() + GAP
        painter.drawImage(QRectF(left, area.bottom() + 8, PROFILE - SHARE, 5), colormaps.scale_bar(colormaps.viridis()))
        fullest = 100 * max(each.fullest for each in self.seen.items)
        most = self.tr("{0} %").format(f"{fullest:.2g}" if fullest < 10 else f"{fullest:.0f}")
        painter.drawText(QRectF(left, room.top(), PROFILE, LINE), align.AlignRight, most)

    def _y(self, value: float) -> float:
        low, high = self.range
        return self.area.bottom() - (value - low) / (high - low or 1.0) * self.area.height()
