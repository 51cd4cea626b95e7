"""The drawing from far away: plain cards with names, farther still blocks of colour; also what the mini map shows.

Everything of one colour is painted in one call, from lists that are made when the drawing changes and not for
each frame: a thousand cards take a few milliseconds.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QStaticText, QTransform

from nnstudio.ui import hues, theme
from nnstudio.ui.canvas.metrics import BLOCKS_BELOW, CARD_WIDTH, font, measure
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.scene import CanvasScene

_NAME_PX = 26
_SMALL_NAME_PX = 40
_SMALL_BELOW = 0.25
"""Under this zoom names are written larger."""
_SCALE = 0.3
_COARSE = QTransform.fromScale(_SCALE, _SCALE)
"""Curves are made straight for about that zoom."""
_ROUND = 40.0
"""Room around the cards for wires and outlines."""
_LARGEST_SHEET = 24e6
"""Pixels."""


class Overview:
    """Paints the scene without its items."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._cards: dict[tuple[str, str], list[QRectF]] = {}
        self._muted: list[QRectF] = []
        self._wrong: list[QRectF] = []
        self._wires: dict[str, list[QLineF]] = {}
        self._names: dict[int, list[tuple[QPointF, QStaticText]]] = {}
        self._sheet = QPixmap()
        self._sheet_of: tuple[object, ...] = ()
        self._known: dict[tuple[str, int], QStaticText] = {}
        self._stale = True
        scene.content_changed.connect(self.forget)
        theme.current().changed.connect(self.forget)

    def forget(self) -> None:
        """The drawing has changed: make the lists again before they are used."""
        self._stale = True
        self._sheet_of = ()

    def paint(self, painter: QPainter, zoom: float, *, keep: bool) -> None:
        """As the view shows it: wires, cards, names and what is chosen.

        `keep` makes a picture of it all, which the next frames of a pan only copy.
        """
        self._refresh()
        ratio = painter.device().devicePixelRatioF()
        area = self._scene.content_rect().adjusted(-_ROUND, -_ROUND, _ROUND, _ROUND)
        pixels = area.width() * area.height() * (zoom * ratio) ** 2
        if not keep or pixels > _LARGEST_SHEET:
            self._paint_all(painter, zoom)
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

    def _make_sheet(self, area: QRectF, zoom: float, ratio: float) -> QPixmap:
        size = area.size() * zoom * ratio
        sheet = QPixmap(ceil(size.width()), ceil(size.height()))
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.scale(zoom, zoom)
        painter.translate(-area.topLeft())
        self._paint_all(painter, zoom)
        painter.end()
        return sheet

    def _paint_all(self, painter: QPainter, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, zoom >= BLOCKS_BELOW)
        self._scene.marks.paint_far(painter, names=zoom >= BLOCKS_BELOW)
        self._paint_wires(painter, zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.paint_blocks(painter, strength=0.45 if zoom >= BLOCKS_BELOW else 0.8)
        self._paint_marks(painter)
        if zoom >= BLOCKS_BELOW:
            self._paint_names(painter, zoom)

    def paint_blocks(self, painter: QPainter, strength: float = 0.8) -> None:
        """Only the cards, in their colours."""
        self._refresh()
        painter.setPen(Qt.PenStyle.NoPen)
        for hue, cards in self._cards.items():
            painter.setBrush(theme.mix(theme.color("raised"), hues.card_color(*hue), strength))
            painter.drawRects(cards)
        if self._muted:
            veil = QColor(theme.color("canvas"))
            veil.setAlphaF(0.55)
            painter.setBrush(veil)
            painter.drawRects(self._muted)

    def _paint_wires(self, painter: QPainter, zoom: float) -> None:
        if not self._wires:
            for wire in self._scene.links.values():
                self._wires.setdefault(wire.color().name(), []).extend(_lines(wire.path))
        for color, lines in self._wires.items():
            pen = QPen(QColor(color), 1.4 if zoom >= BLOCKS_BELOW else 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)

    def _paint_marks(self, painter: QPainter) -> None:
        """Outlines: red for problems, accent for the chosen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, cards in (("bad", self._wrong), ("accent", self._chosen_cards())):
            if cards:
                pen = QPen(theme.color(color), 2)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawRects(cards)

    def _chosen_cards(self) -> list[QRectF]:
        nodes = self._scene.nodes
        return [nodes[key].card_rect for key in self._scene.chosen if key in nodes]

    def _paint_names(self, painter: QPainter, zoom: float) -> None:
        px = _NAME_PX if zoom >= _SMALL_BELOW else _SMALL_NAME_PX
        if px not in self._names:
            self._names[px] = [self._placed(item, px) for item in self._scene.nodes.values()]
        painter.setFont(font(px, True))
        painter.setPen(theme.color("text"))
        for at, text in self._names[px]:
            painter.drawStaticText(at, text)

    def _placed(self, item: NodeItem, px: int) -> tuple[QPointF, QStaticText]:
        text = self._static(item.card.name, px)
        size = text.size()
        return item.card_rect.center() - QPointF(size.width() / 2, size.height() / 2), text

    def _static(self, name: str, px: int) -> QStaticText:
        """A name laid out once for all frames; the same for every card of that name."""
        found = self._known.get((name, px))
        if found is None:
            elided = measure(px, True).elidedText(name, Qt.TextElideMode.ElideRight, CARD_WIDTH - 12)
            found = self._known[name, px] = _laid_out(elided, font(px, True))
        return found

    def _refresh(self) -> None:
        if not self._stale:
            return
        self._stale = False
        self._wires = {}
        self._cards, self._muted, self._wrong, self._names = {}, [], [], {}
        if len(self._known) > 4 * len(self._scene.nodes) + 100:
            self._known = {}
        for item in self._scene.nodes.values():
            rect = item.card_rect
            self._cards.setdefault(item.card.hue, []).append(rect)
            if item.card.muted:
                self._muted.append(rect)
            if item.card.severity == "error":
                self._wrong.append(rect)


def _laid_out(text: str, face: QFont) -> QStaticText:
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(font=face)
    return made


def _lines(path: QPainterPath) -> list[QLineF]:
    """A curve as straight lines, fine enough for how small it is."""
    if path.boundingRect().height() < 1:
        return [QLineF(path.pointAtPercent(0), path.pointAtPercent(1))] if not path.isEmpty() else []
    points = [point for part in path.toSubpathPolygons(_COARSE) for point in part.toList()]
    return [QLineF(a / _SCALE, b / _SCALE) for a, b in pairwise(points)]
