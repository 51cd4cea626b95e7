"""A frame on the canvas: a titled area behind the nodes, which can be seen through."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnstudio.graph.marks import Frame
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.mark_item import MarkItem, faded
from nnstudio.ui.canvas.metrics import HEADER, PAD, RADIUS, font, measure

_BEHIND = -2.0
"""Farther back than wires and cards."""


class FrameItem(MarkItem):
    """It is taken by its header; what lies in it can be reached through it."""

    mark: Frame

    def __init__(self, mark: Frame) -> None:
        super().__init__(mark)
        self._sort()

    @property
    def name(self) -> str:
        return self.mark.title

    @property
    def header_rect(self) -> QRectF:
        """The strip with the title, in the scene."""
        area = self.card_rect
        return QRectF(area.topLeft(), QSizeF(area.width(), min(HEADER, area.height())))

    def resize(self, size: QSizeF) -> None:
        super().resize(size)
        self._sort()

    def holds(self, at: QPointF) -> bool:
        return self.header_rect.contains(at)

    def surrounds(self, area: QRectF) -> bool:
        """Whether something in the scene lies wholly inside."""
        return self.card_rect.contains(area)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(self.face, RADIUS, RADIUS)
        painter.fillPath(shape, faded(self.hue, 0.08))
        header = self.header_rect.translated(-self.pos())
        top = QPainterPath()
        top.addRect(header)
        painter.fillPath(shape.intersected(top), faded(self.hue, 0.16))
        self.paint_border(painter, faded(self.hue, 0.6))
        room = header.width() - 2 * PAD
        if self.mark.title and room > 0:
            title = measure(13, True).elidedText(self.mark.title, Qt.TextElideMode.ElideRight, room)
            painter.setFont(font(13, True))
            painter.setPen(theme.color("text"))
            painter.drawText(header.adjusted(PAD, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, title)

    def _sort(self) -> None:
        """Of frames in each other the smaller one is in front."""
        self.setZValue(_BEHIND - self.face.width() * self.face.height() * 1e-13)
