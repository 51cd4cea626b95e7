"""Samples as pictures in rows, with what each shows under it; a box or a mask that goes with them is drawn over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from nnstudio.data.spec import Field
from nnstudio.ui import theme
from nnstudio.ui.data import marks
from nnstudio.ui.data.pages import Pages, Sample
from nnstudio.ui.data.words import Column, value_text
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.pictures import grown, picture

SIDE, GAP, CAPTION = 56, 8, 17
WIDEST = 104
"""A caption makes its picture's place so wide at most."""
KEPT = 1500
"""Pictures that stay."""


class Gallery(QAbstractScrollArea):
    """The grid. `chosen` tells the row of the sample that the person has clicked on."""

    chosen = Signal(int)

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self.pages = pages
        self.current = 0
        self._wide = SIDE
        self.chosen_row = -1
        self._marked = True
        self._pictures: dict[int, QImage] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Pictures"))
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setMouseTracking(True)
        pages.reset.connect(self._reset)
        pages.arrived.connect(lambda *_: self.viewport().update())
        theme.current().changed.connect(self.viewport().update)
        self._reset()

    # Where samples lie

    @property
    def columns(self) -> int:
        return max(1, (self.viewport().width() + GAP) // (self._wide + GAP))

    @property
    def line(self) -> int:
        """Height of a row of pictures."""
        return SIDE + GAP + (CAPTION if self._labels else 0)

    def place(self, row: int) -> QRectF:
        """Where a sample's picture is, in the viewport."""
        line, column = divmod(row, self.columns)
        step = (self.viewport().width() + GAP) / self.columns
        left = column * step + (step - GAP - SIDE) / 2
        return QRectF(left, line * self.line - self.verticalScrollBar().value(), SIDE, SIDE)

    def at(self, point: QPointF) -> int:
        """The row of the sample there, or -1."""
        step = (self.viewport().width() + GAP) / self.columns
        line, column = int((point.y() + self.verticalScrollBar().value()) // self.line), int(point.x() // step)
        row = line * self.columns + column
        caption = QRectF(self.place(row)).adjusted(0, 0, 0, CAPTION)
        return row if 0 <= row < self.pages.rows and column < self.columns and caption.contains(point) else -1

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last sample that are seen."""
        top = self.verticalScrollBar().value()
        first, last = top // self.line, (top + self.viewport().height() - 1) // self.line
        return first * self.columns, min((last + 1) * self.columns, self.pages.rows) - 1

    def show_chosen(self, row: int) -> None:
        """Mark a sample, without going there."""
        self.chosen_row = row
        self.viewport().update()

    @property
    def has_marks(self) -> bool:
        """Whether there are boxes or masks."""
        return bool(self._marks)

    def show_marks(self, shown: bool) -> None:
        """Draw boxes and masks over the pictures, or leave those as they are."""
        self._marked = shown
        self.viewport().update()

    def describe(self, point: QPointF) -> str:
        """What is under the mouse: the sample, its fields, and the value of the pixel."""
        row = self.at(point)
        known, sample = self.pages.known, self.pages.sample(row) if row >= 0 else None
        if known is None or sample is None or self._field is None:
            return ""
        lines = [self.tr("sample {0}").format(f"{sample.index:,}")]
        for field in known.fields:
            if Column(field).look != "image":
                text = value_text(Column(field), sample.values[field.name], known.names_of(field))
                lines.append(f"{field.name}: {text}")
        return "\n".join((*lines, *self._pixel(sample.values[self._field.name], point - self.place(row).topLeft())))

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._field is None:
            return
        first, last = self.visible_rows()
        self.pages.want(first, last)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font(11))
        for row in range(first, last + 1):
            self._paint_sample(painter, row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self.viewport(), event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self.viewport(), self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self._go_to(row)
            self.chosen.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, page = Qt.Key, self.columns * max(1, self.viewport().height() // self.line)
        steps = {
            keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self.columns, keys.Key_Down: self.columns,
            keys.Key_PageUp: -page, keys.Key_PageDown: page,
            keys.Key_Home: -self.pages.rows, keys.Key_End: self.pages.rows,
        }  # fmt: skip
        key = keys(event.key())
        if key in steps:
            self._go_to(self.current + steps[key])
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self.pages.rows:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    # Inside

    def _reset(self) -> None:
        self._pictures.clear()
        fields: Sequence[Field] = self.pages.known.fields if self.pages.known is not None else ()
        self._marks = [field for field in fields if marks.is_mark(field)]
        images = [field for field in fields if Column(field).look == "image"]
        self._field = next((field for field in images if field not in self._marks), next(iter(images), None))
        self._labels = [field for field in fields if field.kind in ("label", "number") and field.shape in ((), (1,))]
        self._wide = self._width_of_captions()
        self.current = 0
        self.verticalScrollBar().setValue(0)
        self._fit()
        self.viewport().update()

    def _width_of_captions(self) -> int:
        """Room for the longest names that a sample can have."""
        known, metrics = self.pages.known, QFontMetricsF(theme.base_font(11))
        if known is None:
            return SIDE
        named = [known.names_of(field)[:200] for field in self._labels]
        longest = [max(map(metrics.horizontalAdvance, names), default=40.0) for names in named]
        return round(min(max(SIDE, sum(longest) + 12.0 * max(len(longest) - 1, 0)), WIDEST))

    def _fit(self) -> None:
        lines = -(-self.pages.rows // self.columns)
        bar = self.verticalScrollBar()
        bar.setSingleStep(self.line // 2)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, lines * self.line - GAP - self.viewport().height()))

    def _go_to(self, row: int) -> None:
        self.current = min(max(row, 0), max(self.pages.rows - 1, 0))
        place, bar = self.place(self.current), self.verticalScrollBar()
        if place.top() < 0:
            bar.setValue(bar.value() + int(place.top()))
        elif place.top() + self.line - GAP > self.viewport().height():
            bar.setValue(bar.value() + int(place.top() + self.line - GAP - self.viewport().height()))
        self.viewport().update()

    def _paint_sample(self, painter: QPainter, row: int) -> None:
        place, sample = self.place(row), self.pages.sample(row)
        if sample is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(place, 4, 4)
            return
        inner = self._paint_picture(painter, place, row, sample)
        if self._marked:
            assert self._field is not None
            marks.paint(painter, inner, self._field, self._marks, sample.values)
        if self._labels:
            self._paint_caption(painter, place, sample)
        if row == self.chosen_row or (row == self.current and self.hasFocus()):
            style = Qt.PenStyle.SolidLine if row == self.chosen_row else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme.color("accent"), 2, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 3, 3)

    def _paint_picture(self, painter: QPainter, place: QRectF, row: int, sample: Sample) -> QRectF:
        """Gives where the pixels are, which need not be a square."""
        assert self._field is not None
        if row not in self._pictures:
            if len(self._pictures) >= KEPT:
                self._pictures.clear()
            image = picture(np.asarray(sample.values[self._field.name], np.float32))
            self._pictures[row] = grown(image, round(SIDE * self.devicePixelRatioF()))
        image = self._pictures[row]
        size = image.size().toSizeF().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRectF(QPointF(0, 0), size)
        inner.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > inner.width())
        painter.drawImage(inner, image)
        return inner

    def _paint_caption(self, painter: QPainter, place: QRectF, sample: Sample) -> None:
        known = self.pages.known
        assert known is not None
        words = [value_text(Column(f), sample.values[f.name], known.names_of(f), 3) for f in self._labels]
        text = " · ".join(words)
        painter.setPen(theme.color("muted"))
        room = QRectF(place.center().x() - self._wide / 2 - 3, place.bottom() + 1, self._wide + 6, CAPTION - 2)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)

    def _pixel(self, values: Any, offset: QPointF) -> list[str]:
        """The value under the mouse, of each channel."""
        pixels = np.asarray(values)
        height, width = pixels.shape[1:]
        scale = SIDE / max(height, width)
        x, y = (offset.x() - (SIDE - width * scale) / 2) / scale, (offset.y() - (SIDE - height * scale) / 2) / scale
        if not (0 <= x < width and 0 <= y < height):
            return []
        found = " · ".join(f"{float(value):.4g}" for value in pixels[:, int(y), int(x)])
        return [self.tr("row {0}, column {1}: {2}").format(int(y), int(x), found)]
