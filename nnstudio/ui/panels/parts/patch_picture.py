"""A picture cut into patches, with what one of them, or a token beside them, looks at laid over it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.looks import Floats, Looks
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import grown, picture

_COLOUR = 0.7
"""How much of a pixel's colour is the weight's; the rest is the picture's."""
_CHIP = 22.0
_GAP = 10.0
_CAPTION = 16.0
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


@dataclass(frozen=True)
class Patches:
    """A picture C×H×W in rows × columns of patches, before which stand `before` tokens that are none."""

    pixels: Floats = field(default_factory=lambda: np.zeros((1, 0, 0), np.float32))
    grid: tuple[int, int] = (0, 0)
    before: int = 0

    @property
    def count(self) -> int:
        """Of all places."""
        return self.before + self.grid[0] * self.grid[1]

    @property
    def aspect(self) -> float:
        _, high, wide = self.pixels.shape
        return wide / high if high and wide else 1.0

    def over(self, weights: Floats, top: float) -> QImage:
        """The picture with the weights of its patches over it; `weights` is those of all places, or of the first."""
        _, high, wide = self.pixels.shape
        seen = np.full(self.grid[0] * self.grid[1], np.nan, np.float32)
        known = weights[self.before : self.before + seen.size]
        seen[: len(known)] = known
        down = np.arange(high) * self.grid[0] // max(high, 1)
        across = np.arange(wide) * self.grid[1] // max(wide, 1)
        heat = colormaps.rgba(seen.reshape(self.grid)[np.ix_(down, across)], 0.0, top).astype(np.float32)
        grey = colormaps.rgba(_grey(self.pixels), lut=colormaps.greys()).astype(np.float32)
        mixed = np.where(heat[..., 3:] > 0, _COLOUR * heat + (1 - _COLOUR) * grey, 0.4 * grey)
        mixed[..., 3] = 255
        return colormaps.to_image(mixed.round().astype(np.uint8))


class PatchPicture(QWidget):
    """`asking` is the place whose weights are shown; a click on another patch, or on a token, shows its."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.looks = Patches(), Looks()
        self.asking = 0
        self._plain, self._over = QImage(), QImage()
        self._pointed = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(80, 60)
        self.setAccessibleName(self.tr("Weights of the attention over the picture"))
        theme.current().changed.connect(self.update)

    def show_looks(self, patches: Patches, looks: Looks, asking: int) -> None:
        """Other weights, or another place whose weights are shown."""
        self.patches, self.looks = patches, looks
        self.asking = min(asking, max(len(looks.weights) - 1, 0))
        self._plain = picture(patches.pixels) if patches.pixels.size else QImage()
        if looks.some and patches.pixels.size:
            self._over = patches.over(looks.weights[self.asking], looks.top)
        self.update()

    def place_at(self, point: QPointF) -> int:
        """The place of the patch or the token there, or -1."""
        for token in range(self.patches.before):
            if self._chip(token).contains(point):
                return token
        for area in (self.area, self.plain_area):
            if area.contains(point) and self.patches.count:
                row = int((point.y() - area.top()) / area.height() * self.patches.grid[0])
                column = int((point.x() - area.left()) / area.width() * self.patches.grid[1])
                row, column = min(row, self.patches.grid[0] - 1), min(column, self.patches.grid[1] - 1)
                return self.patches.before + row * self.patches.grid[1] + column
        return -1

    @property
    def area(self) -> QRectF:
        """Where the picture with the weights is."""
        return self._areas()[0]

    @property
    def plain_area(self) -> QRectF:
        """Where the picture is as it was given; nowhere where there is no room beside the other."""
        return self._areas()[1]

    def describe(self, place: int) -> str:
        """What is looked at there, by the place that is shown."""
        if not 0 <= place < self.looks.weights.shape[-1]:
            return ""
        return self.looks.describe(self.asking, place)

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.place_at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(self._pointed))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and 0 <= place < len(self.looks.weights):
            self.asked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From patch to patch; from the first row up to the tokens."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        wide, first = self.patches.grid[1], self.patches.before
        inside = self.asking >= first
        moved = self.asking + (step[0] * wide + step[1] if inside else sum(step))
        self.asked.emit(min(max(moved, 0), max(len(self.looks.weights) - 1, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.looks.some or self._over.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setFont(theme.base_font(11))
        for area, image, words in (
            (self.plain_area, self._plain, self.tr("input")),
            (self.area, self._over, self._asks_in_words()),
        ):
            if not area.isEmpty():
                painter.drawImage(area, grown(image, round(max(area.width(), area.height()))))
                painter.setPen(theme.color("muted"))
                line = QRectF(area.left(), area.bottom() + 1, max(area.width(), 150), _CAPTION)
                painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_tokens(painter)
        self._paint_rings(painter)

    # Inside

    def _point(self, place: int) -> None:
        if place != self._pointed:
            self._pointed = place
            self.update()

    def _asks_in_words(self) -> str:
        name = self.looks.rows[self.asking] if self.asking < len(self.looks.rows) else str(self.asking)
        return self.tr("seen by {0}").format(name)

    def _areas(self) -> tuple[QRectF, QRectF]:
        above = _CHIP + 6 if self.patches.before else 0.0
        high = max(1.0, self.height() - above - _CAPTION - 2)
        size = QSizeF(high * self.patches.aspect, high)
        if size.width() > self.width():
            size = QSizeF(self.width(), self.width() / self.patches.aspect)
        if 2 * size.width() + _GAP > self.width():
            return QRectF(QPointF((self.width() - size.width()) / 2, above), size), QRectF()
        left = (self.width() - 2 * size.width() - _GAP) / 2
        return QRectF(QPointF(left + size.width() + _GAP, above), size), QRectF(QPointF(left, above), size)

    def _chip(self, token: int) -> QRectF:
        """Where a token of the network's own is, above the picture."""
        wide = 56.0
        return QRectF(self.area.left() + token * (wide + 4), 1, wide, _CHIP - 2)

    def _paint_tokens(self, painter: QPainter) -> None:
        for token in range(self.patches.before):
            chip = self._chip(token)
            value = float(self.looks.weights[self.asking, token]) if token < self.looks.weights.shape[1] else 0.0
            frame = "accent" if token == self.asking else "muted" if token == self._pointed else "line"
            painter.setPen(QPen(theme.color(frame), 2 if token == self.asking else 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(theme.color("text"))
            name = self.looks.rows[token] if token < len(self.looks.rows) else str(token)
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)
            painter.setPen(theme.color("muted"))
            beside = QRectF(chip.right() + 6, chip.top(), 60, chip.height())
            if token == self.patches.before - 1:
                painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, number_text(round(value, 3)))

    def _paint_rings(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, token, wide in ((self._pointed, "text", 1), (self.asking, "accent", 2)):
            if self.patches.before <= place < self.patches.count:
                painter.setPen(QPen(theme.color(token), wide))
                painter.drawRect(self._patch(place))

    def _patch(self, place: int) -> QRectF:
        row, column = divmod(place - self.patches.before, self.patches.grid[1])
        wide, high = self.area.width() / self.patches.grid[1], self.area.height() / self.patches.grid[0]
        return QRectF(self.area.left() + column * wide, self.area.top() + row * high, wide, high)


def _grey(pixels: Floats) -> Floats:
    """Lightness H×W, from 0 to 1 where it is so already."""
    return pixels.mean(axis=0) if len(pixels) == 3 else pixels[0]
