"""Layers × time as a heat map, with the present numbers as bars beside it and marks at the layers that are not well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import ticks, tips
from nnstudio.ui.panels.parts.history import step_text
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.scale import Scale

GAP, HEAD, FOOT = 6.0, 5.0, 28.0
NAMES, MARKS, BARS, NUMBERS = 92.0, 16.0, 60.0, 54.0
"""Widths of the columns at most."""
TALLEST = 24.0
"""Pixels of a row at most."""
LINE = 13.0
"""Pixels between two lines of text."""


@dataclass(frozen=True)
class Mark:
    """What is wrong with a layer: a word, and the colour it is written in."""

    word: str
    token: str = "warning"


@dataclass(frozen=True)
class Layers:
    """`values` has a row for each name and a column for each step; NaN where there was no such number."""

    names: Sequence[str] = ()
    steps: Sequence[int] = ()
    values: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    scale: Scale = field(default_factory=Scale)
    marks: Sequence[Mark | None] = ()
    what: str = ""
    """The quantity, as it is read out."""
    blank: str = ""
    """Why there is nothing to show, where that is so."""

    @property
    def now(self) -> NDArray[np.float32]:
        """The newest column."""
        return self.values[:, -1]


class LayerMap(QWidget):
    """Shows `Layers`; the mouse reads out, a click or the arrows choose a layer."""

    chosen = Signal(str)
    """The name of a layer that the person has chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = Layers()
        self.choice = ""
        """The name of the chosen layer, or empty."""
        self._image = QImage()
        self.setMouseTracking(True)
        self.setMinimumSize(200, 60)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Layers over time"))
        theme.current().changed.connect(self._recolor)

    def show_layers(self, layers: Layers) -> None:
        self.layers = layers
        self._recolor()

    def choose(self, name: str) -> None:
        """Mark a layer as the chosen one; a name that is not shown marks none."""
        if name != self.choice:
            self.choice = name
            self.update()

    def row_at(self, point: QPointF) -> int:
        """The number of the layer there, or -1."""
        area = self.area
        inside = area.top() <= point.y() < area.bottom() and 0 <= point.x() <= self.width()
        return min(int((point.y() - area.top()) / self._high), len(self.layers.names) - 1) if inside else -1

    def describe(self, point: QPointF) -> str:
        """What is under the mouse: the present number, or in the map that of the step there."""
        row, layers = self.row_at(point), self.layers
        if row < 0:
            return ""
        area, columns = self.area, len(layers.steps)
        inside = area.left() <= point.x() < area.right()
        column = min(int((point.x() - area.left()) / area.width() * columns), columns - 1) if inside else columns - 1
        place = f"{layers.names[row]} · {step_text(layers.steps[column])}"
        mark = layers.marks[row] if row < len(layers.marks) and column == columns - 1 else None
        return "\n".join([place, f"{layers.what} {self._told(float(layers.values[row, column]))}", *_word(mark)])

    def sizeHint(self) -> QSize:
        return QSize(360, 160)

    @property
    def area(self) -> QRectF:
        """Where the map is."""
        left = self._names_width() + GAP
        right = self.width() - MARKS - BARS - NUMBERS - GAP
        high = min(TALLEST * len(self.layers.names), self.height() - HEAD - FOOT)
        return QRectF(left, HEAD, max(1.0, right - left), max(1.0, high))

    # Hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))
        over = self.row_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self._choose(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.layers.names) - 1
        at = self.layers.names.index(self.choice) if self.choice in self.layers.names else -1
        keys = Qt.Key
        rows = {keys.Key_Up: max(at - 1, 0), keys.Key_Down: min(at + 1, last), keys.Key_Home: 0, keys.Key_End: last}
        row = rows.get(keys(event.key()), -1)
        if row < 0:
            super().keyPressEvent(event)
        else:
            self._choose(row)

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def _choose(self, row: int) -> None:
        self.choose(self.layers.names[row])
        self.chosen.emit(self.choice)

    # Paint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.layers.names:
            painter.setPen(theme.color("muted"))
            centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), centre, self.layers.blank)
            return
        painter.setFont(theme.base_font(11))
        shrunk = self._image.height() > self.area.height() * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        painter.drawImage(self.area, self._image)
        self._paint_names(painter)
        self._paint_bars(painter)
        self._paint_marks(painter)
        self._paint_foot(painter)
        self._paint_choice(painter)

    def _paint_names(self, painter: QPainter) -> None:
        width = self._names_width()
        for row in self._written():
            name = self.layers.names[row]
            painter.setPen(theme.color("text" if name == self.choice else "muted"))
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(width))
            room = QRectF(0, self._middle(row) - LINE / 2, width, LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bars(self, painter: QPainter) -> None:
        """Its length and colour are those of the scale; the number stands behind it where there is room."""
        layers, left = self.layers, self._bars_left
        shares, colors = layers.scale.shares(layers.now), self._colors(layers.now[:, None])[:, 0]
        thick = max(1.0, min(self._high - 1, 12.0))
        zero = 0.5 if layers.scale.signed else 0.0
        for row, (share, color) in enumerate(zip(np.nan_to_num(shares), colors.tolist(), strict=True)):
            start, end = sorted((zero, float(share)))
            bar = QRectF(left + start * BARS, self._middle(row) - thick / 2, max(1.0, (end - start) * BARS), thick)
            painter.fillRect(bar, QColor(*color))
        painter.setPen(theme.color("muted"))
        for row in self._written():
            room = QRectF(left + BARS + 4, self._middle(row) - LINE / 2, NUMBERS - 4, LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._told(float(layers.now[row]), short=True))

    def _paint_marks(self, painter: QPainter) -> None:
        """A line along the layers with the same trouble, with its word where there is room, else with a sign."""
        left = self.area.right() + GAP
        for mark, rows in _runs(self.layers.marks):
            top, bottom = HEAD + self._high * rows[0] + 0.5, HEAD + self._high * (rows[-1] + 1) - 0.5
            color = theme.color(mark.token)
            painter.fillRect(QRectF(left, top, 2, max(2.0, bottom - top)), color)
            painter.setPen(color)
            if painter.fontMetrics().horizontalAdvance(mark.word) <= bottom - top:
                painter.save()
                painter.translate(left + MARKS - 4, (top + bottom) / 2)
                painter.rotate(-90)
                room = QRectF(-(bottom - top) / 2, -LINE + 3, bottom - top, LINE)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, mark.word)
                painter.restore()
            else:
                room = QRectF(left + 4, (top + bottom) / 2 - LINE / 2, MARKS - 4, LINE)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, "!")

    def _paint_foot(self, painter: QPainter) -> None:
        """First and last step under the map, and the scale under the bars."""
        area, steps, scale = self.area, self.layers.steps, self.layers.scale
        align = Qt.AlignmentFlag
        painter.setPen(theme.color("muted"))
        line = QRectF(area.left(), area.bottom() + 12, area.width(), LINE)
        painter.drawText(line, align.AlignLeft, step_text(steps[0]))
        if len(steps) > 1:
            painter.drawText(line, align.AlignRight, f"{steps[-1]:,}")
        if scale.low == scale.high:  # zeros alone
            return
        low, high = scale.ends
        left = self._bars_left
        painter.drawImage(QRectF(left, area.bottom() + 4, BARS, 5), colormaps.scale_bar(scale.lut))
        painter.drawText(QRectF(left, line.top(), BARS, LINE), align.AlignLeft, low)
        behind = max(BARS - 8, painter.fontMetrics().horizontalAdvance(low) + GAP)
        painter.drawText(QRectF(left + behind, line.top(), NUMBERS + 8, LINE), align.AlignLeft, high)

    def _paint_choice(self, painter: QPainter) -> None:
        if self.choice not in self.layers.names:
            return
        row, area = self.layers.names.index(self.choice), self.area
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "text"), 1))
        painter.drawRect(QRectF(area.left() - 0.5, HEAD + row * self._high - 0.5, area.width(), max(2.0, self._high)))

    # Inside

    @property
    def _high(self) -> float:
        return self.area.height() / max(1, len(self.layers.names))

    @property
    def _bars_left(self) -> float:
        return self.area.right() + GAP + MARKS

    def _middle(self, row: int) -> float:
        return HEAD + (row + 0.5) * self._high

    def _names_width(self) -> float:
        return min(NAMES, self.width() * 0.22)

    def _written(self) -> range:
        """The rows whose name and number are written: as many as there is room for, evenly."""
        return range(0, len(self.layers.names), max(1, int(np.ceil(LINE / self._high))))

    def _colors(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        colors = self.layers.scale.colors(values)
        bad = theme.color("bad")
        colors[np.isinf(values)] = bad.red(), bad.green(), bad.blue(), 255
        return colors

    def _recolor(self) -> None:
        self._image = colormaps.to_image(self._colors(self.layers.values))
        self.update()

    def _told(self, value: float, *, short: bool = False) -> str:
        if np.isnan(value):
            return "–"
        if np.isinf(value):
            return self.tr("NaN")
        return ticks.short(value, 2).replace("-", "−") if short else number_text(value)


def _word(mark: Mark | None) -> list[str]:
    return [mark.word] if mark is not None else []


def _runs(marks: Sequence[Mark | None]) -> Iterator[tuple[Mark, list[int]]]:
    """Neighbours with the same mark, as one."""
    for mark, group in groupby(range(len(marks)), key=marks.__getitem__):
        if mark is not None:
            yield mark, list(group)
