"""A dragged node over a wire: the wire lights up, and the node will be put into it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.hits import WIRE_REACH, wire_hit
from nnstudio.ui.canvas.items.link_item import LinkItem


class Landing:
    """`takes` says whether the node can be put into a wire; each wire is asked once."""

    def __init__(self, view: Board, takes: Callable[[Link], bool]) -> None:
        self._view, self._takes = view, takes
        self._known: dict[Link, bool] = {}
        self._wire: LinkItem | None = None

    @property
    def link(self) -> Link | None:
        """The wire under the mouse, if it takes the node."""
        return self._wire.link if self._wire is not None else None

    def update(self, at: QPointF) -> None:
        """The mouse is here, with the node."""
        reach = WIRE_REACH / self._view.zoom
        around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        found = self._view.canvas.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        wires = [item for item in found if isinstance(item, LinkItem) and self._may_take(item.link)]
        self._wire = wire_hit(wires, at, reach).link

    def paint(self, painter: QPainter) -> None:
        if self._wire is not None and self._wire.link in self._view.canvas.links:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 5))
            painter.drawPath(self._wire.path)

    def _may_take(self, link: Link) -> bool:
        if link not in self._known:
            self._known[link] = self._takes(link)
        return self._known[link]
