"""Paints a node's card, with everything on it but the live picture's contents."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QPainterPath, QPen

from nnstudio.ui import hues, icons, theme
from nnstudio.ui.canvas.items.card import FIGURES, NOTE_LINE, Card, Plan, Spot, line_center
from nnstudio.ui.canvas.metrics import HEADER, LINE, PAD, PORT, RADIUS, STRIP, fitting_px, font, measure

MUTED_OPACITY = 0.62
"""Of a muted card: faint, and still to be read."""
_ICON = 14.0
_SIGN = 12.0
"""Lock, note and snowflake."""
_OF_LINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
_SHADOW = ((3.0, 3.0, 0.05), (2.0, 2.0, 0.06), (1.0, 1.0, 0.07))
"""Spread, drop and strength of the layers of the shadow."""


def paint_card(painter: QPainter, card: Card, plan: Plan, *, chosen: bool) -> None:
    """The whole card but the live picture, whose place stays free."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setOpacity(MUTED_OPACITY if card.muted else 1.0)
    _shadow(painter, plan.card)
    _face(painter, card, plan.card)
    _header_texts(painter, card, plan.card)
    _port_names(painter, card, plan.card)
    _figures(painter, card, plan.card)
    _lines(painter, card, plan.card)
    painter.setOpacity(1.0)
    _border(painter, card, plan.card, chosen)
    for spot in plan.spots:
        _port(painter, spot)
    if card.severity:
        _badge(painter, card.severity, plan.card)
        _note(painter, card, plan.card)
    if card.fix:
        _fix_button(painter, card, plan.fix)


def paint_ring(painter: QPainter, at: QPointF, color: QColor, radius: float = PORT) -> None:
    """A port."""
    painter.setPen(QPen(color, 1.8))
    painter.setBrush(theme.color("surface"))
    painter.drawEllipse(at, radius, radius)


def _port(painter: QPainter, spot: Spot) -> None:
    """One that may stay without a wire is smaller and dimmer."""
    if spot.optional:
        paint_ring(painter, spot.at, theme.color("disabled"), PORT - 1.2)
    else:
        paint_ring(painter, spot.at, theme.color("muted"))


def severity_color(severity: str) -> QColor:
    """Red for an error, amber for a warning."""
    return theme.color("bad" if severity == "error" else "warning")


def _shadow(painter: QPainter, face: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, drop, strength in _SHADOW:
        shade = QColor(theme.color("shadow"))
        shade.setAlphaF(strength * (2.5 if theme.current().tokens.dark else 1.0))
        painter.setBrush(shade)
        grown = face.adjusted(-spread, -spread + drop, spread, spread + drop)
        painter.drawRoundedRect(grown, RADIUS + spread, RADIUS + spread)


def _face(painter: QPainter, card: Card, face: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(face, RADIUS, RADIUS)
    painter.fillPath(_header_path(face.width()), hues.header_color(*card.hue))
    painter.fillPath(_strip_path(), hues.card_color(*card.hue))


@cache
def _header_path(width: float) -> QPainterPath:
    """The top of the card, rounded above and straight below."""
    whole, top = QPainterPath(), QPainterPath()
    whole.addRoundedRect(QRectF(0, 0, width, HEADER + 2 * RADIUS), RADIUS, RADIUS)
    top.addRect(QRectF(0, 0, width, HEADER))
    return whole.intersected(top)


@cache
def _strip_path() -> QPainterPath:
    strip = QPainterPath()
    strip.addRect(QRectF(0, 0, STRIP, HEADER))
    return _header_path(100.0).intersected(strip)


def _header_texts(painter: QPainter, card: Card, face: QRectF) -> None:
    at = QRectF(STRIP + 9, (HEADER - _ICON) / 2, _ICON, _ICON)
    family = card.family if card.family in icons.names() else "block"
    _icon(painter, at, family, hues.card_color(*card.hue))
    right = face.right() - PAD
    for shown, tone in ((card.value, "good"), (card.mark, "muted")):
        if shown:
            right -= measure(13, True).horizontalAdvance(shown)
            _text(painter, QPointF(right, HEADER / 2), shown, theme.color(tone), 13, bold=True)
            right -= 8
    signs = ("lock", card.locked), ("note", card.noted), ("frozen", card.frozen)
    for sign in [sign for sign, there in signs if there]:
        right -= _SIGN
        _icon(painter, QRectF(right, (HEADER - _SIGN) / 2, _SIGN, _SIGN), sign, theme.color("muted"))
        right -= 6
    left = at.right() + 8
    name = measure(13, True).elidedText(card.name, Qt.TextElideMode.ElideRight, right - left)
    _text(painter, QPointF(left, HEADER / 2), name, theme.color("text"), 13, bold=True)


def _icon(painter: QPainter, at: QRectF, name: str, shade: QColor) -> None:
    """From the shared pixmaps, in the painter's own scale: much faster than drawing the SVG each time.

    Into a file that knows lines it goes as lines.
    """
    if painter.paintEngine().type() in _OF_LINES:
        icons.paint(painter, at, name, shade)
        return
    side = max(1, round(at.width() * painter.deviceTransform().m11()))
    drawn = icons.pixmap(name, side, side, shade.name())
    painter.drawPixmap(at, drawn, QRectF(drawn.rect()))


def _port_names(painter: QPainter, card: Card, face: QRectF) -> None:
    """In rows of their own: outputs at the right, with half of the width at most, inputs at the left in the rest."""
    if not card.named:
        return
    metrics = measure(11)
    taken = [0.0] * card.rows
    for row, name in enumerate(card.outputs):
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, face.width() / 2 - PAD)
        taken[row] = metrics.horizontalAdvance(shown) + 8
        left = face.right() - PAD - metrics.horizontalAdvance(shown)
        _text(painter, QPointF(left, line_center(row)), shown, theme.color("muted"), 11)
    for row, name in enumerate(card.inputs):
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, face.width() - 2 * PAD - taken[row])
        _text(painter, QPointF(PAD, line_center(row)), shown, theme.color("muted"), 11)


def _figures(painter: QPainter, card: Card, face: QRectF) -> None:
    """The value in large digits, the gradient beside it."""
    left, middle = PAD, line_center(card.rows) + (FIGURES - LINE) / 2
    for figure, tone, bold in zip(card.figures, ("text", "warning"), (True, False), strict=False):
        shown = measure(13, bold).elidedText(figure, Qt.TextElideMode.ElideRight, face.right() - PAD - left)
        _text(painter, QPointF(left, middle), shown, theme.color(tone), 13, bold=bold)
        left += measure(13, bold).horizontalAdvance(shown) + 10


def _lines(painter: QPainter, card: Card, face: QRectF) -> None:
    labels = card.outputs if len(card.outputs) > 1 and not card.named and not card.collapsed else ()
    metrics = measure(11)
    for index, label in enumerate(labels):
        left = face.right() - PAD - metrics.horizontalAdvance(label)
        _text(painter, QPointF(left, line_center(index)), label, theme.color("muted"), 11)
    down = FIGURES if card.figures else 0.0
    for index, line in enumerate(card.lines):
        room = face.width() - 2 * PAD
        if index < len(labels):
            room -= metrics.horizontalAdvance(labels[index]) + 6
        at = QPointF(PAD, line_center(card.rows + index) + down)
        px = fitting_px(line, room)
        shown = measure(px).elidedText(line, Qt.TextElideMode.ElideRight, room)
        _text(painter, at, shown, theme.color("muted" if index else "text"), px)


def _border(painter: QPainter, card: Card, face: QRectF, chosen: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if chosen:
        glow = QColor(theme.color("accent"))
        glow.setAlphaF(0.35)
        painter.setPen(QPen(glow, 2))
        painter.drawRoundedRect(face.adjusted(-2, -2, 2, 2), RADIUS + 2, RADIUS + 2)
    painter.setPen(_border_pen(card, chosen))
    inset = 0.0 if chosen else 0.5
    painter.drawRoundedRect(face.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


def _border_pen(card: Card, chosen: bool) -> QPen:
    if chosen:
        return QPen(theme.color("accent"), 2)
    if card.severity == "error":
        return QPen(theme.color("bad"), 1.5)
    if card.muted:
        return QPen(theme.color("muted"), 1, Qt.PenStyle.DashLine)
    return QPen(theme.color("line"), 1)


def _badge(painter: QPainter, severity: str, face: QRectF) -> None:
    """A disc for an error, a triangle for a warning: never told by colour alone."""
    at = face.topRight() + QPointF(-1, 1)
    painter.setPen(QPen(theme.color("canvas"), 1.5))
    painter.setBrush(severity_color(severity))
    if severity == "error":
        painter.drawEllipse(at, 8, 8)
    else:
        painter.drawPolygon([at + QPointF(0, -9), at + QPointF(9, 7), at + QPointF(-9, 7)])
    down = 0.0 if severity == "error" else 1.5
    dark = theme.current().tokens.dark
    width = measure(11, True).horizontalAdvance("!")
    shade = theme.color("on_accent") if dark and severity != "error" else QColor("white")
    _text(painter, at + QPointF(-width / 2, down), "!", shade, 11, bold=True)


def _note(painter: QPainter, card: Card, face: QRectF) -> None:
    for row, line in enumerate(card.note):
        shown = measure(11).elidedText(line, Qt.TextElideMode.ElideRight, face.width())
        at = QPointF(0, face.bottom() + LINE / 2 + 4 + NOTE_LINE * row)
        _text(painter, at, shown, severity_color(card.severity), 11)


def _fix_button(painter: QPainter, card: Card, box: QRectF) -> None:
    painter.setPen(QPen(theme.color("accent"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(box, 4, 4)
    shown = measure(11).elidedText(card.fix, Qt.TextElideMode.ElideRight, box.width() - 12)
    left = box.center().x() - measure(11).horizontalAdvance(shown) / 2
    _text(painter, QPointF(left, box.center().y()), shown, theme.color("accent"), 11)


def _text(painter: QPainter, at: QPointF, text: str, color: QColor, px: int, bold: bool = False) -> None:
    """One line; `at` is its left end, in the middle of its height."""
    metrics: QFontMetricsF = measure(px, bold)
    painter.setFont(font(px, bold))
    painter.setPen(color)
    painter.drawText(QPointF(at.x(), at.y() + metrics.capHeight() / 2), text)
