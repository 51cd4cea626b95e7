"""The autograd graph as a picture: what is where, and how it is painted at any zoom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.op_card import Card, CardPainter, paint_arrow, paint_frame, paint_ring, title_room
from nnstudio.ui.panels.parts.op_layout import Key, Line, Placed

AHEAD = 0.4
"""How strong what has not been come to is."""
_SAMPLES = 32
"""Points of a wire that are compared with the mouse."""


class Speaker(Protocol):
    """Says what is written on cards and told under the mouse."""

    def card(self, key: Key) -> Card:
        """Of a node, a closed group or an open one."""

    def tip(self, key: Key) -> str:
        """All that is known of it."""

    def wire(self, edges: tuple[int, ...]) -> str:
        """What goes along the edges of one wire."""


@dataclass(frozen=True)
class Mark:
    """Where a walk stands: the card, the wires it goes along, and what it has come to; `back` is the way of it."""

    here: Key
    along: frozenset[int]
    """By the numbers of edges."""
    reached: frozenset[Key]
    back: bool


class OpPicture:
    """In its own units. What is written on a card is asked for when it is first painted."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self.placed = Placed()
        self.mark: Mark | None = None
        self.frame = ""
        """The open group that is chosen."""
        self.card: Key | None = None
        """The card that is chosen."""
        self.hovered: Key | None = None
        self._cards: dict[Key, Card] = {}

    def show(self, placed: Placed) -> None:
        """Another layout."""
        self.placed, self.hovered = placed, None
        self.fresh()

    def fresh(self) -> None:
        """The numbers are others."""
        self._cards.clear()

    def choose(self, key: Key | None) -> None:
        """Ring a card, or a frame."""
        self.frame = key if isinstance(key, str) and key in self.placed.frames else ""
        self.card = None if self.frame else key

    # What is where

    def rect_of(self, key: Key) -> QRectF | None:
        """Where a card or an open group lies."""
        return self.placed.cards.get(key) or (self.placed.frames.get(key) if isinstance(key, str) else None)

    def at(self, place: QPointF) -> Key | None:
        """The card there, or the open group whose name stands there."""
        card = next((key for key, rect in self.placed.cards.items() if rect.contains(place)), None)
        if card is not None:
            return card
        frames = reversed(list(self.placed.frames.items()))
        return next((path for path, rect in frames if title_room(rect).contains(place)), None)

    def line_at(self, place: QPointF, reach: float) -> Line | None:
        """The wire there, or near."""
        lines = self.placed.lines
        near = (line for line in lines if line.bounds.adjusted(-reach, -reach, reach, reach).contains(place))
        return next((line for line in near if _touches(line, place, reach)), None)

    # Painting

    def paint(self, painter: QPainter, seen: QRectF, zoom: float) -> None:
        """What is seen of it; the painter has the picture's units."""
        for path, rect in self.placed.frames.items():
            if rect.intersects(seen):
                title, chosen = self._card(path).title, path == self.frame
                paint_frame(painter, rect, title, zoom, chosen=chosen, hovered=path == self.hovered)
        self._paint_lines(painter, seen, zoom)
        self._paint_cards(painter, seen, zoom)

    def _paint_lines(self, painter: QPainter, seen: QRectF, zoom: float) -> None:
        scale = max(1.0, 0.5 / zoom)
        quiet = theme.mix(theme.color("surface"), theme.color("muted"), 0.55)
        plain, near = QPen(quiet, 1.3 * scale), QPen(theme.color("text"), 1.8 * scale)
        lines = [line for line in self.placed.lines if line.bounds.intersects(seen)]
        along = self.mark.along if self.mark is not None else frozenset()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in lines:
            if along.isdisjoint(line.edges):
                painter.setPen(near if self.hovered in (line.source, line.target) else plain)
                painter.drawPath(line.path)
        self._paint_walked(painter, [line for line in lines if not along.isdisjoint(line.edges)], scale)

    def _paint_walked(self, painter: QPainter, lines: list[Line], scale: float) -> None:
        if self.mark is None:
            return
        color = theme.color("warning" if self.mark.back else "accent")
        for line in lines:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 2.6 * scale))
            painter.drawPath(line.path)
            painter.setBrush(color)
            painter.setPen(Qt.PenStyle.NoPen)
            paint_arrow(painter, line.path, back=self.mark.back)

    def _paint_cards(self, painter: QPainter, seen: QRectF, zoom: float) -> None:
        mark, cards = self.mark, CardPainter(painter, zoom)
        for key, rect in self.placed.cards.items():
            if not rect.adjusted(-6, -20, 80, 6).intersects(seen):
                continue
            card = self._card(key)
            strength = 1.0 if mark is None or key in mark.reached or key == mark.here else AHEAD
            cards.paint(rect, card, strength=strength, hovered=key == self.hovered)
            cards.shape(rect, card.shape)
            if key == self.card:
                paint_ring(painter, rect, theme.color("muted"), zoom)
        here = self.rect_of(mark.here) if mark is not None else None
        if mark is not None and here is not None:
            paint_ring(painter, here, theme.color("warning" if mark.back else "accent"), zoom)

    def _card(self, key: Key) -> Card:
        if key not in self._cards:
            self._cards[key] = self._speaker.card(key)
        return self._cards[key]


def _touches(line: Line, place: QPointF, reach: float) -> bool:
    wide = max(reach, line.path.length() / (2 * _SAMPLES)) + reach
    points = (line.path.pointAtPercent(step / _SAMPLES) for step in range(_SAMPLES + 1))
    return any((point - place).manhattanLength() <= wide for point in points)
