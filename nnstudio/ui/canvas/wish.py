"""What a person asks for when the search box is to open: a place, and perhaps the wire that the new node is to take."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from nnstudio.graph.nodes import Link


@dataclass(frozen=True)
class Pulled:
    """The wire in the hand: it hangs on this port of a node. `instead_of` is the wire it was, if it was picked up."""

    node: str
    port: str
    is_output: bool
    instead_of: Link | None = None


@dataclass(frozen=True)
class Wish:
    """Something is to be chosen for a place in the scene: to be wired to what was pulled, or in place of nodes."""

    at: QPointF
    pulled: Pulled | None = None
    replaced: tuple[str, ...] = ()
    """Ids of nodes that are to become what is chosen."""
