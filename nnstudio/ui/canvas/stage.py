"""The canvas without hands: shows the scene, zooms, fits, and keeps everything around the drawing in its place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.backdrop import Grid, paint_focus_ring, paint_hint
from nnstudio.ui.canvas.facts import is_edit
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.mark_item import MarkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.live.attention import LiveAttention
from nnstudio.ui.canvas.live.figures import LiveFigures
from nnstudio.ui.canvas.live.flow import LiveFlow
from nnstudio.ui.canvas.live.pictures import LivePictures
from nnstudio.ui.canvas.live.walked import WalkOnCanvas
from nnstudio.ui.canvas.metrics import PLAIN_BELOW
from nnstudio.ui.canvas.navigation import STEP, Navigator
from nnstudio.ui.canvas.overview.minimap import INSET, MiniMap
from nnstudio.ui.canvas.overview.overview import Overview
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.views import Views

_FAR = 100_000.0
"""How far one can pan from the middle of the drawing."""
_CRISP_AFTER_MS = 120
"""After the last step of a zoom, until cards are painted anew in the new scale."""


class Stage(QGraphicsView):
    """Knows nothing of gestures and edits: `CanvasView` adds those."""

    zoom_changed = Signal(float)

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.canvas = CanvasScene(bridge, self)
        self.navigator = Navigator(self, self.zoom_changed)
        self.overview = Overview(self.canvas)
        self.live = LivePictures(bridge, self.canvas, self)
        self.attention = LiveAttention(bridge, self.canvas, self)
        self.figures = LiveFigures(bridge, self.canvas, self)
        self.flow = LiveFlow(bridge, self.canvas, self)
        self.walked = WalkOnCanvas(bridge, self.canvas, self)
        self.minimap = MiniMap(self.canvas, self.overview, self)
        self._grid = Grid()
        self._minimap_wanted = True
        self._fit_when_shown = True
        self._follows = True
        self._fitting = False
        self._fitted = QRectF()
        self._views = Views(self, self.navigator)
        self._crisp = QTimer(self, singleShot=True, interval=_CRISP_AFTER_MS)
        self._set_up()
        self._listen()

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
        self.canvas.recolored.connect(self.viewport().update)
        self.canvas.rebuilt.connect(self._opened)
        self.canvas.leaving.connect(self._leaving)
        self.canvas.entered.connect(self._entered)
        self.canvas.reveal.connect(self.reveal)
        self.walked.changed.connect(self._walk_on)
        self.bridge.session_leaving.connect(lambda _: self._leaving(self.bridge.sheet.block))
        self.bridge.document_changed.connect(self._edited)
        theme.current().changed.connect(self.viewport().update)

    # What may be asked of it

    @property
    def zoom(self) -> float:
        return self.navigator.zoom

    def fit_all(self) -> None:
        """Show the whole drawing, no larger than 100 %, and none of it under the mini map."""
        self._fitted = self.canvas.content_rect()
        area = self._fitted.united(self.overview.covered())
        self._fitting = True
        self.navigator.show(area)
        corner = QRectF(self.minimap.geometry())
        if self.minimap.isVisibleTo(self) and self._touched(corner):
            self.navigator.show(area, covered=corner)
        self._fitting, self._follows = False, True

    def fit_selection(self) -> None:
        """Show what is chosen; everything where nothing is."""
        if self.canvas.chosen_things:
            self.navigator.show(self.canvas.content_rect(self.canvas.chosen_things), largest=1.5)
        else:
            self.fit_all()

    def zoom_in(self) -> None:
        self.navigator.set_zoom(self.zoom * STEP)

    def zoom_out(self) -> None:
        self.navigator.set_zoom(self.zoom / STEP)

    def reset_zoom(self) -> None:
        """To 100 %."""
        self.navigator.set_zoom(1.0)

    @property
    def minimap_wanted(self) -> bool:
        """The person's choice; over an empty drawing there is none anyway."""
        return self._minimap_wanted

    def toggle_minimap(self) -> None:
        """Show or hide the small overview."""
        self._minimap_wanted = not self._minimap_wanted
        self._content_changed()

    def sizeHint(self) -> QSize:
        return QSize(900, 560)

    # For the sub-class

    def busy(self) -> bool:
        """Whether hands are doing something, under which the drawing must stay where it is."""
        return False

    def paint_over(self, painter: QPainter) -> None:
        """Over the drawing, in its coordinates."""

    def interrupt(self) -> None:
        """Whatever hands are doing ends now."""

    def forget_keys(self) -> None:
        """Keys that were held may have been let go elsewhere."""

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """From far away the items are not asked at all: the overview paints them together."""
        self.canvas.wires.settle()
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
        self.overview.paint(painter, self.zoom, seen, keep=not self.canvas.faces.hasty)
        self.drawForeground(painter, seen)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        exposed = painter.worldTransform().mapRect(QRectF(rect))
        self._grid.paint(painter, self.viewport().rect(), exposed)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The gesture that is going on, and what does not move with the drawing."""
        self.walked.paint(painter, self.zoom)
        self.paint_over(painter)
        world = painter.worldTransform()
        painter.resetTransform()
        if self.canvas.is_empty and self.canvas.is_open:
            words = self.tr("Drag data and layers here, drop your own file, or open an example:")
            paint_hint(painter, self.viewport().rect(), words, self.tr("File ▸ Examples"))
        if self.hasFocus():
            paint_focus_ring(painter, self.viewport().rect())
        painter.setWorldTransform(world)

    def scrollContentsBy(self, right: int, down: int) -> None:
        super().scrollContentsBy(right, down)
        # The focus ring must not scroll along, so everything is painted again.
        self.viewport().update()
        self._tell_minimap()
        self._follows = self._follows and self._fitting

    # Events that concern the widget as a whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.minimap.move(INSET, self.height() - self.minimap.height() - INSET)
        legend = self.flow.legend
        legend.move(self.width() - legend.width() - INSET, self.height() - legend.height() - INSET)
        if self._fit_when_shown and self.isVisible():
            self._fit_first()
        elif self._untouched():
            self.fit_all()
        self._tell_minimap()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for live in (self.live, self.attention, self.figures, self.flow):
            live.set_shown(True)
        if self._fit_when_shown:
            self._fit_first()

    def hideEvent(self, event: QHideEvent) -> None:
        for live in (self.live, self.attention, self.figures, self.flow):
            live.set_shown(False)
        self.interrupt()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.forget_keys()
        self.viewport().update()

    # Inside

    def _opened(self) -> None:
        """Another project: as it was left, or all of it at once or as soon as there is a size to fit it into."""
        self.interrupt()
        self._views.turn_to(self.bridge.session)
        self._fit_when_shown = not self.isVisible()
        if self.isVisible():
            self._entered(self.bridge.sheet.block)

    def _leaving(self, block: str) -> None:
        """Remember how a drawing was seen."""
        self.interrupt()
        self._views.keep(block, self._follows)

    def _entered(self, block: str) -> None:
        """Another drawing of the project: as it was last seen, or all of it."""
        seen = self._views.restore(block)
        if seen is None:
            self.fit_all()
        else:
            self._follows = seen.follows

    def _fit_first(self) -> None:
        if self.canvas.is_open and self.viewport().width() > 100:
            self._content_changed()
            self.fit_all()
            self._fit_when_shown = False

    def _untouched(self) -> bool:
        """Whether the drawing is still shown as it was fitted: nobody has zoomed, panned or edited since."""
        return self._follows and not self.busy() and self.isVisible() and self.canvas.is_open

    def _edited(self, change: object) -> None:
        """What the person works on does not move by itself any more."""
        self._follows = self._follows and not is_edit(change)

    def _touched(self, corner: QRectF) -> bool:
        """Whether something of the drawing lies under a part of the window."""
        self.canvas.wires.settle()
        inverse, _ = self.viewportTransform().inverted()
        area = inverse.mapRect(corner)
        near = self.canvas.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return any(_lies_in(item, area) for item in near)

    def reveal(self, nodes: tuple[str, ...]) -> None:
        """Bring nodes into view, with no more movement than that takes."""
        self.navigator.reveal(self.canvas.content_rect(nodes))

    def _walk_on(self, node: str) -> None:
        """The walk has come to another node, which is to be seen."""
        if node in self.canvas.nodes:
            self.reveal((node,))
        self.viewport().update()

    def _go_to(self, place: QPointF) -> None:
        self.centerOn(place)

    def _content_changed(self) -> None:
        self.minimap.setVisible(self._minimap_wanted and not self.canvas.is_empty)
        if self._untouched() and not self._fit_when_shown and self.canvas.content_rect() != self._fitted:
            self.fit_all()  # pictures have come to the cards
        self._tell_minimap()
        self.viewport().update()

    def _tell_minimap(self) -> None:
        seen = self.navigator.seen()
        self.minimap.set_seen(seen)
        self.live.see(seen, near=self.zoom >= PLAIN_BELOW)

    def _zoomed(self, zoom: float) -> None:
        """While zooming, cards are shown as they were painted, only larger or smaller."""
        mode = QGraphicsView.ViewportUpdateMode
        self.setViewportUpdateMode(mode.SmartViewportUpdate if zoom >= PLAIN_BELOW else mode.FullViewportUpdate)
        self._follows = self._follows and self._fitting
        self.canvas.faces.hasty = True
        self._crisp.start()
        self._tell_minimap()
        self.viewport().update()

    def _paint_crisp(self) -> None:
        self.canvas.faces.hasty = False
        self.viewport().update()


def _lies_in(item: QGraphicsItem, area: QRectF) -> bool:
    """Whether a card, a mark or a wire is to be seen there."""
    if isinstance(item, NodeItem | MarkItem):
        return item.card_rect.intersects(area)
    return isinstance(item, LinkItem) and item.shape().intersects(area)
