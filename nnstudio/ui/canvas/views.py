"""How each drawing of a project was last seen, so that one finds it again as one left it."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtWidgets import QGraphicsView

from nnstudio.project.session import Session
from nnstudio.ui.canvas.navigation import Navigator


@dataclass(frozen=True)
class Seen:
    """Zoom, scroll bars, and whether the drawing follows the window's size."""

    zoom: float
    across: int
    along: int
    follows: bool


class Views:
    """By project, and the block a drawing is the inside of; empty for the main one."""

    def __init__(self, view: QGraphicsView, navigator: Navigator) -> None:
        self._view, self._navigator = view, navigator
        self._all: WeakKeyDictionary[Session, dict[str, Seen]] = WeakKeyDictionary()
        self._kept: dict[str, Seen] = {}

    def turn_to(self, session: Session) -> None:
        """Another project."""
        self._kept = self._all.setdefault(session, {})

    def keep(self, block: str, follows: bool) -> None:
        """The drawing is about to be left."""
        bars = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        self._kept[block] = Seen(self._navigator.zoom, bars[0].value(), bars[1].value(), follows)

    def restore(self, block: str) -> Seen | None:
        """Show a drawing as it was left; None if it was never seen."""
        seen = self._kept.get(block)
        if seen is not None:
            self._navigator.set_zoom(seen.zoom)
            self._view.horizontalScrollBar().setValue(seen.across)
            self._view.verticalScrollBar().setValue(seen.along)
        return seen
