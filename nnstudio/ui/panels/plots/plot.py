"""A plot in the theme's dress: no menus, no grey, wheel zooms, drag moves, double click shows all; keys do the same."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.plots.axes import Axis

NEARLY_LOST = 3
"""Pixels a mouse may move in a double click."""

_STEP = 0.1
"""How far an arrow moves, as a part of what is seen."""
_MOVES = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}
_ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}


class Plot(pg.PlotWidget):
    """Base of the plots. `describe` gives the read-out for a place in the data."""

    ranged = Signal()
    """The person has zoomed or moved: other points are to be drawn."""

    def __init__(self, left: Axis, bottom: Axis) -> None:
        super().__init__(axisItems={"left": left, "bottom": bottom})
        self.left, self.bottom = left, bottom
        self.free = False
        self.item: Any = self.getPlotItem()
        self.view: Any = self.item.getViewBox()
        self._dress()
        self.view.sigRangeChangedManually.connect(self._on_manual)
        theme.current().changed.connect(self.restyle)
        self.setMouseTracking(True)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.setBackground(theme.color("surface"))
        self.left.restyle()
        self.bottom.restyle()

    def describe(self, at: QPointF) -> str:
        """The exact values at a place, in the coordinates of the data; empty where there is nothing to say."""
        return ""

    def point_at(self, position: QPointF) -> QPointF:
        """A place in the widget in the coordinates of the data."""
        return self.view.mapSceneToView(self.mapToScene(position.toPoint()))

    def show_all(self) -> None:
        """Follow the data again after a zoom."""
        self.free = False
        self.ranged.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self.point(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, Home shows all."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Home:
            self.show_all()
        elif key in _MOVES:
            self._move(*_MOVES[key])
        elif key in _ZOOMS:
            self._zoom(_ZOOMS[key])
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.unpoint()

    def point(self, position: QPointF) -> None:
        """Read out what is under the mouse."""
        text = self.describe(self.point_at(position)) if self.reads(self.mapToScene(position.toPoint())) else ""
        tips.show(self, position.toPoint(), text)

    def reads(self, place: QPointF) -> bool:
        """Whether there is something to read out at a place of the scene."""
        return bool(self.view.sceneBoundingRect().contains(place))

    def unpoint(self) -> None:
        """The mouse has left."""

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAntialiasing(True)
        self.setMenuEnabled(False)
        self.item.hideButtons()
        self.item.setContentsMargins(0, 6, 18, 0)
        self.item.layout.setSpacing(0)
        self.view.disableAutoRange()
        self.view.setDefaultPadding(0)
        self.view.setMouseEnabled(x=True, y=False)

    def _move(self, across: float, up: float) -> None:
        along, upright = self.view.state["mouseEnabled"]
        wide, high = (low_high[1] - low_high[0] for low_high in self.view.viewRange())
        if (across and along) or (up and upright):
            self.view.translateBy(across * wide, up * high)
            self._on_manual(None)

    def _zoom(self, share: float) -> None:
        along, upright = self.view.state["mouseEnabled"]
        self.view.scaleBy((share if along else 1.0, share if upright else 1.0))
        self._on_manual(None)

    def _on_manual(self, _axes: object) -> None:
        self.free = True
        self.ranged.emit()
