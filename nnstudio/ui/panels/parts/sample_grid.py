"""Samples as pictures in rows, each with a line under it and the place that matters marked; a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.card import RADIUS, Card
from nnstudio.ui.panels.parts.pictures import Floats
from nnstudio.ui.panels.parts.sample_rows import SampleRows

LEAST = QSizeF(64, 72)
LINE, INSET = 16.0, 4.0


@dataclass(frozen=True)
class Item:
    """`place` are shares of height and width, or None; `tip` is what the mouse reads out."""

    index: int
    sample: Floats
    words: str
    tip: str
    place: tuple[float, float] | None = None


class SampleGrid(SampleRows):
    """Shows `items`."""

    def __init__(self) -> None:
        super().__init__(LEAST)
        self.items: tuple[Item, ...] = ()

    def show_items(self, items: Sequence[Item]) -> None:
        if [item.index for item in items] != [item.index for item in self.items]:
            self.pictures.forget()
        self.items = tuple(items)
        self.show_samples([item.index for item in items])

    def tell(self, number: int) -> str:
        return self.items[number].tip

    def paint_sample(self, painter: QPainter, place: QRectF, number: int, *, chosen: bool, hovered: bool) -> None:
        item, shade = self.items[number], "accent" if chosen else "muted" if hovered else "line"
        painter.setPen(QPen(theme.color(shade), 2.0 if chosen else 1.0))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        area = place.adjusted(INSET + 1, INSET + 1, -INSET - 1, -LINE - 2)
        self.pictures.paint_sample(painter, area, Card(item.index, "", "", "", None, item.sample))
        if item.place is not None and item.sample.ndim == 3:
            self._mark(painter, area, item)
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("text"))
        line = QRectF(place.left() + 3, place.bottom() - LINE - 1, place.width() - 6, LINE)
        text = painter.fontMetrics().elidedText(item.words, Qt.TextElideMode.ElideRight, round(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _mark(self, painter: QPainter, area: QRectF, item: Item) -> None:
        """A ring around the place, dark and light so that it is seen on any ground."""
        assert item.place is not None
        _, rows, columns = item.sample.shape
        size = QSizeF(columns, rows).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        corner = area.center() - QPointF(size.width() / 2, size.height() / 2)
        at = corner + QPointF(item.place[1] * size.width(), item.place[0] * size.height())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((theme.color("surface"), 3.5), (theme.color("warning"), 1.8)):
            painter.setPen(QPen(shade, width))
            painter.drawEllipse(at, 5, 5)
