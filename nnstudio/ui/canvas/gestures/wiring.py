"""Which ports a dragged wire may end at, and why the others refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.errors import LinkRefused, ShapeError
from nnstudio.graph import rules
from nnstudio.graph.nodes import Link, Node
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.card import Spot
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.scene import CanvasScene

FITS, DOUBTFUL, REFUSED = "fits", "doubtful", "refused"


@dataclass(frozen=True)
class End:
    """A port of a node."""

    item: NodeItem
    spot: Spot

    @property
    def at(self) -> QPointF:
        """Where it is in the scene."""
        return self.item.pos() + self.spot.at


@dataclass(frozen=True)
class Verdict:
    """What comes of ending the wire there. A doubtful wire may exist, but its shape does not fit yet."""

    answer: str
    reason: str = ""


class Drag:
    """A wire that hangs on the fixed port `held`. As the rules see it, the wire that was picked up is gone already.

    The rules ask whether one node leads to another; the answer for the held node is worked out once.
    """

    def __init__(self, scene: CanvasScene, held: End, picked_up: Link | None) -> None:
        self._scene = scene
        self.held = held
        self.picked_up = picked_up
        self._leading = self._closure()

    def link_to(self, end: End) -> Link:
        """The wire, were it to end there."""
        source, target = (self.held, end) if self.held.spot.is_output else (end, self.held)
        return Link(source.item.node.id, source.spot.name, target.item.node.id, target.spot.name)

    def judge(self, end: End) -> Verdict:
        """What comes of ending the wire there."""
        link = self.link_to(end)
        try:
            rules.check_link(self, link)
        except LinkRefused as error:
            return Verdict(REFUSED, texts.said(error))
        return self._shape_verdict(link)

    # What the rules ask

    def node(self, reference: str) -> Node:
        return self._scene.nodes[reference].node

    def links_into(self, node: str, port: str) -> Sequence[Link]:
        """An input that takes one wire counts as free: the new wire replaces the old."""
        many = any(entry.many for entry in self.node(node).inputs if entry.name == port)
        if not many:
            return []
        wires = self._scene.links_of(node)
        return [link for link in wires if (link.target, link.input) == (node, port) and link != self.picked_up]

    def reaches(self, start: str, goal: str) -> bool:
        """Only ever asked with the held node at one end."""
        return (start if self.held.spot.is_output else goal) in self._leading

    def _closure(self) -> set[str]:
        """All nodes that lead to the held one, if a target is wanted; else all it leads to."""
        found: set[str] = set()
        waiting = [self.held.item.node.id]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found.add(key)
            for link in self._scene.links_of(key):
                before, after = link.source, link.target
                if link != self.picked_up:
                    if self.held.spot.is_output and after == key:
                        waiting.append(before)
                    elif not self.held.spot.is_output and before == key:
                        waiting.append(after)
        return found

    def _shape_verdict(self, link: Link) -> Verdict:
        source, target = self._scene.nodes[link.source], self._scene.nodes[link.target]
        spec = source.facts.outputs.get(link.output) if source.facts else None
        port = next(port for port in target.node.inputs if port.name == link.input)
        return _match(port, spec, target.node.name)


def _match(port: Port, spec: TensorSpec | None, name: str) -> Verdict:
    if spec is None:
        return Verdict(FITS)
    try:
        port.match(spec)
    except ShapeError as error:
        return Verdict(DOUBTFUL, f"'{name}' {texts.said(error)}")
    return Verdict(FITS)
