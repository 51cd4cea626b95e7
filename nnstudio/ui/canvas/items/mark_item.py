"""What frames and comments on the canvas have in common: a rectangle that is chosen, moved and resized."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from nnstudio.graph.marks import Mark
from nnstudio.graph.nodes import Position
from nnstudio.ui import hues, theme
from nnstudio.ui.canvas.metrics import RADIUS

Side: TypeAlias = tuple[int, int]
"""Which edges are meant: left or right, top or bottom, as -1 and 1; 0 is neither."""
NO_SIDE: Side = (0, 0)
_GLOW = 4.0
_INWARD = 7.0
"""So far inside an edge it can still be taken, so that there is room left for the rest."""


class MarkItem(QGraphicsItem):
    """Shows a mark; knows nothing of gestures. Its place is its top left corner."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.chosen = False
        self._size = QSizeF(*mark.size)
        self.setPos(*mark.at)

    @property
    def at(self) -> Position:
        """Its place in the document."""
        return self.mark.at

    @property
    def face(self) -> QRectF:
        """What it covers, from its own corner on."""
        return QRectF(QPointF(), self._size)

    @property
    def card_rect(self) -> QRectF:
        """What it covers in the scene."""
        return self.face.translated(self.pos())

    @property
    def name(self) -> str:
        """What is written at it from far away."""
        raise NotImplementedError

    @property
    def hue(self) -> QColor:
        """Its colour; a quiet one where it has none of its own."""
        return hues.mark_color(self.mark.color)

    def set_mark(self, mark: Mark) -> None:
        """The mark has changed."""
        self.mark = mark
        self.setPos(*mark.at)
        self.resize(QSizeF(*mark.size))

    def stretch(self, area: QRectF) -> None:
        """Another place and size for now, as during a drag."""
        self.setPos(area.topLeft())
        self.resize(area.size())

    def resize(self, size: QSizeF) -> None:
        """Another size for now."""
        self.prepareGeometryChange()
        self._size = size
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def side_at(self, at: QPointF, reach: float) -> Side:
        """The edges near a place in the scene; a corner is two of them."""
        area, inward = self.card_rect, min(reach, _INWARD)
        if not area.adjusted(-reach, -reach, reach, reach).contains(at):
            return NO_SIDE
        across = -1 if at.x() < area.left() + inward else 1 if at.x() > area.right() - inward else 0
        along = -1 if at.y() < area.top() + inward else 1 if at.y() > area.bottom() - inward else 0
        return across, along

    def holds(self, at: QPointF) -> bool:
        """Whether a press there means this mark."""
        return self.card_rect.contains(at)

    def boundingRect(self) -> QRectF:
        return self.face.adjusted(-_GLOW, -_GLOW, _GLOW, _GLOW)

    def paint_border(self, painter: QPainter, color: QColor) -> None:
        """The outline, as that of a card."""
        face = self.face
        painter.setBrush(QColor(0, 0, 0, 0))
        if self.chosen:
            glow = QColor(theme.color("accent"))
            glow.setAlphaF(0.35)
            painter.setPen(QPen(glow, 2))
            painter.drawRoundedRect(face.adjusted(-2, -2, 2, 2), RADIUS + 2, RADIUS + 2)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(face, RADIUS, RADIUS)
            return
        painter.setPen(QPen(color, 1))
        painter.drawRoundedRect(face.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def faded(color: QColor, strength: float) -> QColor:
    """The same colour, so that what is behind it shows."""
    made = QColor(color)
    made.setAlphaF(strength)
    return made
