"""Looks for words in a document: names, types, values, notes, frames and comments, in every drawing in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.marks import Frame, Mark
from nnstudio.graph.nodes import Node
from nnstudio.params import Value

LONGEST = 20_000
"""Letters of one node or comment that are looked at."""


@dataclass(frozen=True)
class Place:
    """Where something was found: a node, frame or comment by its id, and the drawing it lies in."""

    sheet: str
    key: str
    is_mark: bool = False


class Finder:
    """What the document says, read once; made anew after an edit."""

    def __init__(self, document: Document) -> None:
        self._texts = [
            (place, text.casefold()) for sheet in sheets(document) for place, text in _texts(document, sheet)
        ]

    def find(self, text: str) -> list[Place]:
        """Where all words are, in any order: the main drawing in its order, then blocks as they are met."""
        words = text.casefold().split()
        return [place for place, said in self._texts if all(word in said for word in words)] if words else []


def sheets(document: Document) -> Iterator[Sheet]:
    """The main drawing and every block that is used, each once, in the order in which they are met."""
    waiting, seen = [""], {""}
    for block in waiting:  # grows while it is walked
        sheet = document.sheet(block)
        yield sheet
        inner = [node.block for node in sheet.in_order() if node.block]
        waiting.extend(dict.fromkeys(each for each in inner if each not in seen))
        seen.update(inner)


def _texts(document: Document, sheet: Sheet) -> Iterator[tuple[Place, str]]:
    for node in sheet.in_order():
        yield Place(sheet.block, node.id), "\n".join(_said(document, node))[:LONGEST]
    for mark in sheet.marks.values():
        yield Place(sheet.block, mark.id, is_mark=True), words_of(mark)[:LONGEST]


def _said(document: Document, node: Node) -> Iterable[str]:
    yield node.name
    yield document.blocks[node.block].name if node.block else node.type
    yield node.looks.note
    for name, value in node.params.items():
        if name != "block":
            yield f"{name} {_written(value)}"


def words_of(mark: Mark) -> str:
    """The title of a frame, or the text of a comment."""
    return mark.title if isinstance(mark, Frame) else mark.text


def _written(value: Value) -> str:
    """As it stands on a card, and as it is typed."""
    if isinstance(value, tuple):
        parts = [_written(item) for item in value]
        return f"{'×'.join(parts)} {', '.join(parts)} {'x'.join(parts)}" if len(parts) < 9 else ", ".join(parts)
    return str(value)
