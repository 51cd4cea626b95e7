"""The canvas as a widget: shows the scene, and turns mouse and keys into gestures and edits."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QToolTip, QWidget

from nnstudio.graph.nodes import Node
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import layout, texts
from nnstudio.ui.canvas.backdrop import Grid, paint_focus_ring, paint_hint
from nnstudio.ui.canvas.edits import Edits
from nnstudio.ui.canvas.gestures.pan import PanGesture
from nnstudio.ui.canvas.hands import Hands
from nnstudio.ui.canvas.hits import Hit, hit
from nnstudio.ui.canvas.keys import Keys
from nnstudio.ui.canvas.live import LivePictures
from nnstudio.ui.canvas.menus import menu_for
from nnstudio.ui.canvas.metrics import PLAIN_BELOW, PORT_REACH
from nnstudio.ui.canvas.minimap import INSET, MiniMap
from nnstudio.ui.canvas.navigation import STEP, Navigator
from nnstudio.ui.canvas.overview import Overview
from nnstudio.ui.canvas.scene import CanvasScene

_FAR = 100_000.0
"""How far one can pan from the middle of the drawing."""
_WIRE_REACH = 10.0
_CRISP_AFTER_MS = 120
"""After the last step of a zoom, until cards are painted anew in the new scale."""


class CanvasView(QGraphicsView):
    """What the window puts in its middle. The methods below are what menus and other panels call."""

    zoom_changed = Signal(float)
    node_activated = Signal(str)
    """Id of a node that was double-clicked."""
    search_requested = Signal(object)
    """QPointF in the scene: the person wants to choose a layer to put there."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.canvas = CanvasScene(bridge, self)
        self.edits = Edits(bridge, self)
        self.navigator = Navigator(self, self.zoom_changed)
        self.overview = Overview(self.canvas)
        self.live = LivePictures(bridge, self.canvas, self)
        self.minimap = MiniMap(self.canvas, self.overview, self)
        self._grid = Grid()
        self._minimap_wanted = True
        self._fit_when_shown = True
        self._crisp = QTimer(self, singleShot=True, interval=_CRISP_AFTER_MS)
        self._set_up()
        self._listen()
        self.hands = Hands(self)
        self.keys = Keys(self)

    def _set_up(self) -> None:
        self.setScene(self.canvas)
        self.setSceneRect(QRectF(-_FAR, -_FAR, 2 * _FAR, 2 * _FAR))
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Canvas"))
        self.setAccessibleDescription(self.tr("The drawing of the network: nodes and the wires between them."))

    def _listen(self) -> None:
        self._crisp.timeout.connect(self._paint_crisp)
        self.zoom_changed.connect(self._zoomed)
        self.minimap.wanted.connect(self._go_to)
        self.canvas.content_changed.connect(self._content_changed)
        self.canvas.rebuilt.connect(self._opened)
        self.canvas.reveal.connect(self._reveal)
        theme.current().changed.connect(self.viewport().update)

    # What menus and panels call

    @property
    def zoom(self) -> float:
        return self.navigator.zoom

    def fit_all(self) -> None:
        """Show the whole drawing, no larger than 100 %, and none of it under the mini map."""
        area = self.canvas.content_rect()
        self.navigator.show(area)
        corner = QRectF(self.minimap.geometry())
        if self.minimap.isVisibleTo(self) and self._touched(corner):
            self.navigator.show(area, covered=corner)

    def fit_selection(self) -> None:
        """Show what is chosen; everything where nothing is."""
        if self.canvas.chosen:
            self.navigator.show(self.canvas.content_rect(self.canvas.chosen), largest=1.5)
        else:
            self.fit_all()

    def zoom_in(self) -> None:
        self.navigator.set_zoom(self.zoom * STEP)

    def zoom_out(self) -> None:
        self.navigator.set_zoom(self.zoom / STEP)

    def reset_zoom(self) -> None:
        """To 100 %."""
        self.navigator.set_zoom(1.0)

    def select_all(self) -> None:
        self.canvas.choose(self.canvas.nodes)

    def delete_selection(self) -> None:
        """Chosen nodes and wires, in one step."""
        self.edits.delete(self.canvas.chosen, self.canvas.chosen_links)

    def duplicate_selection(self) -> None:
        """Copies of the chosen nodes with the wires among them; the copies are chosen then."""
        if self.canvas.chosen:
            copies = self.edits.duplicate(self.canvas.chosen)
            if copies:
                self.canvas.choose(copies)

    def toggle_mute(self) -> None:
        if self.canvas.chosen:
            self.edits.toggle_muted(self.canvas.chosen)

    def add_layer(self, type_name: str) -> Node | None:
        """A new node right of the chosen one and connected with it; in the middle of the view where none is."""
        cards = [item.card_rect for item in self.canvas.nodes.values()]
        if self.canvas.chosen:
            before = self.canvas.chosen[-1]
            at = layout.right_of(self.canvas.nodes[before].card_rect, cards)
            node = self.edits.add_after(type_name, at, before)
        else:
            at = layout.under_mouse(self.navigator.seen().center())
            node = self.edits.add(type_name, layout.free_place(at, cards))
        return self._added(node)

    def add_layer_at(self, type_name: str, at: QPointF) -> Node | None:
        """A new node with the middle of its header at a place in the scene."""
        return self._added(self.edits.add(type_name, layout.under_mouse(at)))

    def show_minimap(self, shown: bool) -> None:
        """The person's choice; over an empty drawing there is none anyway."""
        self._minimap_wanted = shown
        self._content_changed()

    def hit_at(self, at: QPoint | QPointF) -> Hit:
        """What is under a point of the view."""
        inverse, _ = self.viewportTransform().inverted()
        port_reach = PORT_REACH / self.zoom if self.zoom >= PLAIN_BELOW else 0.0
        return hit(self.canvas, inverse.map(QPointF(at)), port_reach, _WIRE_REACH / self.zoom)

    def sizeHint(self) -> QSize:
        return QSize(900, 560)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """From far away the items are not asked at all: the overview paints them together."""
        if self.zoom >= PLAIN_BELOW:
            self.canvas.faces.begin_frame()
            super().paintEvent(event)
            if self.canvas.faces.behind:
                QTimer.singleShot(0, self.viewport().update)
            return
        painter = QPainter(self.viewport())
        painter.setWorldTransform(self.viewportTransform())
        seen = self.navigator.seen()
        self.drawBackground(painter, seen)
        self.overview.paint(painter, self.zoom, keep=not self.canvas.faces.hasty)
        self.drawForeground(painter, seen)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        exposed = painter.worldTransform().mapRect(QRectF(rect))
        self._grid.paint(painter, self.viewport().rect(), exposed)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The gesture that is going on, and what does not move with the drawing."""
        self.hands.paint(painter, self.zoom)
        world = painter.worldTransform()
        painter.resetTransform()
        if self.canvas.is_empty and self.canvas.is_open:
            paint_hint(painter, self.viewport().rect(), self.tr("Drag a layer from the left, or open an example:"),
                       self.tr("File ▸ Examples"))  # fmt: skip
        if self.hasFocus():
            paint_focus_ring(painter, self.viewport().rect())
        painter.setWorldTransform(world)

    def scrollContentsBy(self, right: int, down: int) -> None:
        super().scrollContentsBy(right, down)
        # The focus ring must not scroll along, so everything is painted again.
        self.viewport().update()
        self._tell_minimap()

    # Events that concern the widget as a whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.minimap.move(INSET, self.height() - self.minimap.height() - INSET)
        if self._fit_when_shown and self.isVisible():
            self._fit_first()
        self._tell_minimap()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.live.set_shown(True)
        if self._fit_when_shown:
            self._fit_first()

    def hideEvent(self, event: QHideEvent) -> None:
        self.live.set_shown(False)
        self.hands.cancel()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.keys.forget()
        self.viewport().update()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hands.press(event)
        if isinstance(self.hands.gesture, PanGesture):
            self.keys.space_used()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.hands.move(event):
            super().mouseMoveEvent(event)  # for the items that light up under the mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hands.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.keys.wheel(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.keys.press(event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.keys.release(event))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos() if event.reason() == QContextMenuEvent.Reason.Mouse else self._chosen_point()
        menu = menu_for(self, self.hit_at(at), self.mapToScene(at))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.hands.drag(event, "enter")

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.hands.drag(event, "move")

    def dropEvent(self, event: QDropEvent) -> None:
        self.hands.drag(event, "drop")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.hands.cancel()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), texts.plain(self.hands.tip(event.pos())), self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.navigator.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    # Inside

    def _chosen_point(self) -> QPoint:
        """Where a menu opens that was asked for with a key."""
        if not self.canvas.chosen:
            return self.viewport().rect().center()
        return self.mapFromScene(self.canvas.nodes[self.canvas.chosen[-1]].card_rect.center())

    def _added(self, node: Node | None) -> Node | None:
        if node is not None:
            self.canvas.choose((node.id,))
            self._reveal((node.id,))
        return node

    def _opened(self) -> None:
        """Another project: show all of it, at once or as soon as there is a size to fit it into."""
        self.hands.cancel()
        self._fit_when_shown = not self.isVisible()
        if self.isVisible():
            self.fit_all()

    def _fit_first(self) -> None:
        if self.canvas.is_open and self.viewport().width() > 100:
            self._content_changed()
            self.fit_all()
            self._fit_when_shown = False

    def _touched(self, corner: QRectF) -> bool:
        """Whether a card lies under a part of the window."""
        inverse, _ = self.viewportTransform().inverted()
        area = inverse.mapRect(corner)
        return any(item.card_rect.intersects(area) for item in self.canvas.nodes.values())

    def _reveal(self, nodes: tuple[str, ...]) -> None:
        self.navigator.reveal(self.canvas.content_rect(nodes))

    def _go_to(self, place: QPointF) -> None:
        self.centerOn(place)

    def _content_changed(self) -> None:
        self.minimap.setVisible(self._minimap_wanted and not self.canvas.is_empty)
        self._tell_minimap()
        self.viewport().update()

    def _tell_minimap(self) -> None:
        self.minimap.set_seen(self.navigator.seen())

    def _zoomed(self, zoom: float) -> None:
        """While zooming, cards are shown as they were painted, only larger or smaller."""
        mode = QGraphicsView.ViewportUpdateMode
        self.setViewportUpdateMode(mode.SmartViewportUpdate if zoom >= PLAIN_BELOW else mode.FullViewportUpdate)
        self.canvas.faces.hasty = True
        self._crisp.start()
        self._tell_minimap()
        self.viewport().update()

    def _paint_crisp(self) -> None:
        self.canvas.faces.hasty = False
        self.viewport().update()
