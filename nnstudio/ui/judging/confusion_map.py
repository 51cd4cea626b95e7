"""The confusion matrix: what is true down, what was predicted across. A cell leads to its samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import colormaps, theme
from nnstudio.ui.judging.cards import class_word, names_of
from nnstudio.ui.judging.ramp import ramp
from nnstudio.ui.panels.parts import tips

Counts = NDArray[np.int64]
FLATTEST = 2.6
"""Cells are at most so many times as wide as high."""
LARGEST = 56.0
WORDS_FROM = 11.0
"""Height of a cell that has room for its number."""
NAMES = 0.3
"""Share of the width or height that names take at most."""
MOST_CUT = 0.1
"""Share of the names that may be too long for their columns before all of them stand on end."""
TITLE = 15.0
ONE_LETTER = 15.0
"""So narrow a name need not stand on end, as others beside it are left out."""
_INKS = ("#101216", "#FFFFFF")
_ARROWS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


@dataclass(frozen=True)
class Confusion:
    """`counts` of the classes in `labels`; `support` counts all answers to each of these, also those not shown."""

    labels: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    counts: Counts = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    support: Counts = field(default_factory=lambda: np.zeros(0, np.int64))
    predicted: Counts = field(default_factory=lambda: np.zeros(0, np.int64))

    @staticmethod
    def of(frame: ProbeFrame) -> Confusion:
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        labels, names = arrays["kept"].tolist(), names_of(frame)
        place = {label: number for number, label in enumerate(arrays["classes"].tolist())}
        rows = [place[label] for label in labels]
        words = tuple(class_word(label, names) for label in labels)
        return Confusion(tuple(labels), words, arrays["counts"], arrays["support"][rows], arrays["predicted"][rows])

    @property
    def shares(self) -> NDArray[np.float64]:
        """Of each true class."""
        return self.counts / np.maximum(self.support, 1)[:, None]


class ConfusionMap(QWidget):
    """Numbers are counts, or shares of a row in percent; colours are always the shares."""

    chosen = Signal(int, int)
    """A cell: the true class and the predicted one."""

    def __init__(self) -> None:
        super().__init__()
        self.confusion = Confusion()
        self._widths: list[float] = []
        """Of the names."""
        self.percent = False
        self._at = (0, 0)
        self._hovered: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 80)
        self.setAccessibleName(self.tr("Confusion matrix"))
        theme.current().changed.connect(self.update)

    def show_confusion(self, confusion: Confusion) -> None:
        self.confusion = confusion
        self._widths = list(map(QFontMetricsF(theme.base_font(11)).horizontalAdvance, confusion.names))
        last = max(len(confusion.labels) - 1, 0)
        self._at = (min(self._at[0], last), min(self._at[1], last))
        self.update()

    def set_percent(self, percent: bool) -> None:
        """Write shares, and not counts."""
        self.percent = percent
        self.update()

    # Where

    @property
    def cells(self) -> QRectF:
        """Where the matrix is, beside its names."""
        count = max(len(self.confusion.labels), 1)
        left, top = self._names_width() + TITLE + 4, self._names_height() + TITLE
        high = min((self.height() - top - 1) / count, LARGEST)
        wide = min((self.width() - left - 1) / count, FLATTEST * high, LARGEST * 1.6)
        high = min(high, 1.6 * wide)
        return QRectF(left, top, max(wide * count, 1.0), max(high * count, 1.0))

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column under a point."""
        place, count = self.cells, len(self.confusion.labels)
        if not count or not place.contains(point):
            return None
        row = int((point.y() - place.top()) / place.height() * count)
        return min(row, count - 1), min(int((point.x() - place.left()) / place.width() * count), count - 1)

    def rect_of(self, row: int, column: int) -> QRectF:
        place, count = self.cells, len(self.confusion.labels)
        wide, high = place.width() / count, place.height() / count
        return QRectF(place.left() + column * wide, place.top() + row * high, wide, high)

    def describe(self, row: int, column: int) -> str:
        """The exact figures of a cell."""
        found = self.confusion
        count = int(found.counts[row, column])
        lines = [
            self.tr("{0} is predicted as {1}").format(found.names[row], found.names[column]),
            self.tr("{0} times").format(f"{count:,}"),
            self.tr("{0} % of {1} that are {2}").format(*_share(count, int(found.support[row])), found.names[row]),
            self.tr("{0} % of {1} predicted as {2}").format(
                *_share(count, int(found.predicted[column])), found.names[column]
            ),
        ]
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(360, 220)

    # Hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position()))
        words = self.describe(*self._hovered) if self._hovered is not None else ""
        tips.show(self, event.position().toPoint(), words)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._at = cell
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self.confusion.labels) - 1
        if key in _ARROWS and last >= 0:
            down, across = _ARROWS[key]
            self._at = (min(max(self._at[0] + down, 0), last), min(max(self._at[1] + across, 0), last))
            self.setAccessibleDescription(self.describe(*self._at))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and last >= 0:
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        row, column = self._at
        self.chosen.emit(self.confusion.labels[row], self.confusion.labels[column])

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            shape = Qt.CursorShape.PointingHandCursor if cell is not None else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        count = len(self.confusion.labels)
        if not count:
            return
        painter, place = QPainter(self), self.cells
        painter.drawImage(place, colormaps.colorize(self.confusion.shares, 0.0, 1.0, ramp()))
        self._paint_lines(painter, place, count)
        if place.height() / count >= WORDS_FROM:
            self._paint_numbers(painter)
        self._paint_names(painter, place, count)
        self._paint_marks(painter)

    def _paint_lines(self, painter: QPainter, place: QRectF, count: int) -> None:
        painter.setPen(QPen(theme.color("surface"), 1.0))
        for number in range(count + 1):
            x, y = place.left() + number * place.width() / count, place.top() + number * place.height() / count
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))

    def _paint_numbers(self, painter: QPainter) -> None:
        shares, place, lut = self.confusion.shares, self.cells, ramp()
        wide, high = (side / len(self.confusion.labels) for side in (place.width(), place.height()))
        painter.setFont(theme.tabular(theme.base_font(11 if high >= 15 else 10)))
        metrics = QFontMetricsF(painter.font())
        for row, column in np.argwhere(self.confusion.counts > 0).tolist():
            share = float(shares[row, column])
            rect = QRectF(place.left() + column * wide, place.top() + row * high, wide, high)
            texts = [self._percent(share)] if self.percent else counted(int(self.confusion.counts[row, column]))
            text = next((text for text in texts if metrics.horizontalAdvance(text) <= rect.width() - 2), "")
            painter.setPen(QColor(_ink(*map(int, lut[round(255 * min(share, 1.0))][:3]))))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, place: QRectF, count: int) -> None:
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        metrics, wide, high = QFontMetricsF(painter.font()), place.width() / count, place.height() / count
        every = max(1, int(np.ceil(12.0 / max(high, 1.0))))
        for number, name in enumerate(self.confusion.names):
            if number % every == 0:
                row = QRectF(TITLE, place.top() + number * high, place.left() - TITLE - 5, high)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, row.width())
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(row, right | Qt.TextFlag.TextDontClip, text)  # the rows beside it have no name
        self._paint_columns(painter, place, wide)
        self._paint_titles(painter, place)

    def _paint_columns(self, painter: QPainter, place: QRectF, wide: float) -> None:
        """Upright where names are wider than their columns."""
        metrics, room = QFontMetricsF(painter.font()), self._names_height()
        every = max(1, int(np.ceil(12.0 / max(wide, 1.0))))
        for number, name in enumerate(self.confusion.names):
            if number % every:
                continue
            middle = place.left() + (number + 0.5) * wide
            if not self._upright():
                spot = QRectF(middle - wide / 2, TITLE, wide, room)
                text = name if every > 1 else metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
                painter.drawText(spot, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)
                continue
            painter.save()
            painter.translate(middle, place.top() - 4)
            painter.rotate(-90)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room - 4)
            painter.drawText(QPointF(0, metrics.capHeight() / 2), text)
            painter.restore()

    def _paint_titles(self, painter: QPainter, place: QRectF) -> None:
        painter.setFont(theme.base_font(10))
        spot = QRectF(place.left(), 0, max(place.width(), 60), TITLE)
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.tr("predicted →"))
        painter.save()
        painter.translate(0, place.top())
        painter.rotate(-90)
        length = max(place.height(), 60)
        down = QRectF(-length, 0, length, TITLE)
        painter.drawText(down, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.tr("← true"))
        painter.restore()

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hovered is not None:
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.drawRect(self.rect_of(*self._hovered).adjusted(1, 1, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("text"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect_of(*self._at).adjusted(2, 2, -2, -2))

    def _percent(self, share: float) -> str:
        return f"{100 * share:.0f}" if share >= 0.095 else f"{100 * share:.1f}"

    def _names_width(self) -> float:
        return min(max(self._widths, default=0.0) + 8, NAMES * self.width())

    def _names_height(self) -> float:
        if not self._upright():
            return QFontMetricsF(theme.base_font(11)).height()
        return min(max(self._widths, default=0.0) + 6, NAMES * self.height())

    def _upright(self) -> bool:
        """Whether names of columns stand on end. One that is longer than all the others is rather cut."""
        widths, count = self._widths, max(len(self.confusion.names), 1)
        room = (self.width() - self._names_width() - TITLE) / count
        wide = max(min(room, FLATTEST * (self.height() - 2 * TITLE) / count, LARGEST * 1.6), ONE_LETTER)
        return sum(width + 2 > wide for width in widths) > MOST_CUT * count


@cache
def _ink(red: int, green: int, blue: int) -> str:
    """What is read on that ground."""
    return max(_INKS, key=lambda ink: theme.contrast(ink, QColor(red, green, blue).name()))


def counted(count: int) -> list[str]:
    """A count in full, and ever shorter where it is large."""
    thousands = [f"{count / 1000:.1f}k", f"{count / 1000:.0f}k"] if count >= 1000 else []
    return [f"{count:,}", f"{count}", *thousands]


def _share(count: int, whole: int) -> tuple[str, str]:
    return f"{100 * count / whole:.1f}" if whole else "0", f"{whole:,}"
