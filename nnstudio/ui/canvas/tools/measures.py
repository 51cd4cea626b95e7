"""The drawing as the layout sees it: cards as boxes with room for what they will show, wires by their ports."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from nnstudio.graph.layout.aligning import Cards
from nnstudio.graph.layout.free import Area
from nnstudio.graph.layout.parts import Box, Wire
from nnstudio.graph.marks import Size
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.ui.canvas.items.card import MARGIN, plan_of
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.items.thumbnails import thumbnail_of
from nnstudio.ui.canvas.layout import around
from nnstudio.ui.canvas.scene import CanvasScene


def boxes(scene: CanvasScene, nodes: Iterable[str]) -> dict[str, Box]:
    """What is to be laid out, the oldest node first; the locked ones are fixed."""
    found = sorted((scene.sheet.node(key) for key in nodes), key=lambda node: node.order)
    return {node.id: _box(scene.nodes[node.id], node) for node in found}


def cards(scene: CanvasScene, nodes: Iterable[str]) -> Cards:
    """The cards as they are, with where they are."""
    found = [scene.sheet.node(key) for key in nodes]
    return {node.id: (node.at, Box(*_card(scene.nodes[node.id]), fixed=_fixed(node))) for node in found}


def sizes(scene: CanvasScene) -> dict[str, Size]:
    """Of all cards."""
    return {key: _card(item) for key, item in scene.nodes.items()}


def grown(scene: CanvasScene, nodes: Iterable[str]) -> QRectF:
    """What these cards will cover once their live pictures are there."""
    found = [(scene.nodes[key], _box(scene.nodes[key], scene.sheet.node(key))) for key in nodes]
    return around(QRectF(item.pos(), QSizeF(box.width, box.height)) for item, box in found)


def wires(scene: CanvasScene, nodes: Iterable[str]) -> list[Wire]:
    """Those between these nodes, in the order in which wires were drawn."""
    wanted = set(nodes)
    found = [link for link in scene.sheet.links if link.source in wanted and link.target in wanted]
    return [
        Wire(
            link.source,
            link.target,
            _port(scene.nodes[link.source], link.output, True),
            _port(scene.nodes[link.target], link.input, False),
        )
        for link in found
    ]  # fmt: skip


def others(scene: CanvasScene, nodes: Iterable[str]) -> list[Area]:
    """What all other cards take."""
    left_out = set(nodes)
    rects = (item.taken_rect for key, item in scene.nodes.items() if key not in left_out)
    return [Area(rect.x(), rect.y(), rect.width(), rect.height()) for rect in rects]


def _box(item: NodeItem, node: Node) -> Box:
    plan = item.plan
    width, height = plan.bounds.width() - 2 * MARGIN, plan.bounds.height() - 2 * MARGIN
    height = max(height, height - plan.card.height() + _height_to_come(item, node))
    return Box(width, height, node.type == DATASET, node.layer.is_loss, _fixed(node))


def _port(item: NodeItem, name: str, is_output: bool) -> float:
    """How far a port is below the card's top."""
    spot = item.plan.spot(name, is_output)
    return item.plan.card.center().y() if spot is None else spot.at.y()


def _fixed(node: Node) -> tuple[float, float] | None:
    return node.at if node.looks.locked else None


def _card(item: NodeItem) -> Size:
    return item.plan.card.width(), item.plan.card.height()


def _height_to_come(item: NodeItem, node: Node) -> float:
    """How high the card will be once its live picture is there: the drawing shall still be in order then."""
    if item.picture is not None or item.facts is None or node.looks.collapsed:
        return 0.0
    for spec in item.facts.outputs.values():
        array = np.broadcast_to(np.float32(0), spec.per_sample)
        picture = thumbnail_of(array, given=node.type == DATASET)
        if picture is not None:
            return plan_of(item.card, picture.height).card.height()
    return 0.0
