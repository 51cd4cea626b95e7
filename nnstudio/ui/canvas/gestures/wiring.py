"""Which ports a dragged wire may end at, what it would do there, and why the others refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.preview import Preview, preview
from nnstudio.errors import LinkRefused, ShapeError
from nnstudio.graph import rules
from nnstudio.graph.nodes import Link, Node
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.card import Spot
from nnstudio.ui.canvas.items.node_item import NodeItem
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

    @property
    def key(self) -> tuple[str, str, bool]:
        return self.item.node.id, self.spot.name, self.spot.is_output


@dataclass(frozen=True)
class Verdict:
    """What comes of ending the wire there. A doubtful wire may exist, but its shape does not fit yet."""

    answer: str
    reason: str = ""


class Drag:
    """Wires that hang on the fixed ports `held`, all of one side. As the rules see it, those that were picked up are
    gone already.

    Each port is judged once, when it is seen or near. The rules ask whether one node leads to another; the answer for
    the held nodes is worked out once.
    """

    def __init__(self, scene: CanvasScene, held: Sequence[End], picked_up: Sequence[Link] = ()) -> None:
        self._scene = scene
        self.held = tuple(held)
        self.picked_up = tuple(picked_up)
        self.from_output = self.held[0].spot.is_output
        self._leading = self._closure()
        self._verdicts: dict[tuple[str, str, bool], Verdict] = {}
        self._previews: dict[tuple[str, str, bool], Preview] = {}

    def links_to(self, end: End) -> tuple[Link, ...]:
        """The wires, were they to end there; a wire that is there twice is one."""
        made = []
        for held in self.held:
            source, target = (held, end) if self.from_output else (end, held)
            made.append(Link(source.item.node.id, source.spot.name, target.item.node.id, target.spot.name))
        return tuple(dict.fromkeys(made))

    def judge(self, end: End) -> Verdict:
        """What comes of ending the wires there: the worst of it."""
        if end.key not in self._verdicts:
            self._verdicts[end.key] = self._judged(end)
        return self._verdicts[end.key]

    def preview(self, end: End) -> Preview:
        """What the first of the wires would carry there, and what would come out behind it."""
        if end.key not in self._previews:
            picked = self.picked_up[0] if self.picked_up else None
            facts = self._scene.compiled.facts
            self._previews[end.key] = preview(self._scene.sheet, facts, self.links_to(end)[0], picked)
        return self._previews[end.key]

    def other_at(self, end: End) -> Link | None:
        """The wire at an input, with which the one that was picked up could change ends; an input takes one."""
        if len(self.picked_up) != 1 or end.spot.is_output:
            return None
        links = self._scene.sheet.links_into(end.item.node.id, end.spot.name)
        many = end.item.node.port("input", end.spot.name).many
        return links[0] if links and not many and links[0] != self.picked_up[0] else None

    @property
    def carried(self) -> TensorSpec | None:
        """What comes out of the held output, if that is known."""
        if not self.from_output or self.held[0].item.facts is None:
            return None
        return self.held[0].item.facts.outputs.get(self.held[0].spot.name)

    # What the rules ask

    def node(self, reference: str) -> Node:
        return self._scene.nodes[reference].node

    def links_into(self, node: str, port: str) -> Sequence[Link]:
        """An input that takes one wire counts as free: the new wire replaces the old."""
        if not self.node(node).port("input", port).many:
            return []
        wires = self._scene.links_of(node)
        return [link for link in wires if (link.target, link.input) == (node, port) and link not in self.picked_up]

    def reaches(self, start: str, goal: str) -> bool:
        """Only ever asked with a held node at one end. If one of several is refused all are, so they are as one."""
        return (start if self.from_output else goal) in self._leading

    def _closure(self) -> set[str]:
        """All nodes that lead to a held one, if a target is wanted; else all that those lead to."""
        found: set[str] = set()
        waiting = [held.item.node.id for held in self.held]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found.add(key)
            for link in self._scene.links_of(key):
                near, far = (link.target, link.source) if self.from_output else (link.source, link.target)
                if link not in self.picked_up and near == key:
                    waiting.append(far)
        return found

    def _judged(self, end: End) -> Verdict:
        doubt = Verdict(FITS)
        for link in self.links_to(end):
            try:
                rules.check_link(self, link)
            except LinkRefused as error:
                return Verdict(REFUSED, texts.said(error))
            if doubt.answer == FITS:
                doubt = self._shape_verdict(link)
        return doubt

    def _shape_verdict(self, link: Link) -> Verdict:
        source, target = self._scene.nodes[link.source], self._scene.nodes[link.target]
        spec = source.facts.outputs.get(link.output) if source.facts else None
        if spec is None:
            return Verdict(FITS)
        try:
            target.node.port("input", link.input).match(spec)
        except ShapeError as error:
            return Verdict(DOUBTFUL, f"'{target.node.name}' {texts.said(error)}")
        return Verdict(FITS)
