"""Every layer from input to output in one strip: some channels of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QVBoxLayout

from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui import colormaps, theme
from nnstudio.ui.features import words
from nnstudio.ui.features.maps_page import as_maps
from nnstudio.ui.features.page import Chosen, Page, Seen
from nnstudio.ui.features.point_page import span
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.map_view import paint_scale
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats, grown, picture, sheet

CHANNELS = 12
"""Of each layer at most."""
HEAD, FOOT = 32.0, 14.0
GAP, BETWEEN = 3.0, 24.0
SIDE = 40.0
"""Pixels of a tile, about: so many rows of tiles as fit."""
WIDEST = 200.0
"""Of the single tile of a signal."""


@dataclass(frozen=True)
class Layer:
    """One stop of the strip. `node` is its id, empty for the input, whose `maps` are a picture."""

    node: str
    name: str
    maps: Floats
    shape: tuple[int, ...]

    @property
    def size(self) -> str:
        return "×".join(map(str, self.shape))

    @property
    def range(self) -> tuple[float, float]:
        return span(self.maps)


class StripView(QAbstractScrollArea):
    """The strip; scrolls sideways."""

    chosen = Signal(str)
    """The id of a node that was clicked on."""

    def __init__(self) -> None:
        super().__init__()
        self.layers: tuple[Layer, ...] = ()
        self._images: dict[int, list[QImage]] = {}
        self._hovered = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("All layers in one strip"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        theme.current().changed.connect(self.viewport().update)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """What goes through the network now."""
        self.layers = tuple(layers)
        self._images.clear()
        self._measure()
        self.viewport().update()

    def places(self) -> list[QRectF]:
        """Where each layer is, as far as the strip is scrolled."""
        left, found = -float(self.horizontalScrollBar().value()), []
        for layer in self.layers:
            width = self._width(layer)
            found.append(QRectF(left, 0, width, self.viewport().height()))
            left += width + BETWEEN
        return found

    def tiles(self, layer: Layer, place: QRectF) -> list[QRectF]:
        """Where its channels are."""
        rows, size = self._rows(layer), self._tile(layer)
        grid = [divmod(number, rows) for number in range(len(layer.maps) if layer.node else 1)]
        tops = [HEAD + row * (size[1] + GAP) for _, row in grid]
        return [
            QRectF(place.left() + column * (size[0] + GAP), top, *size)
            for (column, _), top in zip(grid, tops, strict=True)
        ]

    def describe(self, point: QPointF) -> str:
        """What is under the mouse."""
        for layer, place in zip(self.layers, self.places(), strict=True):
            for number, tile in enumerate(self.tiles(layer, place)):
                if tile.contains(point):
                    return self._words(layer, number, tile, point)
        return ""

    def _words(self, layer: Layer, number: int, tile: QRectF, point: QPointF) -> str:
        rows, columns = layer.maps.shape[-2:]
        row = min(int((point.y() - tile.top()) / tile.height() * rows), rows - 1)
        column = min(int((point.x() - tile.left()) / tile.width() * columns), columns - 1)
        if not layer.node:
            values = ", ".join(number_text(float(each)) for each in layer.maps[:, row, column])
            return self.tr("{0} · row {1}, column {2}\n{3}").format(layer.name, row, column, values)
        value = number_text(float(layer.maps[number, row, column]))
        return self.tr("{0} · channel {1} · row {2}, column {3}\n{4}").format(layer.name, number, row, column, value)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._images.clear()
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.y() or turned.x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, bar, page = Qt.Key, self.horizontalScrollBar(), self.viewport().width()
        steps = {keys.Key_Left: -60, keys.Key_Right: 60, keys.Key_PageUp: -page, keys.Key_PageDown: page}
        steps |= {keys.Key_Home: -bar.maximum(), keys.Key_End: bar.maximum()}
        if event.key() in steps:
            bar.setValue(bar.value() + steps[keys(event.key())])
        else:
            super().keyPressEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._layer_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0 and self.layers[number].node:
            self.chosen.emit(self.layers[number].node)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._layer_at(event.position()))
        tips.show(self.viewport(), event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, place in enumerate(self.places()):
            if place.right() >= 0 and place.left() <= self.viewport().width():
                self._paint_layer(painter, number, place)

    # Inside

    def _paint_layer(self, painter: QPainter, number: int, place: QRectF) -> None:
        layer = self.layers[number]
        if number not in self._images:
            self._images[number] = self._pictures(layer)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, layer.maps.ndim == 3)
        for image, tile in zip(self._images[number], self.tiles(layer, place), strict=False):
            painter.drawImage(tile, image)
        self._paint_words(painter, layer, place, hovered=number == self._hovered)
        if number + 1 < len(self.layers):
            painter.setPen(QPen(theme.color("muted"), 1.5))
            middle = QPointF(place.right() + BETWEEN / 2, HEAD + (place.height() - HEAD - FOOT) / 2)
            painter.drawPolyline([middle + QPointF(-3, -4), middle + QPointF(2, 0), middle + QPointF(-3, 4)])

    def _paint_words(self, painter: QPainter, layer: Layer, place: QRectF, *, hovered: bool) -> None:
        room = QRectF(place.left(), 0, place.width() + BETWEEN - 6, 16)
        lines = ((layer.name, 12, "accent" if hovered and layer.node else "text"), (layer.size, 11, "muted"))
        for number, (text, size, shade) in enumerate(lines):
            painter.setFont(theme.base_font(size))
            painter.setPen(theme.color(shade))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room.translated(0, 15 * number), Qt.AlignmentFlag.AlignLeft, shown)
        if layer.node:
            low, high = (number_text(each) for each in layer.range)
            foot = QRectF(place.left(), place.height() - FOOT, place.width(), FOOT)
            paint_scale(painter, foot, low, high, signed=False)

    def _pictures(self, layer: Layer) -> list[QImage]:
        size = self._tile(layer)
        side = round(max(size) * self.devicePixelRatioF())
        if not layer.node:
            return [grown(picture(layer.maps), side)]
        return sheet(layer.maps, colormaps.viridis(), *layer.range, side)

    def _room(self) -> float:
        return max(24.0, self.viewport().height() - HEAD - FOOT - 4)

    def _rows(self, layer: Layer) -> int:
        most = len(layer.maps) if layer.node else 1
        return max(1, min(most, int((self._room() + GAP) / (SIDE + GAP))))

    def _tile(self, layer: Layer) -> tuple[float, float]:
        """Width and height of a tile."""
        rows, (high, wide) = self._rows(layer), layer.maps.shape[-2:]
        height = (self._room() + GAP) / rows - GAP
        if len(layer.shape) == 2:
            return min(WIDEST, max(48.0, height * wide / high)), height
        return max(8.0, min(height * wide / high, 2 * height)), height

    def _width(self, layer: Layer) -> float:
        count = len(layer.maps) if layer.node else 1
        columns = ceil(count / self._rows(layer))
        return columns * (self._tile(layer)[0] + GAP) - GAP

    def _measure(self) -> None:
        whole = sum(self._width(layer) + BETWEEN for layer in self.layers) - BETWEEN
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, ceil(whole) - self.viewport().width()))
        bar.setPageStep(self.viewport().width())

    def _layer_at(self, point: QPointF) -> int:
        return next((number for number, place in enumerate(self.places()) if place.contains(point)), -1)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.viewport().update()


class StripPage(Page):
    """The nodes of the sheet that is shown, in the order of the computation."""

    picked = Signal(str)
    """The id of a node whose maps are wanted."""

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(chosen)
        self.strip = StripView()
        self._seen: dict[str, Seen] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        self.strip.chosen.connect(self.picked)

    def options(self, seen: Sequence[Seen], shown: Seen) -> dict[str, Option]:
        self._seen = {each.key: each for each in seen}
        return {"nodes": [*self._seen], "channels": CHANNELS}

    def show_frame(self, frame: ProbeFrame, shown: Seen) -> None:
        layers = [
            Layer("", name.removeprefix("input:"), array.numpy(), tuple(array.shape))
            for name, array in frame.arrays.items()
            if name.startswith("input:") and len(array.shape) == 3
        ]
        known = [(self._seen[name], array) for name, array in frame.arrays.items() if name in self._seen]
        for each, array in known:
            shape = tuple(words.whole(frame.facts, f"shape:{each.key}"))
            layers.append(Layer(each.node.id, each.node.name, as_maps(array.numpy()), shape))
        self.strip.show_layers(layers)

    def caption(self, frame: ProbeFrame, sample: Sequence[str]) -> Sequence[str]:
        return *sample, self.tr("up to {0} channels each").format(CHANNELS)

    def rows(self) -> Iterable[Sequence[object]]:
        """Least, mean and largest of each channel that is shown."""
        yield "layer", "channel", "least", "mean", "largest"
        for layer in self.strip.layers:
            for number, channel in enumerate(layer.maps):
                yield layer.name, number, float(channel.min()), float(channel.mean()), float(np.max(channel))

    def forget(self) -> None:
        self.strip.show_layers(())
