"""Edits that copy: beside, from the clipboard, and one node in the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nnstudio.graph import clips, replacing
from nnstudio.graph.clips import Clip, Pasted
from nnstudio.graph.nodes import Node, Position
from nnstudio.ui import stock
from nnstudio.ui.canvas.edits.telling import TellingEdits, told

OFFSET = 24.0
"""A copy is so far to the right of and below what it is of."""


class ClipEdits(TellingEdits):
    """Each is one undo step."""

    @told
    def duplicate(
        self, things: Iterable[str], shift: Position = (OFFSET, OFFSET), verb: str = "", *, outside: bool = False
    ) -> tuple[str, ...]:
        """Copies with the wires among them; gives their ids. That of a block is linked: edit one, and both change.

        With `outside` they also take from where the originals take.
        """
        clip = self._taken(things)
        with self.sheet.transaction(self._named(verb or self.tr("Duplicate"), clip.nodes, clip.marks)):
            return _ids(clips.put(self.sheet, clip, shift, outside=outside))

    @told
    def copied(self, things: Iterable[str]) -> str:
        """Nodes, frames and comments as text. Changes nothing."""
        marks, nodes = self._parted(things)
        return clips.text_of(self.sheet, nodes, marks)

    @told
    def read(self, text: str) -> Clip:
        """What a text from the clipboard tells of; None where that is told to be nothing. Changes nothing."""
        return clips.from_text(text)

    @told
    def paste(self, clip: Clip, shift: Position, *, outside: bool = False) -> tuple[str, ...]:
        """What was copied, that far from where it was; gives the ids."""
        with self.sheet.transaction(self._named(self.tr("Paste"), clip.nodes, clip.marks)):
            return _ids(clips.put(self.sheet, clip, shift, outside=outside))

    @told
    def replace(self, nodes: Sequence[str], key: str) -> tuple[str, ...]:
        """Other nodes in the place of these; gives their ids. Wires that do not fit are told."""
        found = [self.sheet.node(node) for node in nodes]
        title = stock.title_of(self.sheet.document, key)
        with self.sheet.transaction(self.tr("{} with {}").format(self._named(self.tr("Replace"), found), title)):
            replaced = [replacing.take_place(self.sheet, node, self._put(key, node)) for node in found]
        lost = sum(len(each.lost) for each in replaced)
        if lost:
            words = self.tr("1 wire did not fit {1}.") if lost == 1 else self.tr("{0} wires did not fit {1}.")
            self.tell(words.format(lost, title), self.tr("Undo brings back what was there."))
        return tuple(each.node.id for each in replaced)

    def _taken(self, things: Iterable[str]) -> Clip:
        marks, nodes = self._parted(things)
        return clips.take(self.sheet, nodes, marks)

    def _put(self, key: str, node: Node) -> Node:
        return stock.put(self.sheet, key, node.at)

    # Definitions

    @told
    def use_definition(self, node: str, block: str) -> Node:
        """An instance becomes one of another block."""
        return replacing.use_definition(self.sheet, self.sheet.node(node), block)

    def definitions_for(self, node: str) -> dict[str, str]:
        """The other blocks that an instance could be one of: names by ids."""
        found = self.sheet.node(node)
        return {block.id: block.name for block in replacing.suiting(self.sheet, found)} if found.block else {}


def _ids(pasted: Pasted) -> tuple[str, ...]:
    """Frames first, as they lie behind."""
    return tuple(each.id for each in (*pasted.marks, *pasted.nodes))
