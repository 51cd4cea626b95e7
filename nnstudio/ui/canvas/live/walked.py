"""A walk on the canvas: the node one is at in a ring with a badge, what was passed with numbers, the rest dimmed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from nnstudio.graph.nodes import Link
from nnstudio.project.walking import Place, Walk
from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.items.thumbnails import Thumbnail, thumbnail_of
from nnstudio.ui.canvas.items.walked import Walked, fitting
from nnstudio.ui.canvas.metrics import RADIUS, font, measure
from nnstudio.ui.canvas.scene import CanvasScene

AHEAD, UNCOMPUTED = 0.55, 0.45
"""How strong a node is that the gradient has not come to, and one that has no value yet."""
_LONG = 120.0
"""A wire as long has two arrows."""
_FEW = 4
"""Numbers that are told one by one."""


class WalkOnCanvas(QObject):
    """Follows the bridge. What stands over the cards is painted by whoever calls `paint`."""

    changed = Signal(object)
    """The node that is to be in view, or an empty id."""

    def __init__(self, bridge: Bridge, scene: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._scene = bridge, scene
        self._shown: Walk | None = None
        self._pictures: dict[str, Thumbnail | None] = {}
        for signal in (bridge.walked, scene.entered, scene.rebuilt):
            signal.connect(self._refresh)

    @property
    def walk(self) -> Walk | None:
        """The one to be shown."""
        return self._bridge.session.walking.walk if self._bridge.current is not None else None

    @property
    def here(self) -> str:
        """The node of this drawing where one is, or empty."""
        return self.walk.here(self._bridge.path) if self.walk is not None else ""

    def paint(self, painter: QPainter, zoom: float) -> None:
        """The wires that lead here, the ring and the badge."""
        walk, here = self.walk, self.here
        if walk is None or here not in self._scene.nodes:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for link in self._leading(walk, here):
            _paint_way(painter, self._scene.links[link], _color(walk), max(1.0, 0.6 / zoom), back=walk.backward)
        _paint_ring(painter, self._scene.nodes[here].card_rect, walk, max(1.0, 0.6 / zoom))

    # Inside

    def _refresh(self, _: object = None) -> None:
        walk = self.walk
        if walk is None and self._shown is None:
            return
        if walk is not self._shown:
            self._pictures.clear()
        self._shown = walk
        self._dress(walk)
        self.changed.emit(self.here)

    def _dress(self, walk: Walk | None) -> None:
        resized = [key for key, item in self._scene.nodes.items() if item.set_walked(self._look(item, walk))]
        if resized:
            self._scene.moved(resized)
        for key, item in self._scene.nodes.items():
            item.setOpacity(self._strength(walk, key))
        for link, wire in self._scene.links.items():
            wire.setOpacity(self._strength(walk, link.source if walk is not None and walk.backward else link.target))

    def _strength(self, walk: Walk | None, node: str) -> float:
        if walk is None or node == self.here or self._scene.nodes[node].node.muted or walk.reached(self._place(node)):
            return 1.0
        return AHEAD if walk.backward else UNCOMPUTED

    def _place(self, node: str) -> Place:
        return (*self._bridge.path, node)

    def _look(self, item: NodeItem, walk: Walk | None) -> Walked | None:
        """What a card shows; None for what it shows otherwise, also where the walk never comes."""
        place = self._place(item.node.id)
        example = walk.example(place) if walk is not None else None
        if walk is None or example is None:
            return None
        value, gradient = walk.value(place), walk.gradient(place)
        picture = self._picture(walk, gradient or value)
        room = picture or self._picture(walk, example)
        return Walked(_figures(walk, item.node.name, value, gradient), picture, room.height if room else 0.0)

    def _picture(self, walk: Walk, step: msg.NodeStep | None) -> Thumbnail | None:
        if step is None:
            return None
        if step.array not in self._pictures:
            numbers = walk.numbers(step)
            drawn = None
            if numbers is not None and numbers.size > 1:
                drawn = thumbnail_of(numbers, given=step.given, signed=step.backward)
            self._pictures[step.array] = drawn
        return self._pictures[step.array]

    def _leading(self, walk: Walk, here: str) -> list[Link]:
        """Forward what comes in, backward what goes out: by it the gradient comes."""
        links = [link for link in self._scene.links_of(here) if link in self._scene.links]
        if not walk.backward:
            return [link for link in links if link.target == here]
        return [link for link in links if link.source == here and self._comes_by(walk, link)]

    def _comes_by(self, walk: Walk, link: Link) -> bool:
        """Whether a gradient has come to the other end; a muted node hands it on."""
        return self._scene.nodes[link.target].node.muted or walk.reached(self._place(link.target))


def _figures(walk: Walk, name: str, value: msg.NodeStep | None, gradient: msg.NodeStep | None) -> tuple[str, ...]:
    """The value and the gradient by it: in numbers where they are few, else what is typical of them."""
    if value is None:
        return ("",)
    few = _few(walk, value)
    long, short = (f"{name} = {few}", few) if few else (texts.tr("mean {0}").format(_short(value.mean)),) * 2
    if gradient is None:
        return fitting((long,), (short,))
    rough = long if few else texts.tr("mean {0}").format(texts.digits(value.mean, ".2g"))
    few = _few(walk, gradient)
    if few:
        slope = f"∂L/∂{name if gradient.name else 'L'} = {few}"
        return fitting((long, slope), (short, slope), (short, f"∂ {few}"))
    norm = _short(gradient.norm)
    least = texts.digits(gradient.norm, ".2g")
    return fitting((short, texts.tr("∂ norm {0}").format(norm)), (short, f"∂ {norm}"), (rough, f"∂ {least}"))


def _few(walk: Walk, step: msg.NodeStep) -> str:
    """A few numbers one by one; empty for more."""
    numbers = walk.numbers(step)
    if numbers is None or not 0 < numbers.size <= _FEW or numbers.ndim > 1:
        return ""
    told = ", ".join(map(_number, numbers.ravel().tolist()))
    return told if numbers.size == 1 else f"[{told}]"


def _number(value: float) -> str:
    return texts.digits(float(value), ".4g")


def _short(value: float) -> str:
    return texts.digits(float(value), ".3g")


def _color(walk: Walk) -> QColor:
    """As the gradient has on the cards, and the value."""
    return theme.color("warning" if walk.backward else "accent")


def _paint_way(painter: QPainter, wire: LinkItem, color: QColor, scale: float, *, back: bool) -> None:
    """The wire, thick, with arrows in the direction of the pass."""
    if wire.path.isEmpty():
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 4 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(wire.path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for share in (0.25, 0.75) if wire.path.length() > _LONG else (0.5,):
        turn = -wire.path.angleAtPercent(share) + (180 if back else 0)
        at = wire.path.pointAtPercent(share)
        arrow = QPolygonF([QPointF(9, 0), QPointF(-6, -7), QPointF(-6, 7)])
        painter.drawPolygon(QTransform().translate(at.x(), at.y()).rotate(turn).scale(scale, scale).map(arrow))


def _paint_ring(painter: QPainter, card: QRectF, walk: Walk, scale: float) -> None:
    color = _color(walk)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 3 * scale))
    painter.drawRoundedRect(card.adjusted(-4, -4, 4, 4), RADIUS + 4, RADIUS + 4)
    words = texts.tr("◀ backward") if walk.backward else texts.tr("forward ▶")
    width = measure(11, True).horizontalAdvance(words) + 16
    badge = QRectF(0, 0, width, 18)
    painter.save()
    painter.translate(card.left() + 8, card.top() - 4)
    painter.scale(scale, scale)
    painter.translate(0, -badge.height() / 2 - 3)
    painter.setPen(QPen(theme.color("canvas"), 1.5))
    painter.setBrush(color)
    painter.drawRoundedRect(badge, 9, 9)
    painter.setFont(font(11, True))
    painter.setPen(theme.color("on_accent"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()
