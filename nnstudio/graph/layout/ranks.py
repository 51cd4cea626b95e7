"""Which layer each node goes to: the longest way that leads there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from nnstudio.graph.layout.parts import Edge, Part


@dataclass(frozen=True)
class Ranks:
    """The layer of each node, the wires that lead on, and how long the longest way through each node is."""

    rank: list[int]
    edges: list[Edge]
    through: list[int]


def ranks_of(part: Part) -> Ranks:
    """Every wire leads to a later layer. One that closes a ring is left out, though a document has none."""
    order, edges = _in_order(part)
    behind: list[list[int]] = [[] for _ in order]
    for edge in edges:
        behind[edge.source].append(edge.target)
    rank = _longest_into(order, behind)
    beyond = _longest_out(order, behind)
    through = [into + out for into, out in zip(rank, beyond, strict=True)]
    _pull_right(part, order, behind, rank)
    _put_last(part, behind, rank)
    return Ranks(rank, edges, through)


def _in_order(part: Part) -> tuple[list[int], list[Edge]]:
    """Nodes such that wires lead on, and the wires that do."""
    count = len(part.keys)
    behind: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for edge in part.edges:
        behind[edge.source].append(edge.target)
        waiting[edge.target] += 1
    place: dict[int, int] = {}
    ready = deque(node for node in range(count) if not waiting[node])
    rest = iter(range(count))
    while len(place) < count:
        node = ready.popleft() if ready else next(rest)
        if node in place:
            continue
        place[node] = len(place)
        for target in behind[node]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return list(place), [edge for edge in part.edges if place[edge.source] < place[edge.target]]


def _longest_into(order: list[int], behind: list[list[int]]) -> list[int]:
    length = [0] * len(order)
    for node in order:
        for target in behind[node]:
            length[target] = max(length[target], length[node] + 1)
    return length


def _longest_out(order: list[int], behind: list[list[int]]) -> list[int]:
    length = [0] * len(order)
    for node in reversed(order):
        length[node] = max((length[target] + 1 for target in behind[node]), default=0)
    return length


def _pull_right(part: Part, order: list[int], behind: list[list[int]], rank: list[int]) -> None:
    """What no data lead to, as a constant, stands just before what it is for."""
    fed = [box.begins for box in part.boxes]
    for node in order:
        if fed[node]:
            for target in behind[node]:
                fed[target] = True
    for node in reversed(order):
        if not fed[node] and behind[node]:
            rank[node] = min(rank[target] for target in behind[node]) - 1


def _put_last(part: Part, behind: list[list[int]], rank: list[int]) -> None:
    last = max(rank)
    for node, box in enumerate(part.boxes):
        if box.ends and not behind[node]:
            rank[node] = last
