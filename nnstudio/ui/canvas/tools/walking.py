"""The drawing without a mouse: from node to node along the wires, and nodes a little to the side."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF

from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.metrics import GRID
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.stage import Stage

FAR = 5
"""So many lines of the grid are a larger step."""
_SLANT = 2.0
"""What lies to the side of a direction counts as so much farther away."""


class Walker:
    """Acts on what is chosen in the view."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        self._view, self._edits = view, edits

    def walk(self, right: int, down: int) -> None:
        """Choose the next node in a direction: to the sides along a wire, if there is one."""
        canvas = self._view.canvas
        if canvas.chosen:
            found = _along_wires(canvas, canvas.chosen[-1], right) or _nearest(canvas, canvas.chosen[-1], right, down)
        else:
            found = _first(canvas, self._view.navigator.seen().center())
        if found:
            canvas.choose((found,))
            self._view.reveal((found,))

    def nudge(self, right: int, down: int) -> None:
        """Move what is chosen by so many lines of the grid."""
        chosen = self._view.canvas.marks.with_contents(self._view.canvas.chosen_things)
        if chosen:
            self._edits.nudge(chosen, right * GRID, down * GRID)


def _along_wires(canvas: CanvasScene, here: str, right: int) -> str:
    """The nearest of the nodes behind, or before; none for up and down."""
    links = canvas.links_of(here) if right else ()
    ends = {link.target if right > 0 else link.source for link in links} - {here}
    middle = canvas.nodes[here].card_rect.center()
    return min(sorted(ends), key=lambda key: _way(middle, canvas.nodes[key].card_rect.center()), default="")


def _nearest(canvas: CanvasScene, here: str, right: int, down: int) -> str:
    """The nearest node that lies in the direction."""
    middle = canvas.nodes[here].card_rect.center()
    best, least = "", 0.0
    for key in _others(canvas, here):
        gap = canvas.nodes[key].card_rect.center() - middle
        ahead, aside = gap.x() * right + gap.y() * down, abs(gap.x() * down) + abs(gap.y() * right)
        cost = ahead + _SLANT * aside
        if ahead > GRID / 2 and (not best or cost < least):
            best, least = key, cost
    return best


def _first(canvas: CanvasScene, at: QPointF) -> str:
    """The node nearest to a place."""
    return min(canvas.nodes, key=lambda key: _way(at, canvas.nodes[key].card_rect.center()), default="")


def _others(canvas: CanvasScene, here: str) -> Iterable[str]:
    return (key for key in canvas.nodes if key != here)


def _way(start: QPointF, end: QPointF) -> float:
    return (end - start).manhattanLength()
