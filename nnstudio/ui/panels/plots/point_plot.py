"""The boundary plot with one point on it that can be dragged."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPen

from nnstudio.ui import theme
from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

SIZE = 15
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
STEP, WIDE_STEP = 0.01, 0.05
"""Of the plane: how far an arrow key moves the point, without and with Shift."""


class PointPlot(BoundaryPlot):
    """A press anywhere brings the point there, a drag takes it along; the arrow keys move it."""

    dragged = Signal()
    """`point_shown` is another."""

    def __init__(self) -> None:
        self.point_shown = (0.0, 0.0)
        self._mark = pg.ScatterPlotItem(size=SIZE, symbol="o", pxMode=True)
        self._cross = pg.ScatterPlotItem(size=SIZE - 5, symbol="+", pxMode=True)
        super().__init__()
        for item, above in ((self._mark, 10), (self._cross, 11)):
            item.setZValue(above)
            self.addItem(item)
        self._dress_mark()
        self.view.setMouseEnabled(x=False, y=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Point that the network is asked about"))

    def restyle(self) -> None:
        super().restyle()
        self._dress_mark()

    def show_point(self, x: float, y: float) -> None:
        """Put the point there."""
        self.point_shown = (x, y)
        for item in (self._mark, self._cross):
            item.setData([x], [y])

    def move_to(self, x: float, y: float) -> None:
        """The person brings the point there, or to the nearest place of the plane."""
        x0, x1, y0, y1 = self._edges()
        self.show_point(min(max(x, x0), x1), min(max(y, y0), y1))
        self.dragged.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            at = self.point_at(event.position())
            self.move_to(at.x(), at.y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            at = self.point_at(event.position())
            self.move_to(at.x(), at.y())
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The point stays."""

    def event(self, event: QEvent) -> bool:
        """The arrow keys are the point's own while the plot has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ARROWS:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in _ARROWS:
            super().keyPressEvent(event)
            return
        step = WIDE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        (x0, x1, y0, y1), (across, up) = self._edges(), _ARROWS[key]
        x, y = self.point_shown
        self.move_to(x + across * step * (x1 - x0), y + up * step * (y1 - y0))

    def _edges(self) -> tuple[float, float, float, float]:
        return self.plane.edges

    def _dress_mark(self) -> None:
        for item, token, wide in ((self._mark, "surface", 2.0), (self._cross, "text", 1.5)):
            pen = QPen(theme.color("text"), wide)
            pen.setCosmetic(True)
            item.setPen(pen)
            item.setBrush(theme.color(token))
