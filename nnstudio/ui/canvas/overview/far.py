"""A part of the drawing as it looks from far away: lists of rectangles, lines and names that are painted together.

Everything of one colour is painted in one call, from lists that are made when the drawing changes and not for each
frame: a thousand cards take a few milliseconds.
"""

from __future__ import annotations

from copy import copy
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QStaticText, QTransform

from nnstudio.ui import hues, theme
from nnstudio.ui.canvas.items.link_item import DASHES, LinkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.metrics import CARD_WIDTH, font, measure

_SCALE = 0.3
_COARSE = QTransform.fromScale(_SCALE, _SCALE)
"""Curves are made straight for about that zoom."""
_KNOWN_NAMES = 4000
_FLAKE = 12.0
"""Half the width of the sign of a frozen card."""


class Patch:
    """Some cards and wires."""

    def __init__(self) -> None:
        self.bounds = QRectF()
        """What they cover."""
        self.shift = QPointF()
        """Where they are, from where they were when they were added. Whoever paints moves the painter by that."""
        self._cards: dict[tuple[str, str], list[QRectF]] = {}
        self._muted: list[QRectF] = []
        self._frozen: list[QLineF] = []
        self._wrong: list[QRectF] = []
        self._wires: dict[int, list[QLineF]] = {}
        self._wrong_wires: list[QPainterPath] = []
        self._named: list[tuple[str, QPointF]] = []
        self._names: dict[int, list[tuple[QPointF, QStaticText]]] = {}

    def add_card(self, item: NodeItem) -> None:
        card, rect = item.card, item.card_rect
        self.bounds = self.bounds.united(rect)
        self._cards.setdefault(card.hue, []).append(rect)
        self._named.append((card.name, rect.center()))
        if card.muted:
            self._muted.append(rect)
        if card.frozen:
            self._frozen.extend(_flake(rect))
        if card.severity == "error":
            self._wrong.append(rect)

    def add_wire(self, item: LinkItem) -> None:
        """Those that are wrong apart, as their dashes go on along the curve."""
        if item.hidden:
            return
        self.bounds = self.bounds.united(item.boundingRect())
        if item.problem:
            self._wrong_wires.append(item.path)
        else:
            self._wires.setdefault(item.color().rgb(), []).extend(_lines(item.path))

    def shifted(self, by: QPointF) -> Patch:
        """The same, elsewhere."""
        other = copy(self)
        other.bounds, other.shift = self.bounds.translated(by), self.shift + by
        return other

    def paint_wires(self, painter: QPainter, width: float) -> None:
        for color, lines in self._wires.items():
            painter.setPen(_outline(QColor.fromRgb(color), width))
            painter.drawLines(lines)
        pen = _outline(theme.color("bad"), width)
        pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path in self._wrong_wires:
            painter.drawPath(path)

    def paint_cards(self, painter: QPainter, strength: float) -> None:
        """As blocks in their colours, so strong."""
        painter.setPen(Qt.PenStyle.NoPen)
        for hue, cards in self._cards.items():
            painter.setBrush(theme.mix(theme.color("raised"), hues.card_color(*hue), strength))
            painter.drawRects(cards)
        if self._muted:
            veil = QColor(theme.color("canvas"))
            veil.setAlphaF(0.55)
            painter.setBrush(veil)
            painter.drawRects(self._muted)
        if self._frozen:
            painter.setPen(_outline(theme.color("text"), 1.25))
            painter.drawLines(self._frozen)

    def paint_wrong(self, painter: QPainter) -> None:
        """Red outlines."""
        paint_outlines(painter, self._wrong, "bad")

    def paint_names(self, painter: QPainter, names: Names) -> None:
        """In the middle of the cards. The painter has the font."""
        if names.px not in self._names:
            self._names[names.px] = [names.placed(name, middle) for name, middle in self._named]
        for at, text in self._names[names.px]:
            painter.drawStaticText(at, text)


class Names:
    """Names in one size, each laid out once for all frames and all cards of that name."""

    def __init__(self, px: int) -> None:
        self.px = px
        self._known: dict[str, QStaticText] = {}

    def placed(self, name: str, middle: QPointF) -> tuple[QPointF, QStaticText]:
        """The name, with where it begins."""
        text = self._known.get(name)
        if text is None:
            if len(self._known) > _KNOWN_NAMES:
                self._known.clear()
            elided = measure(self.px, True).elidedText(name, Qt.TextElideMode.ElideRight, CARD_WIDTH - 12)
            text = self._known[name] = _laid_out(elided, font(self.px, True))
        size = text.size()
        return middle - QPointF(size.width() / 2, size.height() / 2), text


def paint_outlines(painter: QPainter, cards: list[QRectF], color: str) -> None:
    """Around cards, in a colour of the theme."""
    if cards:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_outline(theme.color(color), 2))
        painter.drawRects(cards)


def _outline(color: QColor, width: float) -> QPen:
    """As wide as that on the screen, at any zoom."""
    pen = QPen(color, width)
    pen.setCosmetic(True)
    return pen


def _flake(card: QRectF) -> list[QLineF]:
    """A snowflake in the corner at the top right: three lines through one point."""
    middle = card.topRight() + QPointF(-_FLAKE * 1.4, _FLAKE * 1.4)
    arms = [QLineF.fromPolar(_FLAKE, angle).p2() for angle in (30.0, 90.0, 150.0)]
    return [QLineF(middle - arm, middle + arm) for arm in arms]


def _laid_out(text: str, face: QFont) -> QStaticText:
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(font=face)
    return made


def _lines(path: QPainterPath) -> list[QLineF]:
    """A curve as straight lines, fine enough for how small it is."""
    if path.boundingRect().height() < 1:
        return [QLineF(path.pointAtPercent(0), path.pointAtPercent(1))] if not path.isEmpty() else []
    points = [point for part in path.toSubpathPolygons(_COARSE) for point in part.toList()]
    return [QLineF(a / _SCALE, b / _SCALE) for a, b in pairwise(points)]
