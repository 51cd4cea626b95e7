"""What is under the mouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from nnstudio.ui.canvas.items.card import Spot
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.mark_item import NO_SIDE, MarkItem, Side
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.scene import CanvasScene

INPUT, OUTPUT, FIX, NODE = "input", "output", "fix", "node"
WIRE, WIRE_START, WIRE_END = "wire", "start of a wire", "end of a wire"
DOT, PAPER = "reroute point", "paper"
"""Kinds of hits."""
MARK, ACROSS, ALONG, RISING, FALLING = "mark", "side ↔", "side ↕", "corner ⤢", "corner ⤡"
"""More kinds: a frame's header or a comment, and where these are resized."""
END_REACH = 44.0
"""How far along a wire from a port a press still means that end of it, in pixels on the screen."""
WIRE_REACH = 10.0
"""How far beside a wire a press still means it, in pixels on the screen."""
_EDGES = {
    NO_SIDE: MARK,
    **dict.fromkeys(((-1, 0), (1, 0)), ACROSS),
    **dict.fromkeys(((0, -1), (0, 1)), ALONG),
    **dict.fromkeys(((-1, 1), (1, -1)), RISING),
    **dict.fromkeys(((-1, -1), (1, 1)), FALLING),
}
_BESIDE = 0.6
"""Of how far beside a wire: so far from its edge a press still means a mark."""
_INSIDE = 0.7
"""On the card itself a port reaches less far, so that the card can be taken beside it."""


@dataclass(frozen=True)
class Hit:
    """A port with its node, a node, a fix offered at a node, a wire, or nothing."""

    node: NodeItem | None = None
    spot: Spot | None = None
    link: LinkItem | None = None
    on_fix: bool = False
    dot: int | None = None
    """Of a wire: which of its reroute points."""
    near: str = ""
    """Of a wire: which of its ends is near, WIRE_START or WIRE_END."""
    mark: MarkItem | None = None
    side: Side = NO_SIDE
    """Of a frame or a comment: which of its edges is meant."""

    @property
    def kind(self) -> str:
        """What it is that was hit."""
        if self.node is not None:
            if self.spot is not None:
                return OUTPUT if self.spot.is_output else INPUT
            return FIX if self.on_fix else NODE
        if self.link is not None:
            return self.near or WIRE if self.dot is None else DOT
        return _EDGES[self.side] if self.mark is not None else PAPER


def hit(scene: CanvasScene, at: QPointF, port_reach: float, wire_reach: float) -> Hit:
    """What is at a place in the scene. `port_reach` 0 means that ports are too small to be meant."""
    scene.wires.settle()
    reach = max(port_reach, wire_reach)
    around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
    found = scene.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.DescendingOrder)
    nodes = [item for item in found if isinstance(item, NodeItem)]
    marks = [item for item in found if isinstance(item, MarkItem)]
    comments, frames = _parted(marks)
    return (
        _port_hit(nodes, at, port_reach)
        or _node_hit(nodes, at)
        or _mark_hit(comments, at, wire_reach)
        or _on_wire(found, at, wire_reach)
        or _mark_hit(frames, at, wire_reach)
        or Hit()
    )


def _port_hit(nodes: list[NodeItem], at: QPointF, reach: float) -> Hit | None:
    best, nearest = None, reach
    for node in nodes:
        allowed = reach * _INSIDE if node.card_rect.contains(at) else reach
        near = node.spot_near(at, allowed)
        if near is not None and near[1] <= nearest:
            best, nearest = Hit(node, near[0]), near[1]
    return best


def _node_hit(nodes: list[NodeItem], at: QPointF) -> Hit | None:
    for node in nodes:
        if node.fix_rect.contains(at):
            return Hit(node, on_fix=True)
        if node.card_rect.contains(at):
            return Hit(node)
    return None


def _parted(marks: list[MarkItem]) -> tuple[list[MarkItem], list[MarkItem]]:
    """Those before the wires, and those behind them."""
    return [mark for mark in marks if mark.zValue() >= 0], [mark for mark in marks if mark.zValue() < 0]


def _mark_hit(marks: list[MarkItem], at: QPointF, reach: float) -> Hit | None:
    for mark in marks:
        side = mark.side_at(at, reach * _BESIDE)
        if side != NO_SIDE or mark.holds(at):
            return Hit(mark=mark, side=side)
    return None


def _on_wire(found: list[QGraphicsItem], at: QPointF, reach: float) -> Hit | None:
    wire = wire_hit(found, at, reach)
    return wire if wire.link is not None else None


def wire_hit(found: Iterable[QGraphicsItem], at: QPointF, reach: float) -> Hit:
    """The uppermost of these wires at a place; its points go before all wires."""
    wires = [item for item in found if isinstance(item, LinkItem)]
    for item in wires:
        for index, dot in enumerate(item.dots):
            if _distance(at, dot) <= reach:
                return Hit(link=item, dot=index)
    spot = QRectF(at.x() - reach / 2, at.y() - reach / 2, reach, reach)
    for item in wires:
        if item.shape().intersects(spot):
            return Hit(link=item, near=_near_end(item, at, reach / WIRE_REACH * END_REACH))
    return Hit()


def _near_end(wire: LinkItem, at: QPointF, reach: float) -> str:
    """Which end of a wire is meant; of a short one the middle fifth still is none."""
    first, last = wire.ends
    near = min((_distance(at, first), WIRE_START), (_distance(at, last), WIRE_END))
    return near[1] if near[0] <= min(reach, 0.4 * _distance(first, last)) else ""


def _distance(one: QPointF, other: QPointF) -> float:
    return QLineF(one, other).length()
