"""Mouse and drops: what is under the mouse decides which gesture begins; the gesture does the rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QMouseEvent, QPainter

from nnstudio.ui import theme
from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.facts import is_edit
from nnstudio.ui.canvas.gestures.choice import choose
from nnstudio.ui.canvas.gestures.drop import MIME, DropGesture
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.pulling import EdgePull
from nnstudio.ui.canvas.gestures.wiring import End
from nnstudio.ui.canvas.hits import Hit
from nnstudio.ui.canvas.items.card_paint import paint_ring
from nnstudio.ui.canvas.metrics import PORT
from nnstudio.ui.canvas.tips import tip_of


class Hands(QObject):
    """One gesture at a time. A change of the document from elsewhere ends it."""

    def __init__(self, view: Board) -> None:
        super().__init__(view)
        self._view = view
        self._gesture: Gesture | None = None
        self._pointer = Pointer(QPointF(), QPoint())
        self._under, self._keys = Hit(), Qt.KeyboardModifier.NoModifier
        self._button = Qt.MouseButton.NoButton
        self.panning_ready = False
        """Space is held: a drag pans."""
        self.right_taken = False
        """The last press of the right button began a gesture, so no menu opens."""
        self._pull = EdgePull(view, view.navigator, self._pulled)
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
        found = self._view.hit_at(at.view)
        row = choose(found, self._meant(event.button()), at.modifiers)
        gesture = row.begin(self._view, found, at) if row is not None else None
        self.right_taken = gesture is not None and event.button() == Qt.MouseButton.RightButton
        if gesture is not None:
            self._button = event.button()
            self._begin(gesture, at)

    def move(self, event: QMouseEvent) -> bool:
        """True if a gesture took it."""
        at = self._point(event)
        if self._button != Qt.MouseButton.NoButton and not event.buttons():
            self.cancel()  # its release was lost
        if self._gesture is None:
            self._point_at(at)
            return False
        self._follow(at)
        if self._gesture.scrolls and event.buttons():
            self._pull.watch(at.view)
        return True

    def release(self, event: QMouseEvent) -> None:
        if self._gesture is not None and event.button() == self._button:
            self._finish(self._point(event))

    def double_click(self, event: QMouseEvent) -> None:
        """On a node: go into it. On a wire: a reroute point, or that point away. On empty canvas: add a layer."""
        if not _is_left(event):
            return
        found = self._view.hit_at(event.position())
        if found.node is not None:
            self._view.canvas.choose((found.node.node.id,))
            self._view.activate(found.node.node.id)
        elif found.mark is not None:
            self._view.marking.edit(found.mark.mark.id)
        elif found.link is None:
            self._view.ask_for_layer(self._point(event).scene)
        elif found.dot is not None:
            self._view.edits.remove_dots([(found.link.link, found.dot)])
        else:
            self._view.add_dots_at({found.link.link: self._point(event).scene})

    def cancel(self) -> None:
        """End the gesture, and leave everything as it was."""
        gesture, self._gesture = self._gesture, None
        self._under = Hit()  # it may be gone from the drawing
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
        return tip_of(self._view.hit_at(at))

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
            self._begin(DropGesture(self._view, name), at)
        if kind == "drop":
            self._finish(at)
            self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            self._follow(at)

    # Inside

    def _document_changed(self, change: object) -> None:
        """An edit from elsewhere, as an undo."""
        if is_edit(change):
            self.cancel()

    def _begin(self, gesture: Gesture, at: Pointer) -> None:
        self._gesture, self._pointer, self._under = gesture, at, Hit()
        gesture.start(at)
        self._show_own_cursor()
        self._view.viewport().update()

    def _follow(self, at: Pointer) -> None:
        self._pointer = at
        if self._gesture is not None:
            self._gesture.update(at)
            self._show_own_cursor()
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

    def _show_own_cursor(self) -> None:
        """That of the gesture, which may change on the way."""
        shape = self._gesture.cursor if self._gesture is not None else None
        if shape is not None and shape != self._view.viewport().cursor().shape():
            self._view.viewport().setCursor(shape)

    def show_cursor(self) -> None:
        """The cursor for what the left button would do now."""
        row = choose(self._under, self._meant(Qt.MouseButton.LeftButton), self._keys)
        self._view.viewport().setCursor(row.cursor if row is not None else Qt.CursorShape.ArrowCursor)

    def _meant(self, button: Qt.MouseButton) -> Qt.MouseButton:
        """With Space held the left button pans, as the middle one does."""
        held = self.panning_ready and button == Qt.MouseButton.LeftButton
        return Qt.MouseButton.MiddleButton if held else button

    def _point_at(self, at: Pointer) -> None:
        """Without a button: a port under the mouse lights up, and the cursor tells what a press would do."""
        before = self._pointed
        self._under, self._keys = self._view.hit_at(at.view), at.modifiers
        self.show_cursor()
        if self._pointed != before:
            self._view.viewport().update()

    @property
    def _pointed(self) -> End | None:
        """The port under the mouse."""
        found = self._under
        return End(found.node, found.spot) if found.node and found.spot else None

    def _pulled(self) -> None:
        """The view has moved under the mouse."""
        at = self._pointer.view
        self._follow(Pointer(self._to_scene(QPointF(at)), at, self._pointer.modifiers))

    def _point(self, event: QMouseEvent) -> Pointer:
        at = event.position()
        return Pointer(self._to_scene(at), at.toPoint(), event.modifiers())

    def _to_scene(self, at: QPointF) -> QPointF:
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(at)


def _is_left(event: QMouseEvent) -> bool:
    return event.button() == Qt.MouseButton.LeftButton
