"""The frames and comments of a scene: mirrored from the document, chosen, and painted from far away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph import changes as ch
from nnstudio.graph.document import Sheet
from nnstudio.graph.marks import Frame, Mark
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.comment_item import CommentItem
from nnstudio.ui.canvas.items.frame_item import FrameItem
from nnstudio.ui.canvas.items.mark_item import MarkItem, faded
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.layout import around
from nnstudio.ui.canvas.metrics import font, measure
from nnstudio.ui.canvas.wiring.routing import Box, box_of

_FAR_PX = 32


class Marks:
    """Follows the changes that it is told of."""

    def __init__(self, scene: QGraphicsScene, nodes: Mapping[str, NodeItem]) -> None:
        self.items: dict[str, MarkItem] = {}
        self.chosen: tuple[str, ...] = ()
        self._scene, self._nodes = scene, nodes

    @property
    def area(self) -> QRectF:
        """What all of them cover."""
        return around(item.card_rect for item in self.items.values())

    @property
    def titles(self) -> dict[str, Box]:
        """The strips with the titles of frames."""
        return {key: box_of(each.header_rect) for key, each in self.items.items() if isinstance(each, FrameItem)}

    def show(self, sheet: Sheet) -> None:
        """Those of another drawing; the items of the one before are gone already."""
        self.clear()
        for mark in sheet.marks.values():
            self._add(mark)

    def clear(self) -> None:
        self.items.clear()
        self.chosen = ()

    def follow(self, change: object) -> bool:
        """One change of this drawing. False if it was none of a mark."""
        match change:
            case ch.MarkAdded(mark):
                self._add(mark)
            case ch.MarkRemoved(mark):
                self._scene.removeItem(self.items.pop(mark.id))
                self.chosen = tuple(key for key in self.chosen if key != mark.id)
            case ch.MarkChanged(_, _, mark):
                self.items[mark.id].set_mark(mark)
            case _:
                return False
        return True

    def choose(self, keys: Iterable[str]) -> bool:
        """Show these as chosen. True if others were."""
        wanted = tuple(dict.fromkeys(key for key in keys if key in self.items))
        for key in {*self.chosen} ^ {*wanted}:
            self.items[key].set_chosen(key in wanted)
        changed, self.chosen = wanted != self.chosen, wanted
        return changed

    def with_contents(self, keys: Collection[str]) -> list[str]:
        """Nodes and marks, and all that lies wholly in the frames among them."""
        frames = [item for key in keys if isinstance(item := self.items.get(key), FrameItem)]
        if not frames:
            return list(dict.fromkeys(keys))
        places = {key: card.card_rect for key, card in self._nodes.items()}
        places |= {key: mark.card_rect for key, mark in self.items.items()}
        inside = [key for key, area in places.items() if any(frame.surrounds(area) for frame in frames)]
        return list(dict.fromkeys((*keys, *inside)))

    def touched(self, area: QRectF) -> list[str]:
        """What a box around something means: comments that it touches, and frames that are wholly in it."""
        return [
            key
            for key, item in self.items.items()
            if (area.contains if isinstance(item, FrameItem) else area.intersects)(item.card_rect)
        ]

    def paint_far(self, painter: QPainter) -> None:
        """What is behind the wires, for when the items are not asked: frames as plain areas."""
        painter.save()
        for item in self._sorted():
            if isinstance(item, FrameItem):
                _paint_far(painter, item)
        painter.restore()

    def paint_far_front(self, painter: QPainter, *, names: bool = False) -> None:
        """What is before the wires: comments, and the names of all, so that no wire strikes them out."""
        painter.save()
        for item in self._sorted():
            if not isinstance(item, FrameItem):
                _paint_far(painter, item)
            if names and item.name:
                _paint_name(painter, item)
        painter.restore()

    def _sorted(self) -> list[MarkItem]:
        """From back to front."""
        return sorted(self.items.values(), key=MarkItem.zValue)

    def _add(self, mark: Mark) -> None:
        item = FrameItem(mark) if isinstance(mark, Frame) else CommentItem(mark)
        self.items[mark.id] = item
        self._scene.addItem(item)


def _paint_far(painter: QPainter, item: MarkItem) -> None:
    pen = QPen(theme.color("accent") if item.chosen else faded(item.hue, 0.6), 2 if item.chosen else 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    if isinstance(item, FrameItem):
        painter.setBrush(faded(item.hue, 0.14))
    else:
        painter.setBrush(theme.mix(theme.color("surface"), item.hue, 0.25))
    painter.drawRect(item.card_rect)


def _paint_name(painter: QPainter, item: MarkItem) -> None:
    room = item.card_rect.adjusted(12, 6, -12, -6)
    name = measure(_FAR_PX, True).elidedText(item.name, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(font(_FAR_PX, True))
    painter.setPen(theme.color("text"))
    if room.width() > 4 * _FAR_PX and room.height() >= _FAR_PX:
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
