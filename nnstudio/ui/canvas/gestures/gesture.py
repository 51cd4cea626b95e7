"""What a gesture is: it starts, follows the mouse, and is finished or cancelled. Cancelled, it has changed nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter

DRAG_FROM = 4
"""Pixels that the mouse moves before a press is a drag."""


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is, in the scene and in the window, with the keys held."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def adding(self) -> bool:
        """Shift or Ctrl: add to what is chosen."""
        wanted = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self.modifiers & wanted)

    @property
    def shift(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)

    @property
    def alt(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)

    def dragged_from(self, pressed: Pointer) -> bool:
        """Whether the mouse has moved so far from there that it is no click."""
        return (self.view - pressed.view).manhattanLength() >= DRAG_FROM


class Gesture:
    """Base of all: does nothing. `scrolls`: near the edge of the view it pulls the view along."""

    cursor: Qt.CursorShape | None = None
    scrolls = False

    def start(self, at: Pointer) -> None:
        """The button went down."""

    def update(self, at: Pointer) -> None:
        """The mouse has moved."""

    def finish(self, at: Pointer) -> None:
        """The button went up: do it."""

    def cancel(self) -> None:
        """Leave everything as it was."""

    def paint(self, painter: QPainter, zoom: float) -> None:
        """Over the scene, in its coordinates."""
