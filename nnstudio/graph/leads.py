"""Where nodes are in the network: the names that their modules have in the source, and so in the engine.

A node in a block is at as many places as the block is, repeats included: "encoder.0.conv1", "encoder.1.conv1".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from nnstudio.graph.drawing import MAIN, Drawing
from nnstudio.graph.nodes import PLANNED, REPEAT, Node, Tuning
from nnstudio.params import Value

_Given: TypeAlias = Mapping[tuple[str, str], Value]
"""Values that an instance has for parameters of nodes inside, by id and name."""


@dataclass(frozen=True)
class Placed:
    """A node at one place, with the values that it has there; `tuning` is what holds there, blocks around included."""

    name: str
    node: Node
    tuning: Tuning


def placed(drawing: Drawing, wanted: Callable[[Node], bool]) -> Iterator[Placed]:
    """The wanted nodes at all their places, a block before what is inside; those that are muted are nowhere."""
    return _Walk(drawing, wanted).through(MAIN, "", PLANNED, {})


class _Walk:
    """Goes into those blocks only where something is wanted."""

    def __init__(self, drawing: Drawing, wanted: Callable[[Node], bool]) -> None:
        self._drawing = drawing
        self._wanted = wanted
        self._rich: dict[str, bool] = {}

    def through(self, sheet: str, lead: str, around: Tuning, given: _Given) -> Iterator[Placed]:
        for node in sorted(self._drawing.graph(sheet).nodes.values(), key=lambda node: node.order):
            if node.muted:
                continue
            here = _with(node, given)
            name, tuning = lead + node.name, around.around(node.tuning)
            if self._wanted(here):
                yield Placed(name, here, tuning)
            if node.block and self._is_rich(node.block):
                yield from self._inside(here, name, tuning)

    def _inside(self, instance: Node, name: str, tuning: Tuning) -> Iterator[Placed]:
        block, times = self._drawing.block(instance.block), instance.params[REPEAT]
        assert isinstance(times, int)
        given = {(offer.node, offer.param): instance.params[offer.name] for offer in block.promoted}
        for lead in [f"{name}."] if times == 1 else [f"{name}.{number}." for number in range(times)]:
            yield from self.through(block.id, lead, tuning, given)

    def _is_rich(self, block: str) -> bool:
        """Whether something is wanted in a block, or in one inside of it."""
        if block not in self._rich:
            nodes = self._drawing.graph(block).nodes.values()
            self._rich[block] = any(self._wanted(n) or (n.block and self._is_rich(n.block)) for n in nodes)
        return self._rich[block]


def _with(node: Node, given: _Given) -> Node:
    own = {param: value for (key, param), value in given.items() if key == node.id}
    return replace(node, params={**node.params, **own}) if own else node
