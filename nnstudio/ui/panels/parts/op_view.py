"""The autograd graph under one's hands: it is zoomed, moved about, pointed at, and walked by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.lens import STEP, Lens
from nnstudio.ui.panels.parts.op_layout import Key, Placed
from nnstudio.ui.panels.parts.op_picture import Mark, OpPicture, Speaker

READABLE = 0.5
"""A zoom at which names can be read."""
_EDGE = 12.0
_AROUND = 16.0
"""Of what is brought into view, so much around it is seen, too."""
_DRAG = 4
"""Pixels after which a press is a drag."""
_REACH = 4
"""So near to a wire the mouse is on it."""


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
        self.lens, self.picture = Lens(), OpPicture(speaker)
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
        """Another layout; with `fit` all of it is brought into view, or the beginning as far as it can be read."""
        self.picture.show(placed)
        if fit:
            self._least = READABLE
            self._fit()
        self.update()

    def fresh(self) -> None:
        """The numbers are others."""
        self.picture.fresh()
        self.update()

    def fit(self) -> None:
        """All of the graph in view."""
        self._least = 0.0
        self._fit()

    def zoom(self, factor: float) -> None:
        """About the middle of what is seen."""
        self._fits = False
        self.lens.zoom_to(self.lens.zoom * factor, self._room().center())
        self.update()

    def reveal(self, key: Key) -> None:
        """Bring a card or an open group into view."""
        rect = self.picture.rect_of(key)
        if rect is not None:
            self.lens.reveal(rect.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND), self._room())
        self.update()

    def set_mark(self, mark: Mark | None) -> None:
        """Show where a walk stands."""
        self.picture.mark = mark
        if mark is not None:
            self.reveal(mark.here)
        self.update()

    def choose(self, key: Key | None) -> None:
        """Ring a card, or an open group."""
        self.picture.choose(key)
        self.update()

    def describe(self, point: QPointF) -> str:
        """What lies there, exactly."""
        place = self.lens.into(point)
        key = self.picture.at(place)
        if key is not None:
            return self._speaker.tip(key)
        line = self.picture.line_at(place, _REACH / self.lens.zoom)
        return self._speaker.wire(line.edges) if line is not None else ""

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """All that is seen, in the widget's own place."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(room)
        painter.setTransform(self.lens.transform(), combine=True)
        self.picture.paint(painter, self.lens.seen(room), self.lens.zoom)
        painter.restore()

    # The mouse

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
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            self._pick(self.picture.at(self.lens.into(event.position())))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self.picture.at(self.lens.into(event.position()))
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
        self.picture.hovered = None
        tips.show(self, self.rect().center(), "")
        self.update()

    # The keyboard

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
        if self.picture.mark is not None:
            deeds[keys.Key_Escape] = lambda: self.gone.emit(-1)
        return deeds.get(event.key())

    def _toggle(self) -> None:
        key: Key | None = self.picture.frame or self.picture.card
        if key is not None:
            self.toggled.emit(key)

    def _turn(self, by: int) -> None:
        """Choose the next card, or the one before, and say what it is."""
        keys = list(self.picture.placed.cards)
        if not keys:
            return
        at = keys.index(self.picture.card) + by if self.picture.card in keys else 0
        key = keys[at % len(keys)]
        self._pick(key)
        self.reveal(key)
        place = self.lens.shown(self.picture.placed.cards[key]).bottomLeft().toPoint()
        tips.show(self, place, self._speaker.tip(key))

    # Inside

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self._fit()

    def _fit(self) -> None:
        """Again whenever the widget has another size, until somebody zooms or pans."""
        self._fits = True
        self.lens.fit(self.picture.placed.bounds(), self._room(), least=self._least)
        if self.picture.mark is not None:
            self.reveal(self.picture.mark.here)
        self.update()

    def _pick(self, key: Key | None) -> None:
        if key is not None:
            self.choose(key)
            self.chosen.emit(key)

    def _hover(self, point: QPointF) -> None:
        key = self.picture.at(self.lens.into(point))
        if key != self.picture.hovered:
            self.picture.hovered = key
            self.update()
        tips.show(self, point.toPoint(), self.describe(point))

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
