"""Samples in rows that fill a widget; the mouse or the keys choose one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.card import CardPainter

GAP = 8.0


class SampleRows(QWidget):
    """Shows as many as fit, each in a place that is not smaller than `least`. What there is to see of one is painted
    and told by those that build on it.
    """

    chosen = Signal(int)
    """The index of a sample."""
    room_changed = Signal()

    def __init__(self, least: QSizeF) -> None:
        super().__init__()
        self.sample = -1
        self.least = least
        self.nothing = ""
        """What is said where there is no sample."""
        self.pictures = CardPainter()
        self._indices: tuple[int, ...] = ()
        self._hovered = -1
        self._focused = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(100, 60)
        theme.current().changed.connect(self.update)

    def paint_sample(self, painter: QPainter, place: QRectF, number: int, *, chosen: bool, hovered: bool) -> None:
        """One of those that are shown."""
        raise NotImplementedError

    def tell(self, number: int) -> str:
        """What the mouse reads out of one."""
        raise NotImplementedError

    def show_samples(self, indices: Sequence[int]) -> None:
        """There are other samples, or there is something else to see of them."""
        self._indices = tuple(indices)
        self._focused = min(self._focused, max(0, len(indices) - 1))
        self.update()

    def choose(self, sample: int) -> None:
        """Mark a sample, if it is here."""
        self.sample = sample
        self.update()

    # Where

    @property
    def columns(self) -> int:
        return max(1, int((self.width() + GAP) / (self.least.width() + GAP)))

    @property
    def lines(self) -> int:
        return max(1, int((self.height() + GAP) / (self.least.height() + GAP)))

    @property
    def capacity(self) -> int:
        """How many there is room for."""
        return self.columns * self.lines

    @property
    def count(self) -> int:
        """How many are shown."""
        return min(len(self._indices), self.capacity)

    def place(self, number: int) -> QRectF:
        """Where one of them is."""
        width = (self.width() + GAP) / self.columns - GAP
        height = (self.height() + GAP) / self.lines - GAP
        row, column = divmod(number, self.columns)
        return QRectF(column * (width + GAP), row * (height + GAP), width, height)

    def at(self, point: QPointF) -> int:
        """The number of the one there, or -1."""
        return next((number for number in range(self.count) if self.place(number).contains(point)), -1)

    def describe(self, point: QPointF) -> str:
        number = self.at(point)
        return self.tell(number) if number >= 0 else ""

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number, index in enumerate(self._indices[: self.count]):
            chosen, hovered = index == self.sample, number == self._hovered
            self.paint_sample(painter, self.place(number), number, chosen=chosen, hovered=hovered)
        if not self._indices:
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.nothing)
        if self.hasFocus() and self._indices:
            painter.setPen(QPen(theme.color("accent"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.place(self._focused).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.pictures.forget()
        self.room_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._focused = number
            self.chosen.emit(self._indices[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self.columns, keys.Key_Down: self.columns}
        key = keys(event.key())
        if key in steps:
            self._focused = min(max(self._focused + steps[key], 0), max(self.count - 1, 0))
            self.update()
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self._focused < self.count:
            self.chosen.emit(self._indices[self._focused])
        else:
            super().keyPressEvent(event)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()
