"""The drawing from far away: plain cards with names, farther still blocks of colour; also what the mini map shows.

The scene is cut into patches, of which only those in view are painted. What hands carry is apart from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import chain
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from nnstudio.ui import theme
from nnstudio.ui.canvas.metrics import BLOCKS_BELOW, font
from nnstudio.ui.canvas.overview.far import Names, Patch, paint_outlines
from nnstudio.ui.canvas.overview.load import Load
from nnstudio.ui.canvas.scene import CanvasScene

_SMALL_BELOW = 0.25
"""Under this zoom names are written larger."""
_ROUND = 40.0
"""Room around the cards for wires and outlines."""
_PATCH = 2048.0
"""Side of a patch; a wire that is longer than this belongs to none."""
_NAMED, _PLAIN = 0.35, 0.8
"""How strong the colour of a card is: names on it are to be read, too."""
_LARGEST_SHEET = 4e6
"""Pixels."""


class Overview:
    """Paints the scene without its items."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._patches: list[Patch] = []
        self._carried: Collection[str] = ()
        self._load: Load | None = None
        """What is left out of the patches, as it moves."""
        self._sheet = QPixmap()
        self._sheet_of: tuple[object, ...] = ()
        self._names = Names(26), Names(40)
        self._stale = True
        scene.content_changed.connect(self.forget)
        for told in (scene.recolored, scene.rebuilt, scene.entered):
            told.connect(self.forget)
        theme.current().changed.connect(self.forget)

    def forget(self) -> None:
        """The drawing has changed: make the lists again before they are used."""
        self._stale = True
        self._sheet_of = ()

    def paint(self, painter: QPainter, zoom: float, seen: QRectF, *, keep: bool) -> None:
        """As the view shows it: frames, wires, cards, names and what is chosen. `seen` is the part in view.

        `keep` makes a picture of it all, which the next frames of a pan only copy.
        """
        self._refresh()
        ratio = painter.device().devicePixelRatioF()
        area = self._scene.content_rect().united(self.covered()).adjusted(-_ROUND, -_ROUND, _ROUND, _ROUND)
        pixels = area.width() * area.height() * (zoom * ratio) ** 2
        if not keep or self._load or pixels > _LARGEST_SHEET:
            self._paint_part(painter, zoom, seen)
            return
        wanted = (zoom, ratio, self._scene.chosen_things)
        if wanted != self._sheet_of:
            self._sheet_of = wanted
            self._sheet = self._make_sheet(area, zoom, ratio)
        world = painter.worldTransform()
        corner = world.map(area.topLeft())
        painter.resetTransform()
        painter.drawPixmap(QPointF(round(corner.x()), round(corner.y())), self._sheet)
        painter.setWorldTransform(world)

    def covered(self) -> QRectF:
        """What cards and wires cover: these swing out beyond the cards where a row ends."""
        self._refresh()
        area = QRectF()
        for patch in self._all():
            area = area.united(patch.bounds)
        return area

    def paint_blocks(self, painter: QPainter) -> None:
        """Only the cards, in their colours."""
        self._refresh()
        _each(painter, self._all(), lambda patch: patch.paint_cards(painter, _PLAIN))

    def _make_sheet(self, area: QRectF, zoom: float, ratio: float) -> QPixmap:
        size = area.size() * zoom * ratio
        sheet = QPixmap(ceil(size.width()), ceil(size.height()))
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.scale(zoom, zoom)
        painter.translate(-area.topLeft())
        self._paint_part(painter, zoom, area)
        painter.end()
        return sheet

    def _paint_part(self, painter: QPainter, zoom: float, seen: QRectF) -> None:
        patches = [patch for patch in self._all() if patch.bounds.intersects(seen)]
        near = zoom >= BLOCKS_BELOW
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, near)
        marks = self._scene.marks
        marks.paint_far(painter)
        _each(painter, patches, lambda patch: patch.paint_wires(painter, 1.4 if near else 1))
        marks.paint_far_front(painter, names=near)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        _each(painter, patches, lambda patch: patch.paint_cards(painter, _NAMED if near else _PLAIN))
        _each(painter, patches, lambda patch: patch.paint_wrong(painter))
        paint_outlines(painter, self._chosen_cards(), "accent")
        if near:
            names = self._names[zoom < _SMALL_BELOW]
            painter.setFont(font(names.px, True))
            painter.setPen(theme.color("text"))
            _each(painter, patches, lambda patch: patch.paint_names(painter, names))

    def _chosen_cards(self) -> list[QRectF]:
        nodes = self._scene.nodes
        return [nodes[key].card_rect for key in self._scene.chosen if key in nodes]

    # The lists

    def _all(self) -> Iterable[Patch]:
        """What lies still, and what is carried."""
        return chain(self._patches, self._load.patches() if self._load else ())

    def _refresh(self) -> None:
        carried = self._scene.wires.ignored
        if not self._stale and carried == self._carried:
            return
        self._stale, self._carried = False, carried
        self._load = Load(self._scene, carried) if carried else None
        patches: dict[tuple[int, int] | None, Patch] = {}
        for key, item in self._scene.nodes.items():
            if key not in carried:
                _patch(patches, item.card_rect).add_card(item)
        for link, wire in self._scene.links.items():
            if link.source not in carried and link.target not in carried:
                _patch(patches, wire.boundingRect()).add_wire(wire)
        self._patches = list(patches.values())


def _each(painter: QPainter, patches: Iterable[Patch], paint: Callable[[Patch], None]) -> None:
    """Paint of each patch what is asked for, where it is."""
    for patch in patches:
        painter.translate(patch.shift)
        paint(patch)
        painter.translate(-patch.shift)


def _patch(patches: dict[tuple[int, int] | None, Patch], rect: QRectF) -> Patch:
    """The one that a thing belongs to by its corner; what is large is by itself with others of the kind."""
    where = None
    if max(rect.width(), rect.height()) <= _PATCH:
        where = int(rect.left() // _PATCH), int(rect.top() // _PATCH)
    return patches.setdefault(where, Patch())
