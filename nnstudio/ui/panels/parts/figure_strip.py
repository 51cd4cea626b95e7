"""A row of figures, each large with its word below: what is to be read at one glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips

_GAP, _LARGE, _SMALL, _TALL = 20.0, 15, 11, 36
_LEAST = 13


@dataclass(frozen=True)
class Figure:
    """`tip` says how it comes about."""

    value: str
    word: str
    tip: str = ""


class FigureStrip(QWidget):
    """As many figures as there is room for, from the left; the first are the ones that tell most."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: tuple[Figure, ...] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Other figures."""
        if tuple(figures) != self.figures:
            self.figures = tuple(figures)
            self.setAccessibleName(", ".join(f"{figure.value} {figure.word}" for figure in figures))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _TALL)

    def places(self) -> list[tuple[Figure, QRectF]]:
        """Where each one stands; smaller gaps where they would not fit."""
        large, small = QFontMetricsF(_large()), QFontMetricsF(theme.base_font(_SMALL))
        widths = [max(large.horizontalAdvance(f.value), small.horizontalAdvance(f.word)) for f in self.figures]
        gap = min(_GAP, max(_LEAST, (self.width() - sum(widths)) / max(len(widths) - 1, 1)))
        found, left = [], 0.0
        for figure, width in zip(self.figures, widths, strict=True):
            if left + width <= self.width():
                found.append((figure, QRectF(left, 0, width, self.height())))
            left += width + gap
        return found

    def describe(self, point: QPoint) -> str:
        """How the figure under the mouse comes about."""
        return next((figure.tip for figure, place in self.places() if place.contains(point)), "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for figure, place in self.places():
            painter.setFont(_large())
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(0, 0, 4, -16), Qt.AlignmentFlag.AlignVCenter, figure.value)
            painter.setFont(theme.base_font(_SMALL))
            painter.setPen(theme.color("muted"))
            painter.drawText(place.adjusted(0, 19, 4, 0), Qt.AlignmentFlag.AlignVCenter, figure.word)


def _large() -> QFont:
    return theme.base_font(_LARGE, QFont.Weight.DemiBold)
