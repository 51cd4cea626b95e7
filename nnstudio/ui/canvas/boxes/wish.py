"""What a person asks for when the search box is to open: a place, and perhaps the wire that the new node is to take."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from nnstudio.graph.nodes import Link


@dataclass(frozen=True)
class Pulled:
    """The wire in the hand: it hangs on this port of a node."""

    node: str
    port: str
    is_output: bool


@dataclass(frozen=True)
class Wish:
    """Something is to be chosen for a place in the scene: to be wired to what was pulled, in place of nodes, or into a
    wire.
    """

    at: QPointF
    pulled: Pulled | None = None
    behind: str = ""
    """Id of a node that it is to follow; its place follows from that."""
    replaced: tuple[str, ...] = ()
    """Ids of nodes that are to become what is chosen."""
    into: Link | None = None
    """A wire that it is to be put into."""
