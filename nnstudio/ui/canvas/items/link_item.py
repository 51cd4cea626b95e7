"""A wire on the canvas."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyleOptionGraphicsItem, QWidget

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.flowing import Flow
from nnstudio.ui.canvas.metrics import CHIP_GAP, CHIPS_FROM, font, measure
from nnstudio.ui.canvas.wiring.routing import Route

WIDTH = 2.2
DASHES = [4.0, 3.0]
"""Of a wire that is wrong."""
DOT = 4.0
"""Radius of a reroute point."""
_REACH = 12.0
"""Width of the band in which a press means the wire."""
_CHIP = 17.0
_SMOOTH = QPainter.RenderHint.Antialiasing


class LinkItem(QGraphicsItem):
    """Coloured by what it carries; says its shape where there is room, and always while pointed at or chosen."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link = link
        self.spec: TensorSpec | None = None
        self.problem = ""
        self.prefix = ""
        """The output's name, where the node has several."""
        self.flow: Flow | None = None
        """The gradient by what it carries, while that is shown."""
        self.text = ""
        """What the chip says."""
        self._chip_width = 0.0
        self._chosen = False
        self._hovered = False
        self._hidden = False
        self._chosen_dots: frozenset[int] = frozenset()
        self._route = Route(QPainterPath(), QPointF(), 0.0)
        self._band = QPainterPath()
        self._bounds = QRectF()
        self.setZValue(0)
        self.setAcceptHoverEvents(True)

    @property
    def chosen(self) -> bool:
        return self._chosen

    @property
    def route(self) -> Route:
        """Which way it goes."""
        return self._route

    @property
    def path(self) -> QPainterPath:
        return self._route.path

    @property
    def ends(self) -> tuple[QPointF, QPointF]:
        """Where it begins and where it ends, in the scene."""
        path = self.path
        if path.isEmpty():
            return QPointF(), QPointF()
        return QPointF(path.elementAt(0).x, path.elementAt(0).y), path.currentPosition()

    @property
    def chip_shown(self) -> bool:
        return bool(self.text) and (self._route.room >= CHIP_GAP or self._chosen or self._hovered)

    def set_route(self, route: Route) -> None:
        """Take another way."""
        self.prepareGeometryChange()
        self._route = route
        self._band = QPainterPath()
        self._bounds = self._covered()
        self.update()

    def carried(self, start: QPointF, end: QPointF) -> bool:
        """Take the same way to where both ends are now, if they have moved by the same."""
        first, last = self.ends
        shift = start - first
        if end - last != shift:
            return False
        self.set_route(self._route.shifted(shift))
        return True

    def set_state(self, spec: TensorSpec | None, problem: str, prefix: str) -> None:
        """What it carries, and what is wrong with that."""
        if (spec, problem, prefix) != (self.spec, self.problem, self.prefix):
            self.spec, self.problem, self.prefix = spec, problem, prefix
            self._reword()

    def set_flow(self, flow: Flow | None) -> None:
        """Show how large the gradient is here, or what the wire carries again."""
        if flow != self.flow:
            self.flow = flow
            self._reword()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self._show_pointed()

    def set_chosen_dots(self, dots: frozenset[int]) -> None:
        """Which of its reroute points are chosen."""
        if dots != self._chosen_dots:
            self._chosen_dots = dots
            self.update()

    @property
    def dots(self) -> tuple[QPointF, ...]:
        """Its reroute points, in the scene."""
        return self._route.dots

    @property
    def hidden(self) -> bool:
        """Whether a gesture draws it elsewhere."""
        return self._hidden

    def set_hidden(self, hidden: bool) -> None:
        """Out of sight while a gesture draws it elsewhere."""
        self._hidden = hidden
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        if self._band.isEmpty() and not self.path.isEmpty():
            stroker = QPainterPathStroker()
            stroker.setWidth(_REACH)
            self._band = stroker.createStroke(self.path)
        return self._band

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._hidden:
            return
        painter.setRenderHint(_SMOOTH)
        pointed = self._chosen or self._hovered
        if pointed:
            painter.setPen(_pen(theme.color("accent"), WIDTH + 4, 0.45 if self._chosen else 0.25))
            painter.drawPath(self.path)
        painter.setPen(_wire_pen(self.color().rgb(), bool(self.problem), self.flow.width if self.flow else WIDTH))
        painter.drawPath(self._route.path)
        self._paint_dots(painter)
        if self.chip_shown and (pointed or painter.worldTransform().m11() >= CHIPS_FROM):
            self._paint_chip(painter)

    def color(self) -> QColor:
        """By kind, or red where it is wrong."""
        if self.problem:
            return theme.color("bad")
        if self.flow is not None:
            return self.flow.color
        return theme.wire_color(self.spec.kind if self.spec else "any")

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = True
        self._show_pointed()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = False
        self._show_pointed()

    def _show_pointed(self) -> None:
        """Pointed at or chosen it lies over the cards, so that its shape can be read where there is little room."""
        self.setZValue(3 if self._chosen or self._hovered else 0)
        self.update()

    def _paint_dots(self, painter: QPainter) -> None:
        """Full, so that they are no ports; those that are chosen are larger, with a ring."""
        for index, at in enumerate(self.dots):
            chosen = index in self._chosen_dots
            painter.setPen(QPen(theme.color("accent" if chosen else "canvas"), 2 if chosen else 1.5))
            painter.setBrush(self.color())
            painter.drawEllipse(at, DOT + chosen, DOT + chosen)

    def _paint_chip(self, painter: QPainter) -> None:
        box = self._chip()
        painter.setPen(QPen(theme.color("bad" if self.problem else "line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(font(11))
        painter.setPen(theme.color("muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text)

    def _reword(self) -> None:
        """What the chip says has changed."""
        self.prepareGeometryChange()
        told = self.flow.text if self.flow is not None else str(self.spec or "")
        self.text = f"{self.prefix} {told}" if told and self.prefix and self.flow is None else told
        self._chip_width = measure(11).horizontalAdvance(self.text) + 12
        self._bounds = self._covered()
        self.update()

    def _chip(self) -> QRectF:
        width, middle = self._chip_width, self._route.middle
        return QRectF(round(middle.x() - width / 2) + 0.5, round(middle.y() - _CHIP / 2) + 0.5, width, _CHIP)

    def _covered(self) -> QRectF:
        covered = self.path.boundingRect().adjusted(-_REACH, -_REACH, _REACH, _REACH)
        return covered.united(self._chip()) if self.text else covered


@lru_cache(512)
def _wire_pen(color: int, wrong: bool, width: float) -> QPen:
    """The same few pens serve all wires."""
    pen = _pen(QColor.fromRgb(color), width)
    if wrong:
        pen.setDashPattern(DASHES)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _pen(color: QColor, width: float, strength: float = 1.0) -> QPen:
    shade = QColor(color)
    shade.setAlphaF(strength)
    return QPen(shade, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
