"""The board that points are painted on, with mouse or keys."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent

from nnstudio.params import MOST_CLASSES, Point
from nnstudio.ui import theme
from nnstudio.ui.painting.hand_board import HandBoard
from nnstudio.ui.painting.picture import Picture, Plane, within
from nnstudio.ui.painting.strokes import Brush, Stroke, nearest

STEP, WIDE_STEP = 0.05, 0.25
"""How far an arrow key moves the cross, without and with Shift."""
NEAR = 8
"""Pixels within which the mouse is at a point."""
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
_PLACING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Board(HandBoard):
    """Shows points, and tells those that a stroke leaves. The plane fills it; one unit may be wider than high."""

    painted = Signal(object)
    """tuple of points, after a stroke that has changed something."""
    brush_changed = Signal(object)
    """strokes.Brush: the keys have chosen another."""

    def __init__(self, names: tuple[str, ...], random: Random | None = None) -> None:
        super().__init__()
        self._names = names
        self._random = random or Random()
        self._points: tuple[Point, ...] = ()
        self._stroke: Stroke | None = None
        self._cross = (0.0, 0.0)
        self.plane = Plane(self.size())
        self._picture = Picture(self, self.plane)
        self.brush = Brush()
        self.setAccessibleName(self.tr("Board to paint points on"))
        theme.current().changed.connect(self._dress)

    def help(self) -> str:
        """How one paints."""
        return self.tr(
            "Click: a point. Drag: spray. Right button or E: erase.\n"
            "1 to 6: class. [ and ] or Ctrl+wheel: size of the brush.\n"
            "Keys: arrows move the cross, Shift+arrows farther, Space paints there. Escape gives a stroke up."
        )

    @property
    def points(self) -> tuple[Point, ...]:
        """Those shown: while a stroke is going, with what it has brought so far."""
        return self._stroke.points if self._stroke else self._points

    def set_points(self, points: tuple[Point, ...]) -> None:
        """Show these. A stroke that is going is given up where they are others than those it began with."""
        if points != self._points:
            self._points, self._stroke = points, None
            self.update()

    def set_brush(self, brush: Brush) -> None:
        """Take this into the hand."""
        if brush != self.brush:
            self.brush = brush
            self.brush_changed.emit(brush)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    # Mouse

    def press(self, at: QPointF, *, right: bool) -> None:
        if self._stroke is None:
            self._begin(replace(self.brush, erasing=self.brush.erasing or right))
            self._touch(at)

    def drag(self, at: QPointF) -> None:
        self._touch(at)

    def lift(self) -> None:
        stroke, self._stroke = self._stroke, None
        if stroke is not None and stroke.points != self._points:
            self._points = stroke.points  # the next stroke may begin before anybody has answered
            self.painted.emit(stroke.points)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.set_brush(self.brush.resized(1 if event.angleDelta().y() > 0 else -1))
        else:
            event.ignore()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self.means(event):
            super().keyPressEvent(event)
        elif key in _ARROWS:
            self._move_cross(key, wide=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in _PLACING:
            self._begin(self.brush)
            self._touch(self.plane.place(*self._cross))
            self.lift()
        elif key == Qt.Key.Key_Escape:
            self._stroke = None
            self.update()
        else:
            self.set_brush(self._chosen(key))

    def means(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            return False
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            return self._stroke is not None
        return key in _ARROWS or key in _PLACING or self._chosen(key) is not self.brush

    def _chosen(self, key: Qt.Key) -> Brush:
        """The brush that a key takes; the present one where it takes none."""
        number = int(key) - int(Qt.Key.Key_1)
        if 0 <= number < MOST_CLASSES:
            return replace(self.brush, label=number, erasing=False)
        if key == Qt.Key.Key_E:
            return replace(self.brush, erasing=not self.brush.erasing)
        if key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            return self.brush.resized(1 if key == Qt.Key.Key_BracketRight else -1)
        return self.brush

    def _move_cross(self, key: Qt.Key, *, wide: bool) -> None:
        step, (across, up) = WIDE_STEP if wide else STEP, _ARROWS[key]
        self._cross = (within(self._cross[0] + step * across), within(self._cross[1] + step * up))
        self.hand = None
        self.update()

    # Strokes

    def _begin(self, brush: Brush) -> None:
        self._stroke = Stroke(self._points, brush, self._random)

    def _touch(self, at: QPointF) -> None:
        if self._stroke is not None:
            self._stroke.touch(*self.plane.point(at))
            self.update()

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._picture.paint(painter, self._points, self.points, focus=self.hasFocus())
        if self.hand is not None:
            self._picture.paint_ring(painter, self.hand, self.brush)
        elif self.hasFocus():
            self._picture.paint_cross(painter, self.plane.place(*self._cross), self.brush)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plane = self._picture.plane = Plane(event.size())

    def _dress(self) -> None:
        self._picture.forget()
        self.update()

    def tip(self, at: QPointF) -> str:
        """The point under the mouse, or how one paints."""
        found = nearest(self.points, *self.plane.point(at), NEAR / self.plane.unit)
        return f"{found[0]:g}, {found[1]:g}\n{self._names[found[2]]}" if found else self.help()
