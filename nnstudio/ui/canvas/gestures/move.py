"""Click a node, frame or comment to choose it, drag it to move all that is chosen, and what lies in chosen frames."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt

from nnstudio.ui.canvas.edits import Edits
from nnstudio.ui.canvas.gestures.gesture import DRAG_FROM, Gesture, Pointer
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.scene import CanvasScene


class MoveGesture(Gesture):
    """Freely; with Shift on the grid. The document moves at the end, in one step. What is locked stays."""

    scrolls = True

    def __init__(self, scene: CanvasScene, edits: Edits, node: str) -> None:
        self._scene, self._edits, self._node = scene, edits, node
        self._pressed, self._grip = QPoint(), QPointF()
        self._before: dict[str, QPointF] = {}
        self._chosen_before = scene.chosen_things
        self._links_before = scene.chosen_links
        self._was_chosen = node in scene.chosen_things

    @property
    def moving(self) -> bool:
        return bool(self._before)

    def start(self, at: Pointer) -> None:
        """Choose at once; what was chosen already may be about to be dragged, so it waits for the release."""
        self._pressed, self._grip = at.view, at.scene
        if self._was_chosen:
            return
        if at.adding:
            self._scene.choose((*self._scene.chosen_things, self._node), self._scene.chosen_links)
        else:
            self._scene.choose((self._node,))

    def update(self, at: Pointer) -> None:
        if not self.moving:
            if (at.view - self._pressed).manhattanLength() < DRAG_FROM:
                return
            self._lift()
        if not self.moving:
            return
        shift = at.scene - self._grip
        anchor = self._before[self._node]
        if at.modifiers & Qt.KeyboardModifier.ShiftModifier:
            shift = snapped(anchor + shift) - anchor
        for key, place in self._before.items():
            self._scene.thing(key).setPos(place + shift)
        self._scene.follow(self._before)

    def finish(self, at: Pointer) -> None:
        if not self.moving:
            self._click(at)
            return
        places = {key: self._scene.thing(key).pos() for key in self._before}
        self._put_back()
        self._edits.move({key: (place.x(), place.y()) for key, place in places.items()})

    def cancel(self) -> None:
        if self.moving:
            self._put_back()
        self._scene.choose(self._chosen_before, self._links_before)

    def _lift(self) -> None:
        wanted = self._scene.marks.with_contents((*self._scene.chosen_things, self._node))
        free = [key for key in wanted if not self._is_locked(key)]
        self._before = {key: self._scene.thing(key).pos() for key in free if self._node in free}
        self._scene.ignore_obstacles(self._before)

    def _is_locked(self, key: str) -> bool:
        return key in self._scene.nodes and self._scene.nodes[key].node.looks.locked

    def _put_back(self) -> None:
        there = [key for key in self._before if key in self._scene.nodes or key in self._scene.marks.items]
        for key in there:
            self._scene.thing(key).setPos(*self._scene.thing(key).at)
        self._scene.moved(there)

    def _click(self, at: Pointer) -> None:
        if not self._was_chosen:
            return
        if at.adding:
            rest = tuple(key for key in self._scene.chosen_things if key != self._node)
            self._scene.choose(rest, self._scene.chosen_links)
        else:
            self._scene.choose((self._node,))
