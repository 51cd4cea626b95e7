"""How a node is shown beyond what it computes: colour, note, collapsed, locked. Nothing of it reaches the source."""

from __future__ import annotations

from dataclasses import dataclass

COLORS = ("blue", "green", "yellow", "orange", "red", "pink", "grey")
"""What nodes and marks may be coloured with; the window knows the hue. An empty string is no colour of its own."""


@dataclass(frozen=True)
class Looks:
    """`color` is one of COLORS, or empty for that of the family. A locked node stays where it is when others move."""

    color: str = ""
    note: str = ""
    """Plain text."""
    collapsed: bool = False
    locked: bool = False


PLAIN = Looks()
