"""Between the canvas and the system's clipboard: nodes go there as the text of a project file, and come back."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor, QGuiApplication

from nnstudio.graph.clips import Clip
from nnstudio.graph.nodes import Position
from nnstudio.ui.canvas.edits.clip_edits import OFFSET
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.layout import NEW_CARD
from nnstudio.ui.canvas.metrics import snapped
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.canvas.texts import tr

_SAME_SPOT = 8.0
"""A mouse that moved less means the same place."""


class Clipboard:
    """What is pasted is chosen then. Pasting again steps on, so that no copy hides another."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        self._view, self._edits = view, edits
        self._last: tuple[str, str, QPointF | None] = "", "", None
        self._times = 0

    def copy(self) -> bool:
        """What is chosen to the clipboard; True when it is there."""
        chosen = self._chosen()
        text = self._edits.copied(chosen) if chosen else None
        if text is None:
            return False
        QGuiApplication.clipboard().setText(text)
        return True

    def cut(self) -> None:
        """What is chosen to the clipboard and out of the drawing; wires rejoin where they can."""
        chosen = self._chosen()
        if self.copy():
            self._edits.remove_rejoined(chosen, tr("Cut"))

    def paste(self, *, outside: bool = False) -> None:
        """What is on the clipboard, under the mouse, or beside what it is of where the mouse is elsewhere.

        With `outside` with the wires from nodes that were not copied along.
        """
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._edits.tell(tr("There is nothing to paste."), tr("Copy nodes first."))
            return
        clip = self._edits.read(text)
        if clip is not None:
            self._show(self._edits.paste(clip, self._shift(clip, text), outside=outside))

    def paste_connected(self) -> None:
        """The same with the wires from outside."""
        self.paste(outside=True)

    def duplicate(self, *, outside: bool = False) -> None:
        """Copies of what is chosen beside it, without the clipboard."""
        chosen = self._chosen()
        if chosen:
            self._show(self._edits.duplicate(chosen, outside=outside))

    def duplicate_connected(self) -> None:
        """The same with the wires from outside."""
        self.duplicate(outside=True)

    def _chosen(self) -> tuple[str, ...]:
        """What is chosen, with what lies in chosen frames."""
        canvas = self._view.canvas
        return tuple(canvas.marks.with_contents(canvas.chosen_things))

    def _show(self, things: tuple[str, ...] | None) -> None:
        """What has come is chosen, and seen."""
        if things:
            self._view.canvas.choose(things)
            self._view.reveal(things)

    # Where

    def _shift(self, clip: Clip, text: str) -> Position:
        """How far from where it was it is to be. Every further time at the same place it is a step farther."""
        mouse, area = self._mouse(), _covered(clip)
        self._count(text, mouse)
        step = OFFSET * self._times
        if mouse is not None:
            by = snapped(mouse - area.center())
        elif self._view.navigator.seen().intersects(area.translated(step + OFFSET, step + OFFSET)):
            by = QPointF(OFFSET, OFFSET)
        else:
            by = snapped(self._view.navigator.seen().center() - area.center())
        return by.x() + step, by.y() + step

    def _count(self, text: str, mouse: QPointF | None) -> None:
        before, block, where = self._last
        moved = (mouse is None) != (where is None) or (
            mouse is not None and where is not None and (mouse - where).manhattanLength() > _SAME_SPOT
        )
        here = self._view.canvas.sheet.document.token + self._view.canvas.sheet.block
        self._times = 0 if moved or before != text or block != here else self._times + 1
        self._last = text, here, where if self._times else mouse

    def _mouse(self) -> QPointF | None:
        """The mouse's place in the drawing, if it is over it."""
        viewport = self._view.viewport()
        if not viewport.underMouse():
            return None
        return self._view.mapToScene(viewport.mapFromGlobal(QCursor.pos()))


def _covered(clip: Clip) -> QRectF:
    """About what the cards of a part cover."""
    (left, top), (right, bottom) = clip.corners
    return QRectF(left, top, right - left + NEW_CARD.width(), bottom - top + NEW_CARD.height())
