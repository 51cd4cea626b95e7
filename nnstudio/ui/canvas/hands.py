"""Mouse and drops: what is under the mouse decides which gesture begins; the gesture does the rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QDropEvent, QMouseEvent, QPainter

from nnstudio.graph import changes as ch
from nnstudio.graph.nodes import Link
from nnstudio.ui import theme
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.card_paint import paint_ring
from nnstudio.ui.canvas.gestures.box_select import BoxSelectGesture
from nnstudio.ui.canvas.gestures.connect import ConnectGesture
from nnstudio.ui.canvas.gestures.drop import MIME, DropGesture
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.move import MoveGesture
from nnstudio.ui.canvas.gestures.pan import PanGesture
from nnstudio.ui.canvas.gestures.wiring import End
from nnstudio.ui.canvas.hits import Hit
from nnstudio.ui.canvas.metrics import PORT

_NO_EDITS = (ch.TrainedSet, ch.PlanSet, ch.Retitled)
_EDGE = 28
_PULL_MS = 25
_PULL = 14


class Hands(QObject):
    """One gesture at a time. A change of the document from elsewhere ends it."""

    def __init__(self, view: Board) -> None:
        super().__init__(view)
        self._view = view
        self._gesture: Gesture | None = None
        self._pointer = Pointer(QPointF(), QPoint())
        self._pointed: End | None = None
        self._button = Qt.MouseButton.NoButton
        self.panning_ready = False
        """Space is held: a drag pans."""
        self._pull = QTimer(self, interval=_PULL_MS)
        self._pull.timeout.connect(self._pull_view)
        view.bridge.document_changed.connect(self._document_changed)

    @property
    def gesture(self) -> Gesture | None:
        """What is going on."""
        return self._gesture

    # Mouse

    def press(self, event: QMouseEvent) -> None:
        if self._gesture is not None:
            if event.button() == self._button:
                self.cancel()  # its release was lost, as to another window
            return
        at = self._point(event)
        if event.button() == Qt.MouseButton.MiddleButton or (self.panning_ready and _is_left(event)):
            gesture: Gesture | None = PanGesture(self._view.navigator)
        elif _is_left(event):
            gesture = self._gesture_at(at)
        else:
            return
        if gesture is not None:
            self._button = event.button()
            self._begin(gesture, at)

    def move(self, event: QMouseEvent) -> bool:
        """True if a gesture took it."""
        at = self._point(event)
        if self._gesture is None:
            self._point_at(at)
            return False
        self._follow(at)
        pulling = self._gesture.scrolls and bool(event.buttons()) and not self._inner().contains(at.view)
        if pulling != self._pull.isActive():
            self._pull.start() if pulling else self._pull.stop()
        return True

    def release(self, event: QMouseEvent) -> None:
        if self._gesture is not None and event.button() == self._button:
            self._finish(self._point(event))

    def double_click(self, event: QMouseEvent) -> None:
        """On a node: go into it. On empty canvas: look for a layer to put there."""
        if not _is_left(event):
            return
        found = self._view.hit_at(event.position())
        if found.node is not None:
            self._view.canvas.choose((found.node.node.id,))
            self._view.activate(found.node.node.id)
        elif found.link is None:
            self._view.ask_for_layer(self._point(event).scene)

    def cancel(self) -> None:
        """End the gesture, and leave everything as it was."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
            self._ended()

    def paint(self, painter: QPainter, zoom: float) -> None:
        """Over the drawing, in its coordinates."""
        if self._gesture is not None:
            self._gesture.paint(painter, zoom)
        elif self._pointed is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_ring(painter, self._pointed.at, theme.color("accent"), PORT + 1)

    def tip(self, at: QPoint) -> str:
        """What is to be said about a point of the view."""
        found = self._view.hit_at(at)
        if found.node is None:
            return self._wire_tip(found)
        item = found.node
        if found.spot is None:
            return texts.node_tip(item.node, item.facts, item.problems)
        ports = item.node.outputs if found.spot.is_output else item.node.inputs
        port = next((port for port in ports if port.name == found.spot.name), None)
        if port is None:
            return ""
        if item.facts is None:
            return texts.port_tip(port, (), found.spot.is_output)
        if found.spot.is_output:
            shown = item.facts.outputs.get(port.name)
            return texts.port_tip(port, (shown,) if shown else (), True)
        return texts.port_tip(port, item.facts.inputs.get(port.name, ()), False)

    # Drops

    def drag(self, event: QDropEvent, kind: str) -> None:
        """A layer is dragged over the canvas: `kind` is "enter", "move" or "drop"."""
        if not event.mimeData().hasFormat(MIME):
            event.ignore()
            return
        event.acceptProposedAction()
        view_point = event.position().toPoint()
        at = Pointer(self._to_scene(event.position()), view_point, event.modifiers())
        if kind == "enter" or not isinstance(self._gesture, DropGesture):
            self.cancel()
            name = bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
            self._begin(DropGesture(self._view.canvas, self._view.edits, name), at)
        if kind == "drop":
            self._finish(at)
            self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            self._follow(at)

    # Inside

    def _document_changed(self, change: object) -> None:
        """An edit from elsewhere, as an undo. Weights that come from a run are none."""
        if not isinstance(change, _NO_EDITS):
            self.cancel()

    def _gesture_at(self, at: Pointer) -> Gesture | None:
        """What a press with the left button begins."""
        view = self._view
        found = view.hit_at(at.view)
        if found.node is not None and found.spot is not None:
            return ConnectGesture(view, view.canvas, view.edits, End(found.node, found.spot))
        if found.node is not None and found.on_fix:
            if found.node.mendable is not None:
                view.edits.mend(found.node.mendable)
            return None
        if found.node is not None:
            return MoveGesture(view.canvas, view.edits, found.node.node.id)
        if found.link is not None:
            self._choose_wire(found.link.link, at.adding)
            return None
        return BoxSelectGesture(view.canvas)

    def _choose_wire(self, link: Link, adding: bool) -> None:
        scene = self._view.canvas
        if not adding:
            scene.choose((), (link,))
        elif link in scene.chosen_links:
            scene.choose(scene.chosen, [other for other in scene.chosen_links if other != link])
        else:
            scene.choose(scene.chosen, (*scene.chosen_links, link))

    def _begin(self, gesture: Gesture, at: Pointer) -> None:
        self._gesture, self._pointer, self._pointed = gesture, at, None
        gesture.start(at)
        if gesture.cursor is not None:
            self._view.viewport().setCursor(gesture.cursor)
        self._view.viewport().update()

    def _follow(self, at: Pointer) -> None:
        self._pointer = at
        if self._gesture is not None:
            self._gesture.update(at)
            self._view.viewport().update()

    def _finish(self, at: Pointer) -> None:
        """Before the edit is made, so that the change it makes does not count as one from elsewhere."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.finish(at)
        self._ended()

    def _ended(self) -> None:
        self._pull.stop()
        self._button = Qt.MouseButton.NoButton
        self.show_cursor()
        self._view.viewport().update()

    def show_cursor(self) -> None:
        """The cursor for what the mouse would do now."""
        shape = Qt.CursorShape.ArrowCursor
        if self.panning_ready:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._pointed is not None:
            shape = Qt.CursorShape.CrossCursor
        self._view.viewport().setCursor(shape)

    def _point_at(self, at: Pointer) -> None:
        """Without a button: a port under the mouse lights up."""
        found = self._view.hit_at(at.view)
        pointed = End(found.node, found.spot) if found.node and found.spot else None
        if pointed != self._pointed:
            self._pointed = pointed
            self.show_cursor()
            self._view.viewport().update()

    def _pull_view(self) -> None:
        """Near the edge a drag pulls the view along."""
        inner = self._inner()
        at = self._pointer.view
        right = _PULL * ((at.x() > inner.right()) - (at.x() < inner.left()))
        down = _PULL * ((at.y() > inner.bottom()) - (at.y() < inner.top()))
        self._view.navigator.pan(right, down)
        self._follow(Pointer(self._to_scene(QPointF(at)), at, self._pointer.modifiers))

    def _wire_tip(self, found: Hit) -> str:
        if found.link is None:
            return ""
        return found.link.problem or found.link.text

    def _inner(self) -> QRect:
        return self._view.viewport().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _point(self, event: QMouseEvent) -> Pointer:
        at = event.position()
        return Pointer(self._to_scene(at), at.toPoint(), event.modifiers())

    def _to_scene(self, at: QPointF) -> QPointF:
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(at)


def _is_left(event: QMouseEvent) -> bool:
    return event.button() == Qt.MouseButton.LeftButton
