"""What a press begins: one table, read from the top; the first row that suits decides.

The same table gives the cursor, which tells beforehand what a press would do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.box_select import BoxSelectGesture
from nnstudio.ui.canvas.gestures.connect import ConnectGesture
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.move import MoveGesture
from nnstudio.ui.canvas.gestures.pan import PanGesture
from nnstudio.ui.canvas.gestures.wiring import End
from nnstudio.ui.canvas.hits import FIX, NODE, PAPER, PORT, WIRE, Hit

_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True)
class Choice:
    """One row: on what, with which button and with which keys at least, begins what.

    `on` names kinds of hits; empty is anywhere. `begin` may do its work at once and give no gesture.
    """

    on: Collection[str]
    begin: Callable[[Board, Hit, Pointer], Gesture | None]
    button: Qt.MouseButton = _LEFT
    keys: Qt.KeyboardModifier = _NO_KEYS
    cursor: Qt.CursorShape = Qt.CursorShape.ArrowCursor

    def suits(self, found: Hit, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> bool:
        return button == self.button and (not self.on or found.kind in self.on) and keys & self.keys == self.keys


def choose(found: Hit, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> Choice | None:
    """The row for a press there; None where it means nothing."""
    return next((row for row in TABLE if row.suits(found, button, keys)), None)


def _pan(view: Board, found: Hit, at: Pointer) -> Gesture:
    return PanGesture(view.navigator)


def _connect(view: Board, found: Hit, at: Pointer) -> Gesture:
    assert found.node is not None
    assert found.spot is not None
    return ConnectGesture(view, view.canvas, view.edits, End(found.node, found.spot))


def _mend(view: Board, found: Hit, at: Pointer) -> None:
    assert found.node is not None
    if found.node.mendable is not None:
        view.edits.mend(found.node.mendable)


def _move(view: Board, found: Hit, at: Pointer) -> Gesture:
    assert found.node is not None
    return MoveGesture(view.canvas, view.edits, found.node.node.id)


def _choose_wire(view: Board, found: Hit, at: Pointer) -> None:
    assert found.link is not None
    scene, link = view.canvas, found.link.link
    if not at.adding:
        scene.choose((), (link,))
    elif link in scene.chosen_links:
        scene.choose(scene.chosen, [other for other in scene.chosen_links if other != link])
    else:
        scene.choose(scene.chosen, (*scene.chosen_links, link))


def _box(view: Board, found: Hit, at: Pointer) -> Gesture:
    return BoxSelectGesture(view.canvas)


TABLE: tuple[Choice, ...] = (
    Choice((), _pan, _MIDDLE, cursor=Qt.CursorShape.OpenHandCursor),
    Choice((PORT,), _connect, cursor=Qt.CursorShape.CrossCursor),
    Choice((FIX,), _mend, cursor=Qt.CursorShape.PointingHandCursor),
    Choice((NODE,), _move),
    Choice((WIRE,), _choose_wire),
    Choice((PAPER,), _box),
)
