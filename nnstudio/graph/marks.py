"""What lies in a drawing beside nodes and wires and computes nothing: frames, comments, and places to go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from nnstudio.graph.nodes import Position

Size: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """A titled area behind nodes. What lies in it is a matter of places alone: it has no list of nodes."""

    id: str
    title: str = ""
    at: Position = (0.0, 0.0)
    size: Size = (400.0, 240.0)
    color: str = ""


@dataclass(frozen=True)
class Comment:
    """Text in Markdown, on a card."""

    id: str
    text: str = ""
    at: Position = (0.0, 0.0)
    size: Size = (240.0, 96.0)
    color: str = ""


Mark: TypeAlias = Frame | Comment


@dataclass(frozen=True)
class Bookmark:
    """A place in a drawing under a name: what was in the middle of the view, and how large it was shown."""

    name: str
    sheet: str
    center: Position
    zoom: float = 1.0


def kind(mark: Mark) -> str:
    """What a mark is called in names of steps."""
    return "frame" if isinstance(mark, Frame) else "comment"


def order(mark: Mark) -> int:
    """Ids count up, so this orders marks by when they were made."""
    return int(mark.id[1:])
