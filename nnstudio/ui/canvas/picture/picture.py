"""The drawing as a picture: everything that the scene shows, as it is at this moment, and nothing of the hands.

It is painted from lines and text, not from the cards that the view keeps, so that a file of it can be enlarged. What it
holds does not change with the document any more: painting may take its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from nnstudio.ui.canvas.items.card import Card, Plan
from nnstudio.ui.canvas.items.card_paint import MUTED_OPACITY, paint_card
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.mark_item import MarkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.scene import CanvasScene

MARGIN = 32.0
"""Around the drawing."""
Paint: TypeAlias = Callable[[QPainter], None]


@dataclass(frozen=True)
class _Piece:
    """One thing of the drawing: how far in front it is, what it covers, and how it is painted in the scene."""

    height: float
    covers: QRectF
    paint: Paint


class Picture:
    """Of the drawing that a scene shows."""

    def __init__(self, scene: CanvasScene) -> None:
        pieces = [
            *map(_wire, scene.links.values()),
            *map(_card, scene.nodes.values()),
            *map(_mark, scene.marks.items.values()),
        ]
        self._pieces = sorted(pieces, key=lambda piece: piece.height)
        covered = QRectF()
        for piece in pieces:
            covered = covered.united(piece.covers)
        self.area = _whole(covered.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        """What is to be shown of the scene."""

    @property
    def is_empty(self) -> bool:
        return not self._pieces

    @property
    def count(self) -> int:
        """How many steps it takes to paint it."""
        return len(self._pieces)

    def steps(self, painter: QPainter) -> Iterator[None]:
        """Paint it, one thing for each step."""
        for piece in self._pieces:
            painter.save()
            piece.paint(painter)
            painter.restore()
            yield


def _whole(area: QRectF) -> QRectF:
    """Its sides in steps of four units, which are three points on paper."""
    grown = area.toAlignedRect()
    return QRectF(grown.left(), grown.top(), -(-grown.width() // 4) * 4, -(-grown.height() // 4) * 4)


def _wire(item: LinkItem) -> _Piece:
    """As it looks with nobody pointing at it."""
    copy = LinkItem(item.link)
    copy.set_route(item.route)
    copy.set_state(item.spec, item.problem, item.prefix)
    copy.set_flow(item.flow)
    option = QStyleOptionGraphicsItem()
    return _Piece(copy.zValue(), copy.boundingRect(), lambda painter: copy.paint(painter, option))


def _card(item: NodeItem) -> _Piece:
    """Only what it says; cards keep their order."""
    paint = partial(_paint_card, card=item.card, plan=item.plan, picture=item.picture, at=item.pos())
    return _Piece(1.0, item.plan.bounds.translated(item.pos()), paint)


def _mark(item: MarkItem) -> _Piece:
    """As it looks when it is not chosen."""
    copy = type(item)(item.mark)
    option = QStyleOptionGraphicsItem()

    def paint(painter: QPainter) -> None:
        painter.translate(copy.pos())
        copy.paint(painter, option)

    return _Piece(copy.zValue(), copy.card_rect, paint)


def _paint_card(painter: QPainter, card: Card, plan: Plan, picture: Thumbnail | None, at: QPointF) -> None:
    painter.translate(at)
    paint_card(painter, card, plan, chosen=False)
    if picture is not None and not plan.picture.isEmpty():
        painter.setOpacity(MUTED_OPACITY if card.muted else 1.0)
        picture.paint(painter, plan.picture)
