"""The whole drawing in a corner of the canvas; click or drag in it to go there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.canvas.overview.overview import Overview
from nnstudio.ui.canvas.scene import CanvasScene

SIZE = QSize(150, 90)
INSET = 12
_EDGE = 7.0


class MiniMap(QWidget):
    """Shows the cards as blocks and the part in view as a frame. Asks to go somewhere; the view goes."""

    wanted = Signal(object)
    """QPointF: the place in the scene to bring to the middle."""

    def __init__(self, scene: CanvasScene, overview: Overview, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene, self._overview = scene, overview
        self._seen = QRectF()
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Overview map"))
        self.setToolTip(self.tr("Click or drag to move the view"))
        self._ground = QPixmap()
        scene.content_changed.connect(self._forget)
        theme.current().changed.connect(self._forget)

    def set_seen(self, seen: QRectF) -> None:
        """The part of the scene in view."""
        if seen != self._seen:
            self._seen = seen
            self.update()

    def to_map(self) -> QTransform:
        """From the scene to this widget: the drawing fills it, whatever part is in view."""
        area = self._scene.content_rect()
        if area.isEmpty():
            area = QRectF(0, 0, 100, 60)
        room = QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        scale = min(room.width() / area.width(), room.height() / area.height(), 0.15)
        made = QTransform.fromTranslate(room.center().x(), room.center().y())
        made.scale(scale, scale)
        return made.translate(-area.center().x(), -area.center().y())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ground.isNull() or self._ground.devicePixelRatio() != self.devicePixelRatioF():
            self._ground = self._make_ground()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_seen(painter, self.to_map().mapRect(self._seen))

    def _forget(self) -> None:
        self._ground = QPixmap()
        self.update()

    def _make_ground(self) -> QPixmap:
        """Everything but the frame, which alone changes while the view moves."""
        ground = QPixmap(self.size() * self.devicePixelRatioF())
        ground.setDevicePixelRatio(self.devicePixelRatioF())
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(theme.color("surface"))
        shade.setAlphaF(0.92)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(shade)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setTransform(self.to_map(), True)
        self._scene.marks.paint_far(painter)
        self._scene.marks.paint_far_front(painter)
        self._overview.paint_blocks(painter)
        painter.end()
        return ground

    def _paint_seen(self, painter: QPainter, seen: QRectF) -> None:
        """The frame keeps inside the map, so it can be seen when the view shows more than all."""
        frame = seen.intersected(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5))
        if frame.isEmpty():
            return
        painter.setPen(QPen(theme.color("accent"), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        inverse, _ = self.to_map().inverted()
        self.wanted.emit(inverse.map(at))
