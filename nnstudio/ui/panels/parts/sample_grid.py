"""Samples as pictures in rows, each with a line under it and the place that matters marked; a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.card import RADIUS, Card, CardPainter
from nnstudio.ui.panels.parts.pictures import Floats

LEAST = QSizeF(64, 72)
GAP, LINE, INSET = 8.0, 16.0, 4.0


@dataclass(frozen=True)
class Item:
    """`place` are shares of height and width, or None; `tip` is what the mouse reads out."""

    index: int
    sample: Floats
    words: str
    tip: str
    place: tuple[float, float] | None = None


class SampleGrid(QWidget):
    """As many items as fit; the arrow keys go from one to the next, Enter chooses."""

    chosen = Signal(int)
    """The index of a sample."""
    room_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[Item, ...] = ()
        self.sample = -1
        self._focused = 0
        self._hovered = -1
        self._painter = CardPainter()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(100, 60)
        theme.current().changed.connect(self.update)

    @property
    def columns(self) -> int:
        return max(1, int((self.width() + GAP) / (LEAST.width() + GAP)))

    @property
    def lines(self) -> int:
        return max(1, int((self.height() + GAP) / (LEAST.height() + GAP)))

    @property
    def capacity(self) -> int:
        return self.columns * self.lines

    def show_items(self, items: Sequence[Item]) -> None:
        if [item.index for item in items] != [item.index for item in self.items]:
            self._painter.forget()
        self.items = tuple(items)
        self._focused = min(self._focused, max(0, len(items) - 1))
        self.update()

    def choose(self, sample: int) -> None:
        """Mark a sample, if it is here."""
        self.sample = sample
        self.update()

    def place(self, number: int) -> QRectF:
        """Where an item is."""
        width = (self.width() + GAP) / self.columns - GAP
        height = (self.height() + GAP) / self.lines - GAP
        row, column = divmod(number, self.columns)
        return QRectF(column * (width + GAP), row * (height + GAP), width, height)

    def at(self, point: QPointF) -> int:
        """The number of the item there, or -1."""
        return next((number for number in range(len(self.shown)) if self.place(number).contains(point)), -1)

    @property
    def shown(self) -> tuple[Item, ...]:
        return self.items[: self.capacity]

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number, item in enumerate(self.shown):
            self._paint_item(painter, number, item)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._painter.forget()
        self.room_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        self._hover(number)
        tips.show(self, event.position().toPoint(), self.items[number].tip if number >= 0 else "")

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._focused = number
            self.chosen.emit(self.items[number].index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self.columns, keys.Key_Down: self.columns}
        if event.key() in steps:
            self._focused = min(max(self._focused + steps[keys(event.key())], 0), max(len(self.shown) - 1, 0))
            self.update()
        elif event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self.items:
            self.chosen.emit(self.items[self._focused].index)
        else:
            super().keyPressEvent(event)

    # Inside

    def _paint_item(self, painter: QPainter, number: int, item: Item) -> None:
        place, chosen = self.place(number), item.index == self.sample
        shade = "accent" if chosen else "muted" if number == self._hovered else "line"
        painter.setPen(QPen(theme.color(shade), 2.0 if chosen else 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        area = place.adjusted(INSET + 1, INSET + 1, -INSET - 1, -LINE - 2)
        self._painter.paint_sample(painter, area, Card(item.index, "", "", "", None, item.sample))
        if item.place is not None and item.sample.ndim == 3:
            self._mark(painter, area, item)
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("text"))
        line = QRectF(place.left() + 3, place.bottom() - LINE - 1, place.width() - 6, LINE)
        text = painter.fontMetrics().elidedText(item.words, Qt.TextElideMode.ElideRight, round(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus() and number == self._focused:
            painter.setPen(QPen(theme.color("accent"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)

    def _mark(self, painter: QPainter, area: QRectF, item: Item) -> None:
        """A ring around the place, dark and light so that it is seen on any ground."""
        assert item.place is not None
        _, rows, columns = item.sample.shape
        size = QSizeF(columns, rows).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        corner = area.center() - QPointF(size.width() / 2, size.height() / 2)
        at = corner + QPointF(item.place[1] * size.width(), item.place[0] * size.height())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((theme.color("surface"), 3.5), (theme.color("warning"), 1.8)):
            painter.setPen(QPen(shade, width))
            painter.drawEllipse(at, 5, 5)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()
