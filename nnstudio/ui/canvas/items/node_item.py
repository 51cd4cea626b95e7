"""A node on the canvas: its card, kept as a picture in the scale of the view, so that panning only copies it."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.graph.nodes import Node, Position
from nnstudio.ui.canvas.items.card import MARGIN, Card, Plan, Spot, card_of, plan_of, worst_of
from nnstudio.ui.canvas.items.card_paint import MUTED_OPACITY, paint_card
from nnstudio.ui.canvas.items.faces import FaceKeeper
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.items.walked import Walked


class NodeItem(QGraphicsItem):
    """Shows a node; knows nothing of gestures. Its place is the card's top left corner.

    `title` stands over the card, the node's name unless given.
    """

    def __init__(
        self,
        node: Node,
        faces: FaceKeeper,
        title: str = "",
        facts: NodeFacts | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__()
        self.node = node
        self.title = title or node.name
        self.facts, self.problems = facts, problems
        self.picture: Thumbnail | None = None
        self._value = ""
        self._figures: tuple[str, ...] = ()
        self._walked: Walked | None = None
        self._chosen = False
        self._faces = faces
        self._card: Card = card_of(node, facts, problems, title=self.title)
        self._plan: Plan = plan_of(self._card, 0.0)
        self.setZValue(1)
        self.setPos(*node.at)

    @property
    def card(self) -> Card:
        return self._card

    @property
    def plan(self) -> Plan:
        return self._plan

    @property
    def at(self) -> Position:
        """Its place in the document."""
        return self.node.at

    @property
    def chosen(self) -> bool:
        return self._chosen

    @property
    def card_rect(self) -> QRectF:
        """The card in the scene."""
        return self._plan.card.translated(self.pos())

    @property
    def taken_rect(self) -> QRectF:
        """What wires go round, in the scene: the card, and a problem's message and button under it."""
        return self._plan.bounds.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN).translated(self.pos())

    @property
    def fix_rect(self) -> QRectF:
        """The button that mends a problem, in the scene; empty where there is none."""
        fix = self._plan.fix
        return fix.translated(self.pos()) if not fix.isEmpty() else QRectF()

    @property
    def mendable(self) -> Problem | None:
        """The problem that the button mends."""
        worst = worst_of(self.problems)
        return worst if worst is not None and worst.remedy is not None else None

    def port_at(self, name: str, is_output: bool) -> QPointF:
        """Where a port is in the scene; the middle of the edge for a port that the card does not have."""
        spot = self._plan.spot(name, is_output)
        if spot is None:
            edge = self._plan.card
            return self.pos() + QPointF(edge.right() if is_output else edge.left(), edge.center().y())
        return self.pos() + spot.at

    def spot_near(self, scene_point: QPointF, reach: float) -> tuple[Spot, float] | None:
        """The nearest port within reach, with its distance."""
        local = scene_point - self.pos()
        found = [((spot.at - local).manhattanLength(), spot) for spot in self._plan.spots]
        near = [(distance, spot) for distance, spot in found if distance <= 1.5 * reach]
        if not near:
            return None
        spot = min(near, key=lambda pair: pair[0])[1]
        gap = spot.at - local
        length = float((gap.x() ** 2 + gap.y() ** 2) ** 0.5)
        return (spot, length) if length <= reach else None

    def set_node(self, node: Node, title: str = "") -> bool:
        """The node has changed. True if the card's size or ports did."""
        self.node, self.title = node, title or node.name
        return self._refresh()

    def knows(self, facts: NodeFacts | None, problems: tuple[Problem, ...]) -> bool:
        """Whether that is what it shows already."""
        return (facts is self.facts or facts == self.facts) and problems == self.problems

    def set_facts(self, facts: NodeFacts | None, problems: tuple[Problem, ...]) -> bool:
        """The drawing was understood anew. True if the card's size or ports changed."""
        self.facts, self.problems = facts, problems
        return self._refresh()

    def set_value(self, value: str) -> None:
        """The figure in the header."""
        if value != self._value:
            self._value = value
            self._refresh()

    def set_figures(self, figures: tuple[str, ...]) -> bool:
        """Its value and gradient in numbers. True if the card's size changed."""
        if figures == self._figures:
            return False
        self._figures = figures
        return self._refresh()

    def set_picture(self, picture: Thumbnail | None) -> bool:
        """The live picture. True if the card's size changed."""
        if picture is None and self.picture is None:
            return False
        if picture is not None and self.picture is not None and picture.shows_the_same(self.picture):
            return False
        self.picture = picture
        return self._refresh()

    def set_walked(self, walked: Walked | None) -> bool:
        """What it shows while a batch is walked through, instead of what is live. True if its size changed."""
        if self._walked is walked or (walked is not None and walked.shows_the_same(self._walked)):
            return False
        self._walked = walked
        return self._refresh()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.setZValue(2 if chosen else 1)
            self.repaint()

    def repaint(self) -> None:
        """Paint the card anew, as after a change of theme."""
        self._faces.drop(self)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._plan.bounds

    def shape(self) -> QPainterPath:
        outline = QPainterPath()
        outline.addRect(self._plan.card)
        outline.addRect(self._plan.fix)
        return outline

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        world = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        face = self._faces.get(self, world.m11() * ratio)
        if face is None:
            face = self._render(world.m11(), ratio)
            self._faces.keep(self, face, world.m11() * ratio)
        if face.width() != ceil(self._plan.bounds.width() * world.m11() * ratio):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self._plan.bounds, face, QRectF(face.rect()))
            self._paint_picture(painter)
            return
        corner = world.map(self._plan.bounds.topLeft())
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(QPointF(round(corner.x() * ratio), round(corner.y() * ratio)) / ratio, face)
        painter.setWorldTransform(world)
        self._paint_picture(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        """The live picture, over the card that is kept: it changes many times a second, and the card does not."""
        picture = self._walked.picture if self._walked else self.picture
        if picture is not None and not self._plan.picture.isEmpty():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            before = painter.opacity()
            painter.setOpacity(before * (MUTED_OPACITY if self.node.muted else 1.0))
            picture.paint(painter, self._plan.picture)
            painter.setOpacity(before)

    def _render(self, scale: float, ratio: float) -> QPixmap:
        bounds = self._plan.bounds
        face = QPixmap(ceil(bounds.width() * scale * ratio), ceil(bounds.height() * scale * ratio))
        face.setDevicePixelRatio(ratio)
        face.fill(Qt.GlobalColor.transparent)
        painter = QPainter(face)
        painter.scale(scale, scale)
        painter.translate(-bounds.topLeft())
        paint_card(painter, self._card, self._plan, chosen=self._chosen)
        painter.end()
        return face

    def _refresh(self) -> bool:
        """Make the card anew. True if its size or ports changed."""
        walked, shown = self._walked, self._walked or self.picture
        figures = walked.figures if walked else self._figures
        card = card_of(self.node, self.facts, self.problems, title=self.title, value=self._value, figures=figures)
        plan = plan_of(card, shown.height if shown else 0.0)
        if card != self._card:
            self._card = card
            self.repaint()
        else:
            self.update()
        if plan == self._plan:
            return False
        self.prepareGeometryChange()
        self._faces.drop(self)
        self._plan = plan
        return True
