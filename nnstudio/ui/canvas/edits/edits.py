"""What the canvas does to the document: each method is one undo step, and a refusal is told, not raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnstudio.compiler.result import Problem
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.ui import stock
from nnstudio.ui.canvas.edits.clip_edits import ClipEdits
from nnstudio.ui.canvas.edits.new_edits import NewEdits
from nnstudio.ui.canvas.edits.telling import told
from nnstudio.ui.canvas.edits.wire_edits import WireEdits


class Edits(NewEdits, WireEdits, ClipEdits):
    """All edits of the canvas: those below, and those of new nodes, wires and copies."""

    @told
    def delete(self, things: Iterable[str], links: Iterable[Link] = ()) -> None:
        """Nodes with their wires, frames and comments, and wires."""
        marks, nodes = self._parted(things)
        links = tuple(links)
        if not nodes and not links and not marks:
            return
        with self.sheet.transaction(self._deletion(nodes, links, marks)):
            for link in links:
                if link in self.sheet.links_into(link.target, link.input):
                    self.sheet.disconnect(link)
            if marks:
                self.sheet.remove_marks(*marks)
            if nodes:
                self.sheet.remove(*nodes)

    @told
    def move(self, places: Mapping[str, Position]) -> None:
        """Nodes, frames and comments, by their ids."""
        marks, nodes = self._parted(places)
        self.sheet.move({key: places[key] for key in nodes}, {key: places[key] for key in marks})

    @told
    def nudge(self, things: Iterable[str], right: float, down: float) -> None:
        """A little to the side."""
        marks, nodes = self._parted(things)
        places = {key: self.sheet.node(key).at for key in nodes} | {key: self.sheet.mark(key).at for key in marks}
        self.move({key: (at[0] + right, at[1] + down) for key, at in places.items()})

    @told
    def toggle_muted(self, nodes: Iterable[str]) -> None:
        """Mute all; or none, if all of them are."""
        found = [self.sheet.node(key) for key in nodes]
        muted = not all(node.muted for node in found)
        with self.sheet.transaction(self._named(self.tr("Mute") if muted else self.tr("Unmute"), found)):
            for node in found:
                self.sheet.mute(node, muted)

    @told
    def toggle_frozen(self, nodes: Iterable[str]) -> None:
        """Freeze all that have weights; or none, if all of them are."""
        found = [self.sheet.node(key) for key in nodes]
        tunable = [node for node in found if node.layer.may_learn] or found
        self.sheet.tune(tunable, frozen=not all(node.tuning.frozen for node in tunable))

    @told
    def mend(self, problem: Problem) -> None:
        """Carry out the fix of a problem."""
        self._bridge.session.apply_fix(problem)

    @told
    def make_block(self, nodes: Iterable[str], marks: Iterable[str] = ()) -> Node:
        """Nodes become a block, with an instance of it in their place; frames and comments go along."""
        return self.sheet.make_block(nodes, marks=marks)

    @told
    def dissolve(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Instances become the nodes inside; gives their ids."""
        found = [self.sheet.node(key) for key in nodes]
        with self.sheet.transaction(self._named(self.tr("Dissolve"), found)):
            return tuple(inner.id for node in found for inner in self.sheet.dissolve(node))

    @told
    def make_own(self, node: str) -> Node:
        """An instance gets a definition of its own."""
        return self.sheet.unlink(node)

    def goes_between(self, key: str) -> bool:
        """Whether it can be put into a wire."""
        return stock.goes_between(self.sheet.document, key)

    def _deletion(self, nodes: Sequence[str], links: Sequence[Link], marks: Sequence[str]) -> str:
        if nodes or marks:
            chosen = [self.sheet.node(key) for key in nodes], [self.sheet.mark(key) for key in marks]
            return self._named(self.tr("Delete"), *chosen)
        return self.tr("Delete wire") if len(links) == 1 else self.tr("Delete wires")
