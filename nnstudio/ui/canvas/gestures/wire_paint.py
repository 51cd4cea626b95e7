"""How dragged wires look: the wires, the ports that take or refuse them, and the chip beside the mouse."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnstudio.ui import theme
from nnstudio.ui.canvas.gestures.wiring import DOUBTFUL, FITS, REFUSED, End, Verdict
from nnstudio.ui.canvas.items.card_paint import paint_ring
from nnstudio.ui.canvas.items.link_item import DASHES, WIDTH
from nnstudio.ui.canvas.metrics import PORT, RADIUS, font, measure
from nnstudio.ui.canvas.wiring.routing import direct

TONES = {FITS: "accent", DOUBTFUL: "warning", REFUSED: "line"}
_LINE = 18.0
_PAD = 8.0
_BESIDE, _ABOVE = 16.0, 12.0
"""From the mouse to the chip's nearer corner."""


def paint_wires(painter: QPainter, lines: Iterable[tuple[QPointF, QPointF]], color: QColor, dashed: bool) -> None:
    """Each from its output to its input."""
    pen = QPen(color, WIDTH)
    if dashed:
        pen.setDashPattern(DASHES)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for start, end in lines:
        painter.drawPath(direct(start, end).path)


def paint_end(painter: QPainter, end: End, verdict: Verdict, near: bool) -> None:
    """A port that takes the wire glows; one that refuses it fades."""
    if verdict.answer == REFUSED:
        veil = QColor(theme.color("canvas"))
        veil.setAlphaF(0.6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawEllipse(end.at, PORT + 3, PORT + 3)
        paint_ring(painter, end.at, theme.color("line"))
        return
    glow = QColor(theme.color(TONES[verdict.answer]))
    glow.setAlphaF(0.45 if near else 0.22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(end.at, PORT + (7 if near else 4), PORT + (7 if near else 4))
    paint_ring(painter, end.at, theme.color(TONES[verdict.answer]), PORT + (1.5 if near else 0.5))


def paint_chip(painter: QPainter, lines: list[str], tone: str, mouse: QPoint, room: QRect, left: bool) -> None:
    """A few words beside the mouse, in pixels of the view and inside of it: the first line in text, others muted."""
    if not lines:
        return
    width = max(measure(12).horizontalAdvance(line) for line in lines) + 2 * _PAD
    height = _LINE * len(lines) + 6
    start = mouse.x() - _BESIDE - width if left else mouse.x() + _BESIDE
    top = max(4.0, mouse.y() - _ABOVE - height)
    box = QRectF(max(4.0, min(start, room.right() - width - 4)), top, width, height)
    painter.save()
    painter.resetTransform()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setPen(QPen(theme.color(tone), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(box.toRect().toRectF().translated(0.5, 0.5), RADIUS, RADIUS)
    painter.setFont(font(12))
    for row, line in enumerate(lines):
        painter.setPen(theme.color("muted" if row else "text"))
        place = QRectF(box.left() + _PAD, box.top() + 3 + row * _LINE, width, _LINE)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line)
    painter.restore()
