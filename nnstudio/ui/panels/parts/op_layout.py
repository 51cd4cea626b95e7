"""Where the cards of a graph with groups go: an open group is laid out by itself, and is one box in what is around."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnstudio.graph.layout.layered import lay_out
from nnstudio.graph.layout.parts import Box, Wire
from nnstudio.graph.layout.rows import ACROSS
from nnstudio.graph.layout.straight import GAP
from nnstudio.ui.canvas.wiring.routing import Obstacles, route
from nnstudio.ui.panels.parts.op_graph import Structure
from nnstudio.ui.panels.parts.op_groups import Groups

Key: TypeAlias = str | int
"""A group by its path, a node by its number."""
Size: TypeAlias = Callable[[Key], tuple[float, float, float]]
"""Width and height of a card, and the room that the words on its wires need."""
NARROWEST = 32.0
"""From one column to the next."""
BELOW = 24.0
"""From one card to the next below it."""
PAD, TITLE = 16.0, 24.0
"""Around what is in an open group, and over it."""
_MOST_ROUTED = 400
"""More wires than that go straight."""


@dataclass(frozen=True)
class Line:
    """A wire between two things that are shown, for one edge of the graph or for several."""

    source: Key
    target: Key
    edges: tuple[int, ...]
    path: QPainterPath
    bounds: QRectF


@dataclass(frozen=True)
class Placed:
    """Cards of nodes and closed groups, frames of open groups (the outer before the inner), and wires."""

    cards: Mapping[Key, QRectF] = field(default_factory=dict)
    frames: Mapping[str, QRectF] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()

    def bounds(self) -> QRectF:
        """Of all of it."""
        found = QRectF()
        for rect in (*self.cards.values(), *self.frames.values()):
            found = found.united(rect)
        return found


class Plan:
    """What is shown of a graph, to be laid out. `size` tells how large a card is to be.

    `run` needs neither the groups nor the sizes any more, so it may be called in any thread.
    """

    def __init__(self, groups: Groups, size: Size) -> None:
        structure = groups.structure
        shown = [groups.shown(node) for node in range(len(structure.kinds))]
        self._pairs: dict[tuple[Key, Key], list[int]] = {}
        for number, edge in enumerate(structure.edges):
            pair = shown[edge.source], shown[edge.target]
            if pair[0] != pair[1]:
                self._pairs.setdefault(pair, []).append(number)
        self._around = {key: _frames_around(groups.around(node), key) for node, key in enumerate(shown)}
        self._ports = self._find_ports(structure)
        self._corners: dict[Key, QPointF] = {}
        sizes = {key: size(key) for key in self._around}
        self._sizes: dict[Key, tuple[float, float]] = {
            key: (width, height) for key, (width, height, _) in sizes.items()
        }
        self._space = {key: space for key, (*_, space) in sizes.items()}

    def __len__(self) -> int:
        """How many cards there are."""
        return len(self._around)

    def run(self, check: Callable[[], None] = lambda: None) -> Placed:
        """Lay it out. `check` is called now and then, and what it raises passes through."""
        self._lay_out("", 0, list(self._around), check)
        cards = {key: self._rect(key, self._around[key]) for key in self._around}
        frames = {
            path: self._rect(path, around)
            for path, around in sorted(self._open_frames().items(), key=lambda item: len(item[1]))
        }
        return Placed(cards, frames, self._lines(cards))

    def _open_frames(self) -> dict[str, tuple[str, ...]]:
        chains = self._around.values()
        return {chain[depth]: chain[:depth] for chain in chains for depth in range(len(chain))}

    def _rect(self, key: Key, around: tuple[str, ...]) -> QRectF:
        corner = self._corners[key]
        for path in around:
            corner = corner + self._corners[path]
        return QRectF(corner.x(), corner.y(), *self._sizes[key])

    def _lay_out(self, frame: str, depth: int, keys: list[Key], check: Callable[[], None]) -> None:
        """The inner groups first, as their size has to be known."""
        inner: dict[Key, list[Key]] = {}
        for key in keys:
            around = self._around[key]
            inner.setdefault(around[depth] if len(around) > depth else key, []).append(key)
        for item, members in inner.items():
            if item not in self._around:
                self._lay_out(str(item), depth + 1, members, check)
        home = {key: item for item, members in inner.items() for key in members}
        boxes = {str(item): Box(*self._box(item)) for item in inner}
        places = lay_out(boxes, self._wires(home), wrap=False, check=check)
        shift = QPointF(PAD, TITLE + PAD / 2) if frame else QPointF()
        for item in inner:
            self._corners[item] = QPointF(*places[str(item)]) + shift
        if frame:
            self._sizes[frame] = self._room(inner)

    def _box(self, item: Key) -> tuple[float, float]:
        """With the room that what is written at its right needs: all is closer than on the canvas."""
        width, height = self._sizes[item]
        return width + max(NARROWEST, self._space.get(item, 0.0)) - ACROSS, height + BELOW - GAP

    def _room(self, inner: Mapping[Key, object]) -> tuple[float, float]:
        """What a frame needs around its members."""
        right = max(self._corners[item].x() + self._sizes[item][0] for item in inner)
        bottom = max(self._corners[item].y() + self._sizes[item][1] for item in inner)
        return right + PAD, bottom + PAD

    def _wires(self, home: Mapping[Key, Key]) -> list[Wire]:
        """Between the things of one frame, each port as far down as it lies inside."""
        found: dict[tuple[Key, Key], Wire] = {}
        for source, target in self._pairs:
            ends = home.get(source), home.get(target)
            if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
                continue
            leaves = self._down(source, ends[0]) + self._sizes[source][1] / 2
            enters = self._down(target, ends[1]) + self._ports[source, target] * self._sizes[target][1]
            found.setdefault((ends[0], ends[1]), Wire(str(ends[0]), str(ends[1]), leaves, enters))
        return list(found.values())

    def _down(self, key: Key, item: Key) -> float:
        """How far a card lies below the top of the group `item` around it, or of itself."""
        if key == item:
            return 0.0
        chain = self._around[key]
        inner = chain[chain.index(str(item)) + 1 :]
        return sum(self._corners[path].y() for path in (*inner, key))

    def _find_ports(self, structure: Structure) -> dict[tuple[Key, Key], float]:
        """Where wires come in, as shares of the height: one below the other in the order of the places."""
        sources: dict[Key, list[Key]] = {}
        for source, target in self._pairs:
            sources.setdefault(target, []).append(source)
        found: dict[tuple[Key, Key], float] = {}
        for target, known in sources.items():
            known.sort(key=lambda source: structure.edges[self._pairs[source, target][0]].place)
            for number, source in enumerate(known):
                found[source, target] = (number + 1) / (len(known) + 1)
        return found

    def _lines(self, cards: Mapping[Key, QRectF]) -> tuple[Line, ...]:
        obstacles = Obstacles(cards.values()) if len(self._pairs) <= _MOST_ROUTED else Obstacles()
        return tuple(self._line(pair, tuple(edges), cards, obstacles) for pair, edges in self._pairs.items())

    def _line(
        self, pair: tuple[Key, Key], edges: tuple[int, ...], cards: Mapping[Key, QRectF], obstacles: Obstacles
    ) -> Line:
        source, target = cards[pair[0]], cards[pair[1]]
        start = QPointF(source.right(), source.center().y())
        end = QPointF(target.left(), target.top() + self._ports[pair] * target.height())
        path = route(start, end, source, target, obstacles).path
        return Line(*pair, edges, path, path.boundingRect().adjusted(-2, -2, 2, 2))


def _frames_around(chain: tuple[str, ...], key: Key) -> tuple[str, ...]:
    """The open groups that a card lies in, of those that its node does."""
    return chain[: chain.index(key)] if isinstance(key, str) else chain
