"""The autograd graph as a picture that is zoomed, moved about and pointed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.lens import STEP, Lens
from nnstudio.ui.panels.parts.op_card import Card, CardPainter, paint_arrow, paint_frame, paint_ring, title_room
from nnstudio.ui.panels.parts.op_layout import Key, Line, Placed

AHEAD = 0.4
"""How strong what has not been come to is."""
READABLE = 0.5
"""A zoom at which names can be read."""
_EDGE = 12.0
_DRAG = 4
"""Pixels after which a press is a drag."""


class Speaker(Protocol):
    """Says what is written on cards and told under the mouse."""

    def card(self, key: Key) -> Card:
        """Of a node, a closed group or an open one."""

    def tip(self, key: Key) -> str:
        """All that is known of it."""

    def wire(self, edges: tuple[int, ...]) -> str:
        """What goes along the edges of one wire."""


@dataclass(frozen=True)
class Mark:
    """Where a walk stands: the card, the wires it goes along, and what it has come to; `back` is the way of it."""

    here: Key
    along: frozenset[int]
    """By the numbers of edges."""
    reached: frozenset[Key]
    back: bool


class OpView(QWidget):
    """Shows what the speaker tells of each key. Arrow keys, + and −, F, Enter and the mouse do all there is to do."""

    chosen = Signal(object)
    """The key of a card or of an open group that was clicked."""
    toggled = Signal(object)
    """A group that is to be opened or closed, by its path, or by the number of a node in it."""
    stepped = Signal(int)
    """Operations to walk on, or back."""
    gone = Signal(int)
    """To the first operation, 0, or the last, 1; −1 leaves the walk."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__()
        self._speaker = speaker
        self.lens = Lens()
        self.placed = Placed()
        self.mark: Mark | None = None
        self.frame = ""
        """The open group that is chosen."""
        self.card: Key | None = None
        """The card that is chosen."""
        self._cards: dict[Key, Card] = {}
        self._hovered: Key | None = None
        self._pressed: QPointF | None = None
        self._dragged = self._fits = False
        self._least = 0.0
        self.setMouseTracking(True)
        self.setMinimumSize(120, 60)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Autograd graph"))
        theme.current().changed.connect(self.update)

    # What is shown

    def show_placed(self, placed: Placed, *, fit: bool) -> None:
        """Another layout; with `fit` it is brought into view."""
        self.placed, self._hovered = placed, None
        self.fresh()
        if fit:
            self.begin()

    def fresh(self) -> None:
        """The numbers are others."""
        self._cards.clear()
        self.update()

    def fit(self) -> None:
        """All of the graph in view."""
        self._least = 0.0
        self._fit()

    def begin(self) -> None:
        """All of it, or of a large one the beginning, as far as it can be read."""
        self._least = READABLE
        self._fit()

    def _fit(self) -> None:
        self._fits = True
        self.lens.fit(self.placed.bounds(), self._room(), least=self._least)
        if self.mark is not None:
            self.reveal(self.mark.here)
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        self._fits = False
        self.lens.zoom_to(self.lens.zoom * factor, about or self._room().center())
        self.update()

    def reveal(self, key: Key) -> None:
        """Bring a card or an open group into view."""
        rect = self.rect_of(key)
        if rect is not None:
            self.lens.reveal(rect.adjusted(-16, -16, 16, 16), self._room())
        self.update()

    def set_mark(self, mark: Mark | None) -> None:
        """Show where a walk stands."""
        self.mark = mark
        if mark is not None:
            self.reveal(mark.here)
        self.update()

    def choose(self, key: Key | None) -> None:
        """Ring a card, or a frame."""
        self.frame = key if isinstance(key, str) and key in self.placed.frames else ""
        self.card = None if self.frame else key
        self.update()

    def rect_of(self, key: Key) -> QRectF | None:
        """Where a card or an open group lies in the picture."""
        return self.placed.cards.get(key) or (self.placed.frames.get(key) if isinstance(key, str) else None)

    def at(self, point: QPointF) -> Key | None:
        """The card there, or the open group of the name there."""
        place = self.lens.into(point)
        card = next((key for key, rect in self.placed.cards.items() if rect.contains(place)), None)
        if card is not None:
            return card
        frames = reversed(list(self.placed.frames.items()))
        return next((path for path, rect in frames if title_room(rect).contains(place)), None)

    def line_at(self, point: QPointF) -> Line | None:
        """The wire under the mouse."""
        place, reach = self.lens.into(point), 4 / self.lens.zoom
        spot = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        near = (
            line for line in self.placed.lines if line.bounds.adjusted(-reach, -reach, reach, reach).contains(place)
        )
        return next((line for line in near if line.path.intersects(spot) and _close(line, place, reach)), None)

    # Painting

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """All that is seen, in the widget's own place."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        painter.setTransform(self.lens.transform(), combine=True)
        seen = self.lens.seen(room)
        for path, rect in self.placed.frames.items():
            if rect.intersects(seen):
                title = self._card(path).title
                chosen, hovered = path == self.frame, path == self._hovered
                paint_frame(painter, rect, title, self.lens.zoom, chosen=chosen, hovered=hovered)
        self._paint_lines(painter, seen)
        self._paint_cards(painter, seen)

    def _paint_lines(self, painter: QPainter, seen: QRectF) -> None:
        scale = max(1.0, 0.5 / self.lens.zoom)
        quiet = theme.mix(theme.color("surface"), theme.color("muted"), 0.55)
        plain, near = QPen(quiet, 1.3 * scale), QPen(theme.color("text"), 1.8 * scale)
        walked: list[Line] = []
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in self.placed.lines:
            if not line.bounds.intersects(seen):
                continue
            if self.mark is not None and not self.mark.along.isdisjoint(line.edges):
                walked.append(line)
                continue
            painter.setPen(near if self._hovered in (line.source, line.target) else plain)
            painter.drawPath(line.path)
        self._paint_walked(painter, walked, scale)

    def _paint_walked(self, painter: QPainter, lines: list[Line], scale: float) -> None:
        if self.mark is None:
            return
        color = theme.color("warning" if self.mark.back else "accent")
        for line in lines:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 2.6 * scale))
            painter.drawPath(line.path)
            painter.setBrush(color)
            painter.setPen(Qt.PenStyle.NoPen)
            paint_arrow(painter, line.path, back=self.mark.back)

    def _paint_cards(self, painter: QPainter, seen: QRectF) -> None:
        mark, cards = self.mark, CardPainter(painter, self.lens.zoom)
        for key, rect in self.placed.cards.items():
            if not rect.adjusted(0, -20, 80, 0).intersects(seen):
                continue
            card = self._card(key)
            strength = 1.0 if mark is None or key in mark.reached or key == mark.here else AHEAD
            cards.paint(rect, card, strength=strength, hovered=key == self._hovered)
            cards.shape(rect, card.shape)
            if key == self.card:
                paint_ring(painter, rect, theme.color("muted"), self.lens.zoom)
        here = self.rect_of(mark.here) if mark is not None else None
        if mark is not None and here is not None:
            paint_ring(painter, here, theme.color("warning" if mark.back else "accent"), self.lens.zoom)

    def _card(self, key: Key) -> Card:
        if key not in self._cards:
            self._cards[key] = self._speaker.card(key)
        return self._cards[key]

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()))
        if self.hasFocus():
            painter.resetTransform()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover(event.position())
            return
        by = event.position() - self._pressed
        if self._dragged or by.manhattanLength() > _DRAG:
            self._dragged, self._fits = True, False
            self._pressed = event.position()
            self.lens.pan(by)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._dragged
        self._pressed = None
        self.unsetCursor()
        key = self.at(event.position()) if clicked else None
        if key is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(key)
            self.chosen.emit(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self.at(event.position())
        if key is not None:
            self.toggled.emit(key)
        else:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._fits = False
        self.lens.wheel(event.angleDelta().y(), event.position())
        self.update()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        tips.show(self, self.rect().center(), "")
        self.update()

    def event(self, event: QEvent) -> bool:
        """Its keys are its own while it has the keyboard, also where the window has them for something else."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._deed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        deed = self._deed(event)
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def _deed(self, event: QKeyEvent) -> Callable[[], None] | None:
        keys = Qt.Key
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            return None
        deeds: dict[int, Callable[[], None]] = {
            keys.Key_Right: lambda: self.stepped.emit(1),
            keys.Key_Left: lambda: self.stepped.emit(-1),
            keys.Key_Home: lambda: self.gone.emit(0),
            keys.Key_End: lambda: self.gone.emit(1),
            keys.Key_Down: lambda: self._turn(1),
            keys.Key_Up: lambda: self._turn(-1),
            keys.Key_Plus: lambda: self.zoom(STEP),
            keys.Key_Minus: lambda: self.zoom(1 / STEP),
            keys.Key_F: self.fit,
            keys.Key_Return: self._toggle,
            keys.Key_Enter: self._toggle,
        }
        if self.mark is not None:
            deeds[keys.Key_Escape] = lambda: self.gone.emit(-1)
        return deeds.get(event.key())

    def _toggle(self) -> None:
        key = self.frame or self.card
        if key is not None and key != "":
            self.toggled.emit(key)

    def _turn(self, by: int) -> None:
        """Choose the next card, or the one before, and say what it is."""
        keys = list(self.placed.cards)
        if not keys:
            return
        at = keys.index(self.card) + by if self.card in keys else 0
        key = keys[at % len(keys)]
        self.choose(key)
        self.chosen.emit(key)
        self.reveal(key)
        place = self.lens.shown(self.placed.cards[key]).bottomLeft().toPoint()
        tips.show(self, place, self._speaker.tip(key))

    def _hover(self, point: QPointF) -> None:
        key = self.at(point)
        if key != self._hovered:
            self._hovered = key
            self.update()
        tips.show(self, point.toPoint(), self.describe(point))

    def describe(self, point: QPointF) -> str:
        """What lies there, exactly."""
        key = self.at(point)
        if key is not None:
            return self._speaker.tip(key)
        line = self.line_at(point)
        return self._speaker.wire(line.edges) if line is not None else ""


def _close(line: Line, place: QPointF, reach: float) -> bool:
    """Whether the path itself comes near; `intersects` counts what it encloses, too."""
    steps = range(33)
    points = (line.path.pointAtPercent(step / 32) for step in steps)
    wide = max(reach, line.path.length() / 64)
    return any((point - place).manhattanLength() <= wide + reach for point in points)
