"""What the canvas does to the document: each method is one undo step, and a refusal is told, not raised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

from PySide6.QtCore import QObject, QPointF

from nnstudio.compiler.result import Problem
from nnstudio.errors import LinkRefused, NNStudioError
from nnstudio.graph.document import Sheet
from nnstudio.graph.marking import counted
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.session import Trouble
from nnstudio.ui import stock
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import leading
from nnstudio.ui.canvas.dots import Dot
from nnstudio.ui.canvas.layout import room_between
from nnstudio.ui.canvas.metrics import snapped

OFFSET = 24.0
"""A copy is so far to the right of and below what it is of."""


def _told(edit: Callable[..., Any]) -> Callable[..., Any]:
    """Errors go to the person instead of the caller."""

    @wraps(edit)
    def run(self: Edits, *args: object, **more: object) -> Any:
        with self.telling():
            return edit(self, *args, **more)

    return run


class Edits(QObject):
    """The edits of the canvas. Nodes are given as ids, and what is to be added by its key in `stock`."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge

    @property
    def sheet(self) -> Sheet:
        """The drawing that is edited."""
        return self._bridge.sheet

    @contextmanager
    def telling(self) -> Iterator[None]:
        """An NNStudioError inside is shown to the person."""
        try:
            yield
        except NNStudioError as error:
            passing = isinstance(error, LinkRefused)
            self._bridge.trouble.emit(Trouble(error.message, error.fix, passing))

    @_told
    def add(self, key: str, at: QPointF) -> Node:
        """A new node, alone."""
        return stock.put(self.sheet, key, (at.x(), at.y()))

    @_told
    def add_after(self, key: str, at: QPointF, before: str) -> Node:
        """A new node, with a wire from another where one fits."""
        with self.sheet.transaction(self.tr("Add {type}").format(type=self.title_of(key))):
            node = stock.put(self.sheet, key, (at.x(), at.y()))
            source = self.sheet.node(before)
            if node.inputs and not source.layer.is_loss:
                self._try_connect(source, node)
        return node

    @_told
    def insert(self, key: str, link: Link) -> Node:
        """A new node put into a wire; the cards behind it make room."""
        places = {node.id: node.at for node in self.sheet.nodes.values()}
        at, moved = room_between(link.source, link.target, places)
        with self.sheet.transaction(self.tr("Insert {type}").format(type=self.title_of(key))):
            self.sheet.move(moved)
            node = stock.put(self.sheet, key, snapped(at).toTuple())
            slot = self.sheet.links_into(link.target, link.input).index(link)
            self.sheet.disconnect(link)
            self.sheet.connect(f"{link.source}.{link.output}", node)
            self.sheet.connect(node, f"{link.target}.{link.input}", slot=slot)
        return node

    @_told
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

    @_told
    def duplicate(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Copies with the wires among them; gives their ids. That of a block is linked: edit one, and both change."""
        sheet = self.sheet
        originals = [sheet.node(key) for key in nodes]
        with sheet.transaction(self._named(self.tr("Duplicate"), originals)):
            copies = {node.id: self._copy(node) for node in originals}
            inner = [link for link in sheet.links if link.source in copies and link.target in copies]
            for link in inner:
                sheet.connect(f"{copies[link.source]}.{link.output}", f"{copies[link.target]}.{link.input}")
        return tuple(copies.values())

    @_told
    def move(self, places: Mapping[str, Position]) -> None:
        """Nodes, frames and comments, by their ids."""
        marks, nodes = self._parted(places)
        self.sheet.move({key: places[key] for key in nodes}, {key: places[key] for key in marks})

    @_told
    def nudge(self, things: Iterable[str], right: float, down: float) -> None:
        """A little to the side."""
        marks, nodes = self._parted(things)
        places = {key: self.sheet.node(key).at for key in nodes} | {key: self.sheet.mark(key).at for key in marks}
        self.move({key: (at[0] + right, at[1] + down) for key, at in places.items()})

    @_told
    def toggle_muted(self, nodes: Iterable[str]) -> None:
        """Mute all; or none, if all of them are."""
        found = [self.sheet.node(key) for key in nodes]
        muted = not all(node.muted for node in found)
        with self.sheet.transaction(self._named(self.tr("Mute") if muted else self.tr("Unmute"), found)):
            for node in found:
                self.sheet.mute(node, muted)

    @_told
    def unplug(self, nodes: Iterable[str]) -> None:
        """All wires of nodes away."""
        found = [self.sheet.node(key) for key in nodes]
        with self.sheet.transaction(self._named(self.tr("Disconnect"), found)):
            for node in found:
                for link in self.sheet.links_of(node):
                    self.sheet.disconnect(link)

    @_told
    def connect_all(self, links: Sequence[Link], instead_of: Sequence[Link] = ()) -> None:
        """Wires in place of those at their inputs, and of those that were picked up, which keep their places."""
        if tuple(links) == tuple(instead_of):
            return
        name = self.tr("Connect") if not instead_of else self.tr("Move wire")
        with self.sheet.transaction(name if len(links) == 1 else self.tr("Move {0} wires").format(len(links))):
            ways = [self.sheet.ways.get(link, ()) for link in instead_of]
            slots = {(link.target, link.input): self._take_out(link) for link in instead_of}
            for link in links:
                slot = slots.get((link.target, link.input))
                start, end = f"{link.source}.{link.output}", f"{link.target}.{link.input}"
                self.sheet.connect(start, end, replace=True, slot=slot)
            for link, way in zip(links, ways, strict=False):  # a new wire was led nowhere yet
                self.sheet.set_way(link, way)

    @_told
    def cut_wires(self, links: Collection[Link]) -> None:
        """Wires away that a stroke has crossed."""
        name = self.tr("Cut wire") if len(links) == 1 else self.tr("Cut {0} wires").format(len(links))
        with self.sheet.transaction(name):
            for link in links:
                self.sheet.disconnect(link)

    @_told
    def add_dots(self, places: Mapping[Link, tuple[int, Position]]) -> None:
        leading.add_dots(self.sheet, places)

    @_told
    def move_dot(self, dot: Dot, at: Position) -> None:
        leading.move_dot(self.sheet, dot, at)

    @_told
    def remove_dots(self, dots: Iterable[Dot]) -> None:
        leading.remove_dots(self.sheet, dots)

    @_told
    def straighten(self, links: Iterable[Link]) -> None:
        leading.straighten(self.sheet, links)

    @_told
    def mend(self, problem: Problem) -> None:
        """Carry out the fix of a problem."""
        self._bridge.session.apply_fix(problem)

    @_told
    def make_block(self, nodes: Iterable[str], marks: Iterable[str] = ()) -> Node:
        """Nodes become a block, with an instance of it in their place; frames and comments go along."""
        return self.sheet.make_block(nodes, marks=marks)

    @_told
    def dissolve(self, node: str) -> tuple[str, ...]:
        """An instance becomes the nodes inside; gives their ids."""
        return tuple(inner.id for inner in self.sheet.dissolve(node))

    @_told
    def make_own(self, node: str) -> Node:
        """An instance gets a definition of its own."""
        return self.sheet.unlink(node)

    def title_of(self, key: str) -> str:
        """What to call something that is to be added."""
        return stock.title_of(self.sheet.document, key)

    def goes_between(self, key: str) -> bool:
        """Whether it can be put into a wire."""
        return stock.goes_between(self.sheet.document, key)

    def _parted(self, things: Iterable[str]) -> tuple[list[str], list[str]]:
        """Frames and comments, and nodes."""
        keys, marks = list(things), self.sheet.marks
        return [key for key in keys if key in marks], [key for key in keys if key not in marks]

    def _copy(self, node: Node) -> str:
        at = (node.at[0] + OFFSET, node.at[1] + OFFSET)
        params: dict[str, Any] = dict(node.params)
        copy = self.sheet.add(node.type, at=at, **params)
        self.sheet.mute(copy, node.muted)
        return copy.id

    def _try_connect(self, source: Node, target: Node) -> None:
        try:
            self.sheet.connect(source, target)
        except LinkRefused:
            return

    def _take_out(self, link: Link) -> int:
        """The wire is gone; gives the place it had among those at its input."""
        slot = self.sheet.links_into(link.target, link.input).index(link)
        self.sheet.disconnect(link)
        return slot

    def _deletion(self, nodes: Sequence[str], links: Sequence[Link], marks: Sequence[str]) -> str:
        if nodes and marks:
            return self.tr("Delete {0} things").format(len(nodes) + len(marks))
        if nodes:
            return self._named(self.tr("Delete"), [self.sheet.node(key) for key in nodes])
        if marks:
            return self.tr("Delete {0}").format(" and ".join(counted(map(self.sheet.mark, marks))))
        return self.tr("Delete wire") if len(links) == 1 else self.tr("Delete wires")

    def _named(self, verb: str, nodes: list[Node]) -> str:
        return f"{verb} {nodes[0].name}" if len(nodes) == 1 else self.tr("{} {} nodes").format(verb, len(nodes))
