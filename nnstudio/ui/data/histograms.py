"""How the numbers of each column lie, as small histograms; how long texts are; and the mean of all pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.data.source import Known
from nnstudio.ui.data.words import Column, class_text, number_text, tr
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.pictures import grown, picture

LEAST_WIDTH, HEIGHT, HIGHEST = 150, 92, 160
GAP = 16
HEAD, FOOT = 18.0, 16.0


@dataclass(frozen=True)
class Histogram:
    """Counts by part between `edges`; a picture in the place of bars where there is one."""

    title: str
    low: float
    high: float
    counts: NDArray[np.int64]
    mean: float = float("nan")
    std: float = float("nan")
    missing: int = 0
    whole: bool = False
    """Whether each bar is one whole number."""
    pixels: NDArray[np.float32] | None = None

    @property
    def shares(self) -> NDArray[np.float64]:
        """Of each part, so that a small test set can be compared."""
        return self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1)


def histograms_of(summary: msg.DataSummary, known: Known) -> list[Histogram]:
    """All that a summary has of each field."""
    arrays = {name: array.numpy() for name, array in summary.arrays.items() if not name.startswith("points.")}
    found: list[Histogram] = []
    for field in known.fields:
        mine = {
            name.removeprefix(f"{field.name}."): a for name, a in arrays.items() if name.startswith(f"{field.name}.")
        }
        if "histogram" in mine:
            found += [_of_column(mine, Column(field, n).title, n) for n in range(mine["histogram"].shape[1])]
        elif "lengths" in mine:
            title = tr("length of {0}").format(field.name)
            found.append(Histogram(title, 0, mine["lengths"].shape[1], mine["lengths"], whole=True))
        elif "range" in mine:
            low, high = (float(value) for value in mine["range"])
            found.append(_of_pixels(tr("mean of {0}").format(field.name), low, high, mine["mean"]))
            label = next((each for each in known.fields if each.name == summary.facts.get("label")), None)
            names = known.names_of(label) if label is not None else ()
            found += [
                _of_pixels(tr("mean of {0}").format(class_text(number, names)), low, high, pixels)
                for number, pixels in enumerate(mine.get("means", ()))
            ]
    return found


def _of_pixels(title: str, low: float, high: float, pixels: NDArray[np.float32]) -> Histogram:
    return Histogram(title, low, high, np.zeros((2, 1), np.int64), pixels=pixels)


def _of_column(mine: dict[str, NDArray[Any]], title: str, n: int) -> Histogram:
    low, high, mean, std = (float(mine[name][n]) for name in ("min", "max", "mean", "std"))
    return Histogram(title, low, high, mine["histogram"][:, n], mean, std, int(mine["missing"][n]))


class Histograms(QScrollArea):
    """The small histograms in rows, to be scrolled through where there are many."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sheet = _Sheet()
        self.sheet.setProperty("class", "content")
        self.setWidget(self.sheet)

    @property
    def shown(self) -> tuple[Histogram, ...]:
        return self.sheet.shown

    def show_histograms(self, shown: Sequence[Histogram]) -> None:
        """Show these."""
        self.sheet.shown = tuple(shown)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.sheet.fit(self.viewport().width(), self.viewport().height())


class _Sheet(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.shown: tuple[Histogram, ...] = ()
        self._height = HEIGHT
        self.setMouseTracking(True)
        theme.current().changed.connect(self.update)

    def columns(self, width: int) -> int:
        return max(1, (width + GAP) // (LEAST_WIDTH + GAP))

    def fit(self, width: int, height: int) -> None:
        """Take that room, or more of it below; few histograms are higher than many."""
        lines = max(1, -(-len(self.shown) // self.columns(width)))
        self._height = min(max(HEIGHT, height // lines - GAP // 2), HIGHEST)
        self.resize(width, lines * (self._height + GAP // 2))
        self.update()

    def place(self, number: int) -> QRectF:
        """Where a histogram lies."""
        columns = self.columns(self.width())
        step = min((self.width() + GAP) / columns, 2.0 * LEAST_WIDTH)
        row, column = divmod(number, columns)
        return QRectF(column * step, row * (self._height + GAP // 2), step - GAP, self._height)

    def describe(self, point: QPointF) -> str:
        """What is under the mouse: the bar's ends and counts, and the figures of the column."""
        number = next((n for n in range(len(self.shown)) if self.place(n).contains(point)), -1)
        if number < 0:
            return ""
        each, area = self.shown[number], _bars_of(self.place(number))
        lines = [each.title]
        if np.isfinite(each.mean):
            lines.append(tr("mean {0} · deviation {1}").format(number_text(each.mean, 6), number_text(each.std, 6)))
        lines.append(tr("from {0} to {1}").format(number_text(each.low, 6), number_text(each.high - each.whole, 6)))
        if each.missing:
            lines.append(tr("{0} missing").format(f"{each.missing:,}"))
        bins = each.counts.shape[1]
        place = int((point.x() - area.left()) / max(area.width(), 1) * bins)
        if each.pixels is None and 0 <= place < bins:
            step = (each.high - each.low) / bins
            start, end = each.low + place * step, each.low + (place + 1) * step
            span = f"{place}" if each.whole else f"{number_text(start)} – {number_text(end)}"
            lines.append(tr("{0}: train {1}, test {2}").format(span, *(f"{int(n):,}" for n in each.counts[:, place])))
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font(11))
        for number, each in enumerate(self.shown):
            place = self.place(number)
            if place.toAlignedRect().intersects(event.rect()):
                _paint_words(painter, place, each)
                if each.pixels is not None:
                    _paint_picture(painter, place, each.pixels)
                else:
                    _paint_bars(painter, _bars_of(place), each)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")


def _bars_of(place: QRectF) -> QRectF:
    return place.adjusted(0, HEAD, 0, -FOOT)


def _paint_words(painter: QPainter, place: QRectF, each: Histogram) -> None:
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    metrics = painter.fontMetrics()
    gaps = tr("{0} missing").format(f"{each.missing:,}") if each.missing else ""
    painter.setPen(theme.color("warning"))
    painter.drawText(place, right, gaps)
    painter.setPen(theme.color("text"))
    room = int(place.width()) - metrics.horizontalAdvance(gaps) - 8
    painter.drawText(place, left, metrics.elidedText(each.title, Qt.TextElideMode.ElideRight, room))
    painter.setPen(theme.color("muted"))
    foot = QRectF(place.left(), place.bottom() - FOOT + 2, place.width(), FOOT)
    painter.drawText(foot, left, number_text(each.low, 3))
    painter.drawText(foot, right, number_text(each.high - each.whole, 3))


def _paint_bars(painter: QPainter, area: QRectF, each: Histogram) -> None:
    """The training part filled, the test part as a line over it, both as shares."""
    shares = each.shares
    most = float(shares.max()) or 1.0
    step = area.width() / shares.shape[1]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.mix(theme.color("surface"), theme.color("accent"), 0.6))
    for number, share in enumerate(shares[0]):
        height = float(share) / most * area.height()
        painter.drawRect(QRectF(area.left() + number * step, area.bottom() - height, max(step - 1, 0.8), height))
    if each.counts[1].any():
        heights = area.bottom() - shares[1] / most * area.height()
        edges = area.left() + np.arange(len(heights) + 1) * step
        line = [QPointF(x, y) for n, y in enumerate(heights) for x in edges[n : n + 2]]
        painter.setPen(QPen(theme.color("text"), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
    painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), theme.color("line"))


def _paint_picture(painter: QPainter, place: QRectF, pixels: NDArray[np.float32]) -> None:
    area = _bars_of(place).adjusted(0, 2, 0, 0)
    image = grown(picture(pixels), round(area.height() * painter.device().devicePixelRatioF()))
    width = area.height() * image.width() / max(image.height(), 1)
    painter.drawImage(QRectF(area.center().x() - width / 2, area.top(), width, area.height()), image)
