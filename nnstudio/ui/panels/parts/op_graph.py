"""The autograd graph as its probe tells it: operations and leaves by number, and the numbers of one frame."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.protocol.messages import ProbeFrame

Numbers = NDArray[np.float32]
LOSS = "L"
"""How the loss is called in a formula."""
LEAVES = ("parameter", "input", "constant")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Edge:
    """From what was computed first into a place of an operation; `back` where a gradient goes the other way."""

    source: int
    target: int
    place: int
    back: bool
    shape: str


@dataclass(frozen=True)
class Structure:
    """What stays the same from frame to frame while the network does."""

    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    shapes: tuple[str, ...]
    edges: tuple[Edge, ...]
    order: tuple[int, ...]
    """The operations as backward passes them."""

    @staticmethod
    def of(frame: ProbeFrame) -> Structure:
        told = {name: tuple(map(str, _list(frame, name))) for name in ("kinds", "labels", "groups", "shapes")}
        shapes = map(str, _list(frame, "edge_shapes"))
        rows = zip(frame.arrays["edges"].numpy().tolist(), shapes, strict=True)
        edges = tuple(Edge(source, target, place, bool(back), shape) for (source, target, place, back), shape in rows)
        return Structure(**told, edges=edges, order=tuple(frame.arrays["order"].numpy().tolist()))

    @cached_property
    def operations(self) -> tuple[int, ...]:
        """In the order of the computation."""
        return tuple(number for number, kind in enumerate(self.kinds) if kind not in LEAVES)

    @cached_property
    def into(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the edges into each node, by place."""
        found: list[list[int]] = [[] for _ in self.kinds]
        for number, edge in enumerate(self.edges):
            found[edge.target].append(number)
        return tuple(tuple(sorted(numbers, key=lambda n: self.edges[n].place)) for numbers in found)

    @cached_property
    def takers(self) -> tuple[int, ...]:
        """To how many places each node's gradient comes from."""
        backs = [edge.source for edge in self.edges if edge.back]
        return tuple(np.bincount(backs, minlength=len(self.kinds)).tolist()) if backs else (0,) * len(self.kinds)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each is called in a formula: its variable, or else its operation with a number."""
        counts: dict[str, int] = {}
        found = []
        for number, label in enumerate(self.labels):
            if not label and number == len(self.kinds) - 1:
                label = LOSS
            elif not label:
                kind = operation(self.kinds[number])
                counts[kind] = counts.get(kind, 0) + 1
                label = f"{kind}{counts[kind]}"
            found.append(label)
        return tuple(found)

    def is_leaf(self, number: int) -> bool:
        return self.kinds[number] in LEAVES


@dataclass(frozen=True)
class OpGraph:
    """One frame: `structure` is that of the frame before where it has not changed."""

    structure: Structure
    facts: dict[str, Any]
    figures: Numbers
    norms: Numbers
    rows: dict[str, tuple[Numbers, NDArray[np.int32]]] = field(default_factory=dict)

    @staticmethod
    def of(frame: ProbeFrame, before: OpGraph | None) -> OpGraph:
        """Raises KeyError for a frame of another probe."""
        structure = Structure.of(frame)
        if before is not None and before.structure == structure:
            structure = before.structure
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        rows = {name: (arrays[f"{name}s"], arrays[f"{name}_starts"]) for name in ("value", "gradient", "part", "local")}
        return OpGraph(structure, dict(frame.facts), arrays["figures"], arrays["norms"].ravel(), rows)

    @property
    def left(self) -> int:
        """Operations that were left out."""
        return int(self.facts.get("left", 0))

    def value(self, node: int) -> Numbers:
        """Empty where there are too many."""
        return self._row("value", node)

    def gradient(self, node: int) -> Numbers:
        return self._row("gradient", node)

    def part(self, edge: int) -> Numbers:
        """What goes back along an edge."""
        return self._row("part", edge)

    def local(self, edge: int) -> Numbers:
        """The derivative of the target by the source."""
        return self._row("local", edge)

    def saved(self, node: int) -> str:
        return str(self.facts["saved"][node])

    def _row(self, what: str, number: int) -> Numbers:
        numbers, starts = self.rows[what]
        return numbers[starts[number] : starts[number + 1]]


def operation(kind: str) -> str:
    """As torch calls the function: `log_softmax` for "LogSoftmaxBackward0"."""
    name = kind.partition("Backward")[0].replace("2D", "2d").replace("1D", "1d").replace("3D", "3d")
    return _WORDS.sub("_", name).lower() if kind not in LEAVES else kind


def _list(frame: ProbeFrame, name: str) -> list[Any]:
    found = frame.facts[name]
    return found if isinstance(found, list) else []
