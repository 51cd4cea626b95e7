"""Drag from a port to a port to make a wire; from an input that has a wire, or from near an end of one, to pick that
wire up; with Ctrl from an output, to pick up all its wires.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QToolTip

from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.boxes.wish import Pulled
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.wire_paint import paint_chip, paint_end, paint_wires
from nnstudio.ui.canvas.gestures.wire_texts import chip_lines
from nnstudio.ui.canvas.gestures.wiring import FITS, REFUSED, Drag, End, Verdict
from nnstudio.ui.canvas.items.card_paint import paint_ring
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.metrics import PLAIN_BELOW, PORT, PORT_REACH, SNAP_REACH
from nnstudio.ui.canvas.scene import CanvasScene


class ConnectGesture(Gesture):
    """Wires follow the mouse and snap to the nearest port that takes them; over a card, to its nearest that does.

    In empty space a new one asks for a node to go to, and those picked up are dropped for good. With Alt a wire changes
    its end with the wire that is there. `clicked` is a wire that is chosen where nothing was dragged.
    """

    cursor = Qt.CursorShape.CrossCursor
    scrolls = True

    def __init__(self, view: Board, drag: Drag, clicked: Link | None = None) -> None:
        self._view, self._drag, self._clicked = view, drag, clicked
        self._at = Pointer(QPointF(), view.viewport().rect().center())
        self._pressed = self._at
        self._snapped: End | None = None
        self._dragging = False

    @property
    def snapped_to(self) -> End | None:
        return self._snapped

    @property
    def said(self) -> list[str]:
        """What stands beside the mouse."""
        return chip_lines(self._drag, self._snapped, self._at.alt)[0]

    def start(self, at: Pointer) -> None:
        self._pressed = self._at = at

    def update(self, at: Pointer) -> None:
        if not self._dragging:
            if not at.dragged_from(self._pressed):
                return
            self._dragging = True
            self._hide(True)
        self._at = at
        self._snapped = self._nearest(at.scene)
        self._tell(at)

    def finish(self, at: Pointer) -> None:
        self._end()
        other = self._drag.other_at(self._snapped) if at.alt and self._snapped is not None else None
        if not self._dragging:
            if self._clicked is not None:
                self._view.canvas.choose_wire(self._clicked, at.adding)
        elif other is not None:
            self._view.edits.swap((self._drag.picked_up[0], other))
        elif self._snapped is not None:
            self._view.edits.connect_all(self._drag.links_to(self._snapped), self._drag.picked_up)
        elif self._card_at(at.scene) is not None:
            return  # that card has nothing to take or to lose
        elif self._drag.picked_up:
            self._view.edits.delete((), self._drag.picked_up)
        else:
            held = self._drag.held[0]
            self._view.ask_for_layer(at.scene, Pulled(held.item.node.id, held.spot.name, held.spot.is_output))

    def cancel(self) -> None:
        self._end()

    def paint(self, painter: QPainter, zoom: float) -> None:
        if not self._dragging:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        verdict = self._verdict
        paint_wires(painter, self._lines(), self._color(), verdict is not None and verdict.answer != FITS)
        if zoom >= PLAIN_BELOW:
            for end in self._ends_in(self._view.navigator.seen()):
                paint_end(painter, end, self._drag.judge(end), self._is_snapped(end))
        for held in self._drag.held:
            paint_ring(painter, held.at, theme.color("accent"), PORT + 1)
        lines, tone = chip_lines(self._drag, self._snapped, self._at.alt)
        room = self._view.viewport().rect()  # the chip leaves the card free that the wire goes to
        paint_chip(painter, lines, tone, self._at.view, room, left=self._drag.from_output)

    # Inside

    @property
    def _verdict(self) -> Verdict | None:
        return self._drag.judge(self._snapped) if self._snapped is not None else None

    def _is_snapped(self, end: End) -> bool:
        return self._snapped is not None and end.key == self._snapped.key

    def _lines(self) -> Iterator[tuple[QPointF, QPointF]]:
        """Each wire from its output to its input; the loose end is at the mouse, or at a port that takes it."""
        verdict, loose = self._verdict, self._at.scene
        if self._snapped is not None and verdict is not None and verdict.answer != REFUSED:
            loose = self._snapped.at
        for held in self._drag.held:
            yield (held.at, loose) if self._drag.from_output else (loose, held.at)

    def _color(self) -> QColor:
        verdict, spec = self._verdict, self._drag.carried
        if verdict is not None and verdict.answer != FITS:
            return theme.color("bad" if verdict.answer == REFUSED else "warning")
        return theme.wire_color(spec.kind) if spec else theme.color("accent")

    def _ends_in(self, area: QRectF) -> Iterator[End]:
        """The ports of the other side on cards there: only what is there is asked."""
        found = self._view.canvas.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        for item in found:
            if isinstance(item, NodeItem):
                yield from self._ends_of(item)

    def _ends_of(self, item: NodeItem) -> Iterator[End]:
        """The ports of the other side of a card."""
        return (End(item, spot) for spot in item.plan.spots if spot.is_output != self._drag.from_output)

    def _nearest(self, at: QPointF) -> End | None:
        """The nearest port that takes the wires; one that refuses them where none does, or right under the mouse."""
        reach, upon = SNAP_REACH / self._view.zoom, PORT_REACH / 2 / self._view.zoom
        around = self._ends_in(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach))
        near = [(end, gap) for end in around if (gap := _gap(end, at)) <= reach]
        if near:
            return min(near, key=lambda each: (each[1] > upon and self._refuses(each[0]), each[1]))[0]
        card = self._card_at(at)
        if card is None or any(card is held.item for held in self._drag.held):
            return None
        return min(self._ends_of(card), key=lambda end: (self._refuses(end), _gap(end, at)), default=None)

    def _refuses(self, end: End) -> bool:
        return self._drag.judge(end).answer == REFUSED

    def _card_at(self, at: QPointF) -> NodeItem | None:
        """The card under the mouse."""
        found = self._view.canvas.items(at, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return next((item for item in found if isinstance(item, NodeItem) and item.card_rect.contains(at)), None)

    def _tell(self, at: Pointer) -> None:
        """Why a port refuses, or what is wrong with the shape, beside the mouse."""
        verdict = self._verdict
        reason = verdict.reason if verdict is not None else ""
        if self._snapped is not None and not reason:
            reason = self._drag.preview(self._snapped).reason
        if reason:
            place = self._view.viewport().mapToGlobal(at.view)
            QToolTip.showText(place, texts.plain(reason), self._view.viewport())
        else:
            QToolTip.hideText()

    def _end(self) -> None:
        QToolTip.hideText()
        self._hide(False)

    def _hide(self, hidden: bool) -> None:
        """The wires that were picked up are drawn by the hand."""
        for link in self._drag.picked_up:
            if link in self._view.canvas.links:
                self._view.canvas.links[link].set_hidden(hidden)
        if self._drag.picked_up and self._view.zoom < PLAIN_BELOW:
            self._view.overview.forget()


def _gap(end: End, at: QPointF) -> float:
    return QLineF(end.at, at).length()


def from_port(scene: CanvasScene, pressed: End) -> Drag:
    """A new wire from the port; from an input that has a wire, that one is picked up, of several the last."""
    present = [] if pressed.spot.is_output else scene.sheet.links_into(pressed.item.node.id, pressed.spot.name)
    return from_wire_end(scene, present[-1], False) if present else Drag(scene, (pressed,))


def from_wire_end(scene: CanvasScene, link: Link, at_start: bool) -> Drag:
    """One end of a wire is picked up, and it hangs on the other."""
    return Drag(scene, (_far_end(scene, link, not at_start),), (link,))


def all_from(scene: CanvasScene, output: End) -> Drag:
    """All wires of an output are picked up, each hanging on its target; a new one where there is none."""
    mine = (output.item.node.id, output.spot.name)
    links = sorted(link for link in scene.links_of(mine[0]) if (link.source, link.output) == mine)
    if not links:
        return Drag(scene, (output,))
    return Drag(scene, [_far_end(scene, link, False) for link in links], links)


def _far_end(scene: CanvasScene, link: Link, is_output: bool) -> End:
    item = scene.nodes[link.source if is_output else link.target]
    spot = item.plan.spot(link.output if is_output else link.input, is_output)
    assert spot is not None, "a wire is at ports"
    return End(item, spot)
