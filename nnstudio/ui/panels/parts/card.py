"""One card of the predictions panel: what the sample is, what the network says of it, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPen

from nnstudio.ui import icons, theme
from nnstudio.ui.panels.parts.pictures import Floats, grown, picture

RADIUS = 6.0
TEXT_ROOM = 37.0
MARK = 11.0
ARROW = " → "


@dataclass(frozen=True)
class Token:
    """One place of a sequence: what is said there, and what it should be where that is wrong."""

    said: str
    wanted: str = ""


@dataclass(frozen=True)
class Card:
    """One sample of the test set. `wrong` is None where the task has no right and wrong.

    Of a sequence there are `tokens`, with gaps between them if they are `spaced`, and neither `true` nor `predicted`.
    """

    index: int
    true: str
    predicted: str
    detail: str
    wrong: bool | None
    sample: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    tokens: tuple[Token, ...] = ()
    spaced: bool = False


@dataclass(frozen=True)
class Plane:
    """All points of the page, as the background of a point's own card."""

    points: Floats
    low: Floats
    span: Floats

    @staticmethod
    def of(points: Floats) -> Plane:
        low, high = points.min(axis=0), points.max(axis=0)
        return Plane(points, low, np.where(high > low, high - low, 1.0))

    def place(self, point: Floats, area: QRectF) -> QPointF:
        x, y = (point - self.low) / self.span
        return QPointF(area.left() + float(x) * area.width(), area.bottom() - float(y) * area.height())


class CardPainter:
    """Paints cards; keeps the pictures it has made."""

    def __init__(self) -> None:
        self.plane: Plane | None = None
        self._pictures: dict[int, QImage] = {}

    def forget(self) -> None:
        """Other samples are shown."""
        self._pictures.clear()

    def paint(self, painter: QPainter, place: QRectF, card: Card, *, chosen: bool, hovered: bool) -> None:
        frame = theme.color("accent") if chosen else theme.color("muted" if hovered else "line")
        painter.setPen(QPen(frame, 2.0 if chosen else 1.0))
        painter.setBrush(theme.color("raised"))
        inset = 1.0 if chosen else 0.5
        painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
        if card.tokens:
            self._paint_tokens(painter, place.adjusted(7, 6, -7, -22), card)
            self._paint_detail(painter, QRectF(place.left() + 6, place.bottom() - 20, place.width() - 12, 15), card)
            return
        self.paint_sample(painter, place.adjusted(7, 7, -7, -TEXT_ROOM), card)
        self._paint_words(painter, place, card)

    def paint_sample(self, painter: QPainter, area: QRectF, card: Card) -> None:
        """What the sample is, without words."""
        if card.sample.ndim == 3:
            self._paint_picture(painter, area, card)
        elif card.sample.shape == (2,) and self.plane is not None:
            self._paint_point(painter, area, card)
        elif card.sample.size:
            self._paint_bars(painter, area, card.sample.reshape(-1))

    def _paint_picture(self, painter: QPainter, area: QRectF, card: Card) -> None:
        image = self._pictures.get(card.index)
        if image is None:
            dots = round(max(area.width(), area.height()) * painter.device().devicePixelRatioF())
            image = self._pictures[card.index] = grown(picture(card.sample), dots)
        size = QSizeF(image.size()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(QPointF(0, 0), size)
        target.moveCenter(area.center())
        painter.drawImage(target, image)

    def _paint_point(self, painter: QPainter, area: QRectF, card: Card) -> None:
        assert self.plane is not None
        inner = area.adjusted(4, 4, -4, -4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix(theme.color("raised"), theme.color("muted"), 0.55))
        for other in self.plane.points:
            painter.drawEllipse(self.plane.place(other, inner), 1.5, 1.5)
        painter.setBrush(theme.color("bad" if card.wrong else "accent"))
        painter.drawEllipse(self.plane.place(card.sample, inner), 4, 4)

    def _paint_bars(self, painter: QPainter, area: QRectF, values: Floats) -> None:
        values = np.nan_to_num(values[:64])
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        step, scale = area.width() / len(values), area.height() / (high - low or 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix(theme.color("raised"), theme.color("accent"), 0.7))
        zero = area.bottom() + low * scale
        for number, value in enumerate(values):
            top = zero - max(float(value), 0.0) * scale
            height = max(1.0, abs(float(value)) * scale)
            painter.drawRect(QRectF(area.left() + number * step, top, max(1.0, step - 1.5), height))

    def _paint_words(self, painter: QPainter, place: QRectF, card: Card) -> None:
        line = QRectF(place.left() + 6, place.bottom() - TEXT_ROOM + 1, place.width() - 12, 18)
        self._paint_verdict(painter, line, card)
        self._paint_detail(painter, QRectF(line.left(), line.bottom() - 2, line.width(), 15), card)

    def _paint_detail(self, painter: QPainter, place: QRectF, card: Card) -> None:
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, card.detail)

    def _paint_tokens(self, painter: QPainter, area: QRectF, card: Card) -> None:
        """What is said, in lines, as much as there is room for; what is wrong is underlined too, never red alone."""
        font = theme.mono_font(11)
        metrics = QFontMetricsF(font)
        gap = metrics.horizontalAdvance(" ") if card.spaced else 0.0
        high, left, top = metrics.height(), area.left(), area.top()
        for token in card.tokens:
            width = metrics.horizontalAdvance(token.said)
            if left + width > area.right() and left > area.left():
                left, top = area.left(), top + high
            if top + high > area.bottom() + 1:
                return
            font.setUnderline(bool(token.wanted))
            painter.setFont(font)
            painter.setPen(theme.color("bad" if token.wanted else "text"))
            painter.drawText(QRectF(left, top, width + 2, high), Qt.AlignmentFlag.AlignVCenter, token.said)
            left += width + gap

    def _paint_verdict(self, painter: QPainter, line: QRectF, card: Card) -> None:
        """`5 → 6` with the prediction bold, and a cross or a check: never the colour alone."""
        plain, bold = theme.base_font(12), theme.base_font(12, QFont.Weight.Bold)
        mark = 0.0 if card.wrong is None else MARK + 4
        room = line.width() - mark
        first, second = fitted(card.true, card.predicted, plain, bold, room)
        widths = [QFontMetricsF(plain).horizontalAdvance(first), QFontMetricsF(bold).horizontalAdvance(second)]
        left = line.left() + max(0.0, (line.width() - mark - sum(widths)) / 2)
        shade = theme.color({None: "text", True: "bad", False: "good"}[card.wrong])
        if card.wrong is not None:
            place = QRectF(left, line.center().y() - MARK / 2, MARK, MARK)
            icons.paint(painter, place, "close" if card.wrong else "check", shade)
        for text, font, color, width in zip(
            (first, second), (plain, bold), (theme.color("text"), shade), widths, strict=True
        ):
            painter.setFont(font)
            painter.setPen(color)
            place = QRectF(left + mark, line.top(), width + 2, line.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            left += width


def widest_verdict(name: str) -> float:
    """What a card needs that shows this name twice: as what is true, and as what was predicted."""
    plain, bold = theme.base_font(12), theme.base_font(12, QFont.Weight.Bold)
    words = QFontMetricsF(plain).horizontalAdvance(name + ARROW) + QFontMetricsF(bold).horizontalAdvance(name)
    return words + MARK + 4 + 2 * 6 + 2


def fitted(true: str, predicted: str, plain: QFont, bold: QFont, room: float) -> tuple[str, str]:
    """`true → ` and `predicted`, both shortened where they are too long together."""
    metrics, heavy = QFontMetricsF(plain), QFontMetricsF(bold)
    left = room - metrics.horizontalAdvance(ARROW)
    first, second = metrics.horizontalAdvance(true), heavy.horizontalAdvance(predicted)
    if first + second > left:
        half = left / 2
        first_room = max(half, left - second)
        true = metrics.elidedText(true, Qt.TextElideMode.ElideRight, first_room)
        second_room = left - metrics.horizontalAdvance(true)
        predicted = heavy.elidedText(predicted, Qt.TextElideMode.ElideRight, second_room)
    return true + ARROW, predicted
