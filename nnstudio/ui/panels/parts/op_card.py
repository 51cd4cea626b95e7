"""A card of the autograd graph, and how it is painted at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnstudio.ui import theme
from nnstudio.ui.canvas.metrics import fitting_px, font, measure

HEIGHT = 52.0
LEAST, WIDEST = 84.0, 168.0
NUMBER = 112.0
"""A card of a single number is at least so wide: the gradient by it has room beside it."""
NAMES_BELOW = 0.8
"""Under this zoom a card shows its name and perhaps its value, as large as they can be."""
VALUES_BELOW = 0.55
"""Under this zoom of all values only single numbers are shown."""
BLOCKS_BELOW = 0.2
_STRIP = 4.0
_RADIUS = 6.0
_PAD = 8.0
_CHIP = 10


@dataclass(frozen=True)
class Card:
    """`value` and `gradient` are lines; `shape` stands on the wire. A leaf has a thin outline, a group a pile below."""

    title: str
    kind: str = ""
    value: str = ""
    gradient: str = ""
    shape: str = ""
    hue: str = ""
    """A family's, or empty."""
    leaf: bool = False
    group: bool = False


def width_of(card: Card) -> float:
    """As much as the name and the kind take, in steps of the grid."""
    kind = measure(10).horizontalAdvance(card.kind) + 8 if card.kind else 0
    words = measure(12, True).horizontalAdvance(card.title) + kind
    return min(max(LEAST if card.shape else NUMBER, -(-(words + 2 * _PAD + _STRIP) // 8) * 8), WIDEST)


def space_of(shape: str) -> float:
    """What the shape takes on the wire behind the card."""
    return measure(_CHIP).horizontalAdvance(shape) + 16 if shape else 0.0


class CardPainter:
    """Paints in the picture's own units; `zoom` decides what can still be read."""

    def __init__(self, painter: QPainter, zoom: float) -> None:
        self._painter, self._zoom = painter, zoom

    def paint(self, rect: QRectF, card: Card, *, strength: float = 1.0, hovered: bool = False) -> None:
        """One card; `strength` dims one that has not been come to."""
        self._painter.setOpacity(strength)
        if self._zoom < BLOCKS_BELOW:
            self._painter.fillRect(rect, _hue(card))
        else:
            self._body(rect, card, hovered)
            if self._zoom < NAMES_BELOW:
                self._name(rect, card)
            else:
                self._lines(rect, card)
        self._painter.setOpacity(1.0)

    def _body(self, rect: QRectF, card: Card, hovered: bool) -> None:
        painter, line = self._painter, theme.color("accent" if hovered else "line")
        painter.setPen(QPen(line, 1.2))
        painter.setBrush(theme.color("hover" if hovered else "raised"))
        if card.group:
            painter.drawRoundedRect(rect.translated(4, 4), _RADIUS, _RADIUS)
        if card.leaf:
            painter.setBrush(theme.color("surface"))
            painter.setPen(QPen(line, 1.2, Qt.PenStyle.DashLine))
        outline = QPainterPath()
        outline.addRoundedRect(rect, _RADIUS, _RADIUS)
        painter.drawPath(outline)
        strip = QPainterPath()
        strip.addRect(QRectF(rect.left(), rect.top(), _STRIP, rect.height()))
        painter.fillPath(outline.intersected(strip), _hue(card))

    def _name(self, rect: QRectF, card: Card) -> None:
        """The name, and below it a number, in letters that can be read from afar."""
        shown = self._zoom >= VALUES_BELOW or (card.value.startswith("= ") and "[" not in card.value)
        number = card.value.removeprefix("= ") if shown else ""
        room = rect.adjusted(_STRIP + 4, 2, -4, -2)
        upper = QRectF(room.left(), room.top(), room.width(), room.height() / (2 if number else 1))
        middle = Qt.AlignmentFlag.AlignCenter
        px = fitting_px(card.title, room.width(), bold=True, largest=20, smallest=12)
        self._text(upper, card.title, px, "text", bold=True, align=middle)
        if number:
            self._figures(upper.translated(0, upper.height()), number, card.gradient)

    def _figures(self, room: QRectF, value: str, gradient: str) -> None:
        """A number, and the gradient by it where there is room for both."""
        both, px = f"{value}  {gradient}", 14
        if not gradient or measure(px).horizontalAdvance(both) > room.width():
            px = fitting_px(value, room.width(), largest=18, smallest=11)
            self._text(room, value, px, "muted", align=Qt.AlignmentFlag.AlignCenter)
            return
        wide = measure(px).horizontalAdvance(both)
        left = room.adjusted((room.width() - wide) / 2, 0, 0, 0)
        self._text(left, value, px, "muted")
        self._text(left.adjusted(measure(px).horizontalAdvance(f"{value}  "), 0, 4, 0), gradient, px, "warning")

    def _lines(self, rect: QRectF, card: Card) -> None:
        room = rect.adjusted(_STRIP + _PAD - 2, 4, -_PAD + 2, -4)
        line = room.height() / 3
        top = QRectF(room.left(), room.top(), room.width(), line)
        left = top.width() - measure(12, True).horizontalAdvance(card.title)
        self._text(top, card.title, 12, "text", bold=True)
        if measure(10).horizontalAdvance(card.kind) + 6 <= left:  # else the tip tells it
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._text(top, card.kind, 10, "muted", align=right)
        self._text(top.translated(0, line), card.value, 11, "text")
        self._text(top.translated(0, 2 * line), card.gradient, 11, "warning")

    def shape(self, rect: QRectF, shape: str) -> None:
        """What the wire behind a card carries, over the wire."""
        if shape and self._zoom >= VALUES_BELOW:
            px = _CHIP if self._zoom >= NAMES_BELOW else _CHIP + 2
            room = QRectF(rect.right() + 6, rect.center().y() - px - 5, space_of(shape) - 6, px + 2)
            self._text(room, shape, px, "muted")

    def _text(
        self,
        room: QRectF,
        text: str,
        px: int,
        token: str,
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        if not text:
            return
        self._painter.setFont(font(px, bold))
        self._painter.setPen(theme.color(token))
        shown = measure(px, bold).elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
        self._painter.drawText(room, align, shown)


def paint_frame(painter: QPainter, rect: QRectF, title: str, zoom: float, *, chosen: bool, hovered: bool) -> None:
    """An open group: a quiet ground with its name, which closes it."""
    painter.setPen(QPen(theme.color("accent" if chosen else "line"), 1.5 if chosen else 1.0))
    painter.setBrush(theme.mix(theme.color("canvas"), theme.color("raised"), 0.35))
    painter.drawRoundedRect(rect, 8, 8)
    if zoom < BLOCKS_BELOW:
        return
    px = 11 if zoom >= NAMES_BELOW else 16
    painter.setFont(font(px, True))
    painter.setPen(theme.color("text" if hovered else "muted"))
    room = title_room(rect)
    shown = measure(px, True).elidedText(f"▾ {title}", Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def title_room(rect: QRectF) -> QRectF:
    """Where the name of an open group stands."""
    return QRectF(rect.left() + 10, rect.top() + 2, rect.width() - 20, 22)


def paint_ring(painter: QPainter, rect: QRectF, color: QColor, zoom: float) -> None:
    """Around where one is."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 2.5 * max(1.0, 0.6 / zoom)))
    painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), _RADIUS + 4, _RADIUS + 4)


def paint_arrow(painter: QPainter, path: QPainterPath, *, back: bool) -> None:
    """In the middle of a wire, in the direction of the pass."""
    turn = -path.angleAtPercent(0.5) + (180 if back else 0)
    painter.save()
    painter.translate(path.pointAtPercent(0.5))
    painter.rotate(turn)
    painter.drawPolygon([QPointF(6, 0), QPointF(-4, -5), QPointF(-4, 5)])
    painter.restore()


def _hue(card: Card) -> QColor:
    return theme.family_color(card.hue) if card.hue else theme.color("muted")
