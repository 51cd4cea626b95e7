"""Click a node, frame or comment to choose it, drag it to move all that is chosen, and what lies in chosen frames."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.graph.marking import shifted
from nnstudio.graph.nodes import Link, Position
from nnstudio.ui import theme
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.guides import REACH, Guides, Pace
from nnstudio.ui.canvas.gestures.landing import Landing
from nnstudio.ui.canvas.gestures.wire_paint import paint_chip
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.texts import tr


class MoveGesture(Gesture):
    """With Shift on the grid, else softly drawn to neighbours. The document moves at the end, in one step. What is
    locked stays where it is. A node without wires can be dropped on one.
    """

    scrolls = True

    def __init__(self, view: Board, node: str) -> None:
        self._view, self._scene, self._node = view, view.canvas, node
        self._pressed = self._at = Pointer(QPointF(), QPoint())
        self._before: dict[str, QPointF] = {}
        self._ways: dict[Link, tuple[Position, ...]] = {}
        self._chosen_before = self._scene.chosen_things
        self._links_before = self._scene.chosen_links
        self._was_chosen = node in self._scene.chosen_things
        self._guides, self._seen, self._lines = Guides(()), QRectF(), list[QLineF]()
        self._pace = Pace()
        self.landing: Landing | None = None
        self._held_fast = False

    @property
    def moving(self) -> bool:
        return bool(self._before)

    @property
    def lines(self) -> list[QLineF]:
        """The guides that are shown."""
        return self._lines

    def start(self, at: Pointer) -> None:
        """Choose at once; what was chosen already may be about to be dragged, so it waits for the release."""
        self._pressed = self._at = at
        if self._was_chosen:
            return
        if at.adding:
            self._scene.choose((*self._scene.chosen_things, self._node), self._scene.chosen_links)
        else:
            self._scene.choose((self._node,))

    def update(self, at: Pointer) -> None:
        self._at = at
        if not self.moving and not self._held_fast:
            if not at.dragged_from(self._pressed):
                return
            self.lift()
        if self.moving:
            self.carry(self._shift(at))
            if self.landing is not None:
                self.landing.update(at.scene)

    def finish(self, at: Pointer) -> None:
        if self._held_fast:
            return
        if not self.moving:
            self._click(at)
            return
        places = self.places()
        self.put_back()
        if self.landing is not None and self.landing.link is not None:
            self._view.edits.insert_node(self._node, self.landing.link, QPointF(*places[self._node]))
        else:
            self._view.edits.move(places)

    def cancel(self) -> None:
        if self.moving:
            self.put_back()
        self._scene.choose(self._chosen_before, self._links_before)

    def paint(self, painter: QPainter, zoom: float) -> None:
        pen = QPen(theme.color("accent"), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(self._lines)
        if self.landing is not None:
            self.landing.paint(painter)
        if self._held_fast:
            words = tr("{name} is locked").format(name=self._scene.nodes[self._node].node.name)
            paint_chip(painter, [words], "line", self._at.view, self._view.viewport().rect(), left=False)

    # For those that do something else with what is dragged

    def lift(self) -> None:
        """The drag begins."""
        things = self._scene.marks.with_contents((*self._scene.chosen_things, self._node))
        wanted = [key for key in things if not self._is_locked(key)]
        self._held_fast = self._node not in wanted
        if self._held_fast:
            self.cursor = Qt.CursorShape.ForbiddenCursor
            return
        self.take(wanted)
        self._scene.ignore_obstacles(self._before)
        if wanted == [self._node] and self._node in self._scene.nodes and not self._scene.links_of(self._node):
            self.landing = Landing(self._view, lambda link: self._view.edits.may_insert(self._node, link))

    def take(self, keys: list[str]) -> None:
        """These are in the hand."""
        self._before = {key: self._scene.thing(key).pos() for key in keys}
        ways = self._scene.sheet.ways
        self._ways = {link: way for link, way in ways.items() if {link.source, link.target} <= self._before.keys()}

    def carry(self, shift: QPointF) -> None:
        """The cards are that far from where they were."""
        for key, place in self._before.items():
            self._scene.thing(key).setPos(place + shift)
        for link, way in self._ways.items():
            self._scene.wires.lead(link, shifted(way, (shift.x(), shift.y())))
        self._scene.follow(self._before)

    def gone(self) -> Collection[str]:
        """What is not at its place now, so that it is no guide."""
        return self._before.keys()

    def places(self) -> dict[str, Position]:
        """Where the cards are now."""
        places = {key: self._scene.thing(key).pos() for key in self._before}
        return {key: (place.x(), place.y()) for key, place in places.items()}

    def put_back(self) -> None:
        there = [key for key in self._before if key in self._scene.nodes or key in self._scene.marks.items]
        for key in there:
            self._scene.thing(key).setPos(*self._scene.thing(key).at)
        for link in self._ways.keys() & self._scene.links.keys():
            self._scene.wires.lead(link)
        self._scene.moved(there)

    # Inside

    def _is_locked(self, key: str) -> bool:
        return key in self._scene.nodes and self._scene.nodes[key].node.looks.locked

    def _shift(self, at: Pointer) -> QPointF:
        shift, anchor, slow = at.scene - self._pressed.scene, self._before[self._node], self._pace.is_slow(at.view)
        self._lines = []
        if at.shift:
            return snapped(anchor + shift) - anchor
        if not self._view.guided or not slow:
            return shift
        card = QRectF(anchor + shift, self._scene.thing(self._node).card_rect.size())
        drawn, self._lines = self._guides_in(self._view.navigator.seen()).pull(card, REACH / self._view.zoom)
        return shift + drawn

    def _guides_in(self, seen: QRectF) -> Guides:
        """Those of the cards that are seen; made anew where the view has moved."""
        if seen != self._seen:
            found = self._scene.items(seen, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
            cards = [item for item in found if isinstance(item, NodeItem) and item.node.id not in self.gone()]
            self._seen, self._guides = seen, Guides(item.card_rect for item in cards)
        return self._guides

    def _click(self, at: Pointer) -> None:
        if not self._was_chosen:
            return
        if at.adding:
            rest = tuple(key for key in self._scene.chosen_things if key != self._node)
            self._scene.choose(rest, self._scene.chosen_links)
        else:
            self._scene.choose((self._node,))
