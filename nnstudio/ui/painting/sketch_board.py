"""The board that a picture is drawn on, with mouse or keys. It has its own undo."""

from __future__ import annotations

from math import dist

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from nnstudio.ui import theme
from nnstudio.ui.painting.hand_board import HandBoard
from nnstudio.ui.painting.sketch import Floats, Line, Manner, Sketch
from nnstudio.ui.panels.parts.pictures import grown, picture

WIDTHS = (0.6, 1.0, 1.6, 2.6)
"""Of the pen, as shares of the lines of the data's own drawings."""
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_ERASER = 1.6
FINEST = 112
"""A line is drawn in steps that are no shorter than the board's longer side by this: a mouse tells more than that."""
_MOST_STEPS = 200
"""That can be undone."""


class SketchBoard(HandBoard):
    """Shows a sketch, and draws on it. `changed` tells each move of the pen."""

    changed = Signal()
    pen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.color: tuple[float, ...] | None = None
        """That the pen has; None for what stands out most from the ground."""
        self.width_step = 1
        self.erasing = False
        self._steps: list[Sketch] = [Sketch()]
        self._at = 0
        self._points: list[tuple[float, float]] = []
        self._key_pen = False
        self._wiping = False
        self._cross = (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Board to draw on"))
        theme.current().changed.connect(self.update)

    def help(self) -> str:
        """How one draws."""
        return self.tr(
            "Drag: draw. Right button or E: erase. [ and ]: thickness. Delete: clear.\n"
            "Ctrl+Z: take the last line back.\n"
            "Keys: arrows move the cross, Space puts the pen down and takes it up."
        )

    # What is drawn

    @property
    def sketch(self) -> Sketch:
        """With the line that is being drawn."""
        standing = self._steps[self._at]
        return standing.with_line(self._line()) if self._points else standing

    @property
    def manner(self) -> Manner:
        return self._steps[self._at].manner

    @property
    def can_undo(self) -> bool:
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        return self._at + 1 < len(self._steps)

    @property
    def thinner(self) -> bool:
        """Whether there is a thinner pen."""
        return self.width_step > 0

    @property
    def thicker(self) -> bool:
        """Whether there is a thicker pen."""
        return self.width_step + 1 < len(WIDTHS)

    def start(self, manner: Manner, base: Floats | None = None) -> None:
        """Begin anew for other data: on the ground, or on a picture."""
        self._steps, self._at = [Sketch(manner, (), base)], 0
        self._points, self._key_pen = [], False
        self._cross = (manner.shape[2] / 2, manner.shape[1] / 2)
        self.update()

    def lay(self, base: Floats | None) -> None:
        """Put a picture under the pen, or nothing: one step that can be undone."""
        self._push(Sketch(self.manner, (), base))

    def undo(self) -> None:
        self._go(-1)

    def redo(self) -> None:
        self._go(1)

    def set_width(self, step: int) -> None:
        """Take a thinner or a thicker pen."""
        self.width_step = max(0, min(step, len(WIDTHS) - 1))
        self.pen_changed.emit()
        self.update()

    def set_erasing(self, erasing: bool) -> None:
        self.erasing = erasing
        self.pen_changed.emit()
        self.update()

    # Where

    @property
    def place(self) -> QRectF:
        """Where the picture is: as large as there is room for."""
        _, height, width = self.manner.shape
        dot = min(self.width() / width, self.height() / height)
        room = QRectF(0, 0, width * dot, height * dot)
        room.moveCenter(QRectF(self.rect()).center())
        return room

    @property
    def dot(self) -> float:
        """Of the screen for one pixel."""
        return self.place.width() / self.manner.shape[2]

    def pixel(self, at: QPointF) -> tuple[float, float]:
        """A place on the board in pixels of the picture; beside the board the nearest one on it."""
        (_, height, width), place, dot = self.manner.shape, self.place, self.dot or 1.0
        x, y = (at.x() - place.left()) / dot, (at.y() - place.top()) / dot
        return min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))

    def sizeHint(self) -> QSize:
        return QSize(180, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 64)

    # Mouse

    def press(self, at: QPointF, *, right: bool) -> None:
        if not self._points:
            self._wiping = right
            self._draw(self.pixel(at))

    def drag(self, at: QPointF) -> None:
        if self._points and not self._key_pen:
            self._draw(self.pixel(at))

    def lift(self) -> None:
        if not self._key_pen:
            self._end()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not self.means(event):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
            self.redo() if shift or key == Qt.Key.Key_Y else self.undo()
        elif key in _ARROWS:
            self._move(*_ARROWS[key], 3.0 if shift else 1.0)
        elif key == Qt.Key.Key_Space:
            self._toggle_key_pen()
        elif key == Qt.Key.Key_Escape:
            self._points, self._key_pen = [], False
            self._tell()
        elif key == Qt.Key.Key_E:
            self.set_erasing(not self.erasing)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.lay(None)
        else:
            self.set_width(self.width_step + (1 if key == Qt.Key.Key_BracketRight else -1))

    def means(self, event: QKeyEvent) -> bool:
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        if held & control:
            return not held & ~(control | shift) and key in (Qt.Key.Key_Z, Qt.Key.Key_Y)
        if held & ~shift:
            return False
        if key == Qt.Key.Key_Escape:
            return bool(self._points)
        own = (Qt.Key.Key_Space, Qt.Key.Key_E, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        return key in _ARROWS or key in (*own, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight)

    def _move(self, across: int, down: int, far: float) -> None:
        _, height, width = self.manner.shape
        step = far * max(height, width) / 28
        x, y = self._cross[0] + across * step, self._cross[1] + down * step
        self._cross, self.hand = (min(max(x, 0.0), width), min(max(y, 0.0), height)), None
        if self._key_pen:
            self._draw(self._cross)
        self.update()

    def _toggle_key_pen(self) -> None:
        if self._key_pen:
            self._end()
        elif not self._points:
            self._key_pen, self._wiping = True, False
            self._draw(self._cross)

    # Lines

    def _line(self) -> Line:
        manner, wiping = self.manner, self.erasing or self._wiping
        width = manner.width * WIDTHS[self.width_step] * (_ERASER if wiping else 1.0)
        return Line(tuple(self._points), width, manner.ground if wiping else self.color or manner.ink)

    def _draw(self, at: tuple[float, float]) -> None:
        near = self._points and dist(at, self._points[-1]) < max(self.manner.shape[1:]) / FINEST
        if not near:
            self._points.append(at)
            self._tell()

    def _end(self) -> None:
        if self._points:
            done, self._points = self.sketch, []
            self._key_pen = False
            self._push(done)

    def _push(self, sketch: Sketch) -> None:
        self._points, self._key_pen = [], False
        if sketch.lines or sketch.base is not None or not self._steps[self._at].blank:
            self._steps = [*self._steps[: self._at + 1][-_MOST_STEPS:], sketch]
            self._at = len(self._steps) - 1
        self._tell()

    def _go(self, by: int) -> None:
        self._points, self._key_pen = [], False
        self._at = max(0, min(self._at + by, len(self._steps) - 1))
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, place, sketch = QPainter(self), self.place, self.sketch
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(place)
        painter.fillRect(place, self._ground())
        painter.translate(place.topLeft())
        if sketch.base is not None:
            side = round(max(place.width(), place.height()) * self.devicePixelRatioF())
            image = grown(picture(sketch.base, (self.manner.low, self.manner.high)), side)
            painter.drawImage(QRectF(0, 0, place.width(), place.height()), image)
        sketch.paint(painter, self.dot)
        painter.restore()
        self._paint_frame(painter, place)
        if sketch.blank and self.hand is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.tr("Draw here"))
        self._paint_hand(painter, place)

    def _paint_frame(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "line"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)

    def _paint_hand(self, painter: QPainter, place: QRectF) -> None:
        """A ring as large as the pen, or the cross of the keys."""
        painter.setPen(QPen(theme.color("accent"), 1.2))
        if self.hand is not None and place.contains(self.hand):
            radius = self._line().width * self.dot / 2
            painter.drawEllipse(self.hand, radius, radius)
        elif self.hasFocus():
            at = place.topLeft() + QPointF(*self._cross) * self.dot
            painter.drawLine(at - QPointF(6, 0), at + QPointF(6, 0))
            painter.drawLine(at - QPointF(0, 6), at + QPointF(0, 6))

    def _ground(self) -> QColor:
        manner = self.manner
        span = (manner.high - manner.low) or 1.0
        shares = [min(max((level - manner.low) / span, 0.0), 1.0) for level in manner.ground]
        return QColor.fromRgbF(*(shares if len(shares) == 3 else shares[:1] * 3))
