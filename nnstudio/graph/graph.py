"""The state of one drawing: nodes by id and by name, wires by their inputs, and marks. It checks nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nnstudio.graph.marks import Mark
from nnstudio.graph.names import Names
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.graph.wiring import Wiring


@dataclass
class Graph:
    """Only `graph.drawing` changes it."""

    nodes: dict[str, Node] = field(default_factory=dict)
    ids: Names = field(default_factory=Names)
    """Ids by name."""
    slots: dict[tuple[str, str], list[Link]] = field(default_factory=dict)
    """The wires of each input that has any, in their order."""
    wiring: Wiring = field(default_factory=Wiring)
    ways: dict[Link, tuple[Position, ...]] = field(default_factory=dict)
    """The points through which a wire is led, for those that have any."""
    marks: dict[str, Mark] = field(default_factory=dict)

    def find(self, key: str) -> Node | None:
        """The node of that id or name."""
        return self.nodes.get(key) or self.nodes.get(self.ids.get(key, ""))

    def links(self) -> list[Link]:
        """All wires; those of one input in their order."""
        return [link for links in self.slots.values() for link in links]

    def in_order(self) -> list[Node]:
        """All nodes, each after those it takes from; among equals the older first."""
        order = self.wiring.in_order({key: node.order for key, node in self.nodes.items()})
        return [self.nodes[key] for key in order]

    def add(self, node: Node) -> None:
        self.wiring.add_node(node.id)
        self.nodes[node.id] = node
        self.ids[node.name] = node.id

    def remove(self, key: str) -> None:
        """All wires of the node are gone already."""
        self.wiring.remove_node(key)
        del self.ids[self.nodes.pop(key).name]

    def alter(self, key: str, **altered: Any) -> None:
        """Other values for some fields of a node, but not its id."""
        old = self.nodes[key]
        self.nodes[key] = new = replace(old, **altered)
        if old.name != new.name:
            del self.ids[old.name]
            self.ids[new.name] = key

    def plug(self, link: Link, slot: int) -> None:
        self.wiring.add(link)
        self.slots.setdefault((link.target, link.input), []).insert(slot, link)

    def unplug(self, link: Link, slot: int) -> None:
        slots = self.slots[link.target, link.input]
        slots.pop(slot)
        if not slots:
            del self.slots[link.target, link.input]
        self.wiring.remove(link)

    def lay(self, link: Link, way: tuple[Position, ...]) -> None:
        if way:
            self.ways[link] = way
        else:
            self.ways.pop(link, None)
