"""What a press begins: one table, read from the top; the first row that suits decides.

The same table gives the cursor, which tells beforehand what a press would do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import Qt

from nnstudio.ui.canvas.board import Board
from nnstudio.ui.canvas.gestures.box_select import BoxSelectGesture
from nnstudio.ui.canvas.gestures.connect import ConnectGesture, all_from, from_port, from_wire_end
from nnstudio.ui.canvas.gestures.copy import CopyGesture
from nnstudio.ui.canvas.gestures.dot import DotGesture
from nnstudio.ui.canvas.gestures.gesture import Gesture, Pointer
from nnstudio.ui.canvas.gestures.mark_resize import ResizeGesture
from nnstudio.ui.canvas.gestures.move import MoveGesture
from nnstudio.ui.canvas.gestures.pan import PanGesture
from nnstudio.ui.canvas.gestures.pull_out import PullOutGesture
from nnstudio.ui.canvas.gestures.stroke import CutGesture, RerouteGesture
from nnstudio.ui.canvas.gestures.wiring import End
from nnstudio.ui.canvas.hits import (
    ACROSS,
    ALONG,
    DOT,
    FALLING,
    FIX,
    INPUT,
    MARK,
    NODE,
    OUTPUT,
    PAPER,
    RISING,
    WIRE,
    WIRE_END,
    WIRE_START,
    Hit,
)

_LEFT, _RIGHT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
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
    return ConnectGesture(view, from_port(view.canvas, _end(found)))


def _carry_all(view: Board, found: Hit, at: Pointer) -> Gesture:
    return ConnectGesture(view, all_from(view.canvas, _end(found)))


def _pick_up(view: Board, found: Hit, at: Pointer) -> Gesture:
    assert found.link is not None
    link = found.link.link
    return ConnectGesture(view, from_wire_end(view.canvas, link, found.near == WIRE_START), clicked=link)


def _thing(found: Hit) -> str:
    """The id of the node, frame or comment."""
    if found.node is not None:
        return found.node.node.id
    assert found.mark is not None
    return found.mark.mark.id


def _end(found: Hit) -> End:
    assert found.node is not None
    assert found.spot is not None
    return End(found.node, found.spot)


def _mend(view: Board, found: Hit, at: Pointer) -> None:
    assert found.node is not None
    if found.node.mendable is not None:
        view.edits.mend(found.node.mendable)


def _move(view: Board, found: Hit, at: Pointer) -> Gesture:
    return MoveGesture(view, _thing(found))


def _copy(view: Board, found: Hit, at: Pointer) -> Gesture:
    return CopyGesture(view, _thing(found))


def _pull_out(view: Board, found: Hit, at: Pointer) -> Gesture:
    return PullOutGesture(view, _thing(found))


def _resize(view: Board, found: Hit, at: Pointer) -> Gesture:
    assert found.mark is not None
    return ResizeGesture(view.canvas, view.marking, found.mark.mark.id, found.side)


def _lead(view: Board, found: Hit, at: Pointer) -> Gesture:
    assert found.link is not None
    return DotGesture(view, found.link.link, found.dot)


def _cut(view: Board, found: Hit, at: Pointer) -> Gesture:
    return CutGesture(view)


def _reroute(view: Board, found: Hit, at: Pointer) -> Gesture:
    return RerouteGesture(view)


def _box(view: Board, found: Hit, at: Pointer) -> Gesture:
    return BoxSelectGesture(view.canvas)


_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier
_PLUG = Qt.CursorShape.CrossCursor
TABLE: tuple[Choice, ...] = (
    Choice((), _pan, _MIDDLE, cursor=Qt.CursorShape.OpenHandCursor),
    Choice((), _cut, _RIGHT, _CTRL),
    Choice((), _reroute, _RIGHT, _SHIFT),
    Choice((OUTPUT,), _carry_all, keys=_CTRL, cursor=_PLUG),
    Choice((INPUT, OUTPUT), _connect, cursor=_PLUG),
    Choice((FIX,), _mend, cursor=Qt.CursorShape.PointingHandCursor),
    Choice((NODE, MARK), _copy, keys=_CTRL),
    Choice((NODE,), _pull_out, keys=_ALT),
    Choice((NODE, MARK), _move),
    Choice((ACROSS,), _resize, cursor=Qt.CursorShape.SizeHorCursor),
    Choice((ALONG,), _resize, cursor=Qt.CursorShape.SizeVerCursor),
    Choice((RISING,), _resize, cursor=Qt.CursorShape.SizeBDiagCursor),
    Choice((FALLING,), _resize, cursor=Qt.CursorShape.SizeFDiagCursor),
    Choice((WIRE_START, WIRE_END), _pick_up, cursor=_PLUG),
    Choice((DOT,), _lead, cursor=Qt.CursorShape.SizeAllCursor),
    Choice((WIRE,), _lead, cursor=Qt.CursorShape.PointingHandCursor),
    Choice((PAPER,), _box),
)
