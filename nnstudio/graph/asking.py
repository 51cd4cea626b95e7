"""What can be asked of one drawing: the main one, or the inside of a block."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from nnstudio.errors import DocumentError, NoSuchNode
from nnstudio.graph import changes as ch
from nnstudio.graph.drawing import Drawing, Listener
from nnstudio.graph.graph import Graph
from nnstudio.graph.marks import Mark
from nnstudio.graph.nodes import Link, Node, NodeRef, Position


class Asking:
    """Nodes are asked for by id, by name, or as the Node itself. Names are those of this drawing."""

    def __init__(self, drawing: Drawing, block: str) -> None:
        self._drawing = drawing
        self._block = block

    @property
    def block(self) -> str:
        """The id of the block whose inside this is; empty for the main drawing."""
        return self._block

    @property
    def nodes(self) -> Mapping[str, Node]:
        """All nodes of this drawing by id, in no particular order."""
        return MappingProxyType(self._graph.nodes)

    @property
    def names(self) -> Collection[str]:
        """The names that are taken in this drawing."""
        return self._graph.ids

    @property
    def links(self) -> list[Link]:
        """All links of this drawing; those of one input in their order."""
        return self._graph.links()

    @property
    def ways(self) -> Mapping[Link, tuple[Position, ...]]:
        """The points through which wires of this drawing are led, for those that have any."""
        return MappingProxyType(self._graph.ways)

    @property
    def marks(self) -> Mapping[str, Mark]:
        """The frames and comments of this drawing by id, in no particular order."""
        return MappingProxyType(self._graph.marks)

    def mark(self, key: str) -> Mark:
        """The frame or comment of that id in this drawing, as it is now. Raises DocumentError."""
        found = self._graph.marks.get(key)
        if found is None:
            raise DocumentError(f"There is no frame or comment '{key[:64]}' in this drawing.")
        return found

    def node(self, reference: NodeRef) -> Node:
        """The node as it is now. Raises NoSuchNode."""
        key = reference.id if isinstance(reference, Node) else reference
        found = self._find(key)
        if found is None:
            raise NoSuchNode(f"There is no node '{key}'.")
        return found

    def __contains__(self, reference: str) -> bool:
        """Whether there is a node of that id or name."""
        return self._find(reference) is not None

    def links_into(self, node: NodeRef, port: str) -> list[Link]:
        """The wires that end at an input, in their order."""
        key = self.node(node).id
        return list(self._graph_of(key).slots.get((key, port), ()))

    def count_into(self, node: str, port: str) -> int:
        """How many wires end at an input of the node with that id."""
        return len(self._graph_of(node).slots.get((node, port), ()))

    def links_of(self, node: NodeRef) -> list[Link]:
        """Every wire that begins or ends at the node."""
        key = self.node(node).id
        return list(self._graph_of(key).wiring.links_of(key))

    def reaches(self, start: str, goal: str) -> bool:
        """Whether the wires lead from one node to another."""
        return self._graph_of(start).wiring.reaches(start, goal)

    def behind(self, node: str) -> set[str]:
        """The ids of all nodes that wires lead to from the node with that id, and its own."""
        return self._graph_of(node).wiring.behind(node)

    def in_order(self) -> list[Node]:
        """All nodes, each after those it takes from; among equals the older first."""
        return self._graph.in_order()

    def cycle(self) -> Link | None:
        """A wire that is part of a cycle; only while a file is read can there be one."""
        return self._graph.wiring.cycle()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change of the whole document. Returns what ends the subscription."""
        return self._drawing.subscribe(listener)

    def concerns(self, change: ch.Change) -> bool:
        """Whether a change happened to this drawing. To be asked while it is told: later the node may be gone."""
        match change:
            case ch.NodeAdded(_, sheet) | ch.NodeRemoved(_, sheet):
                return sheet == self._block
            case ch.MarkAdded(_, sheet) | ch.MarkRemoved(_, sheet) | ch.MarkChanged(sheet):
                return sheet == self._block
            case ch.LinkAdded(link) | ch.LinkRemoved(link) | ch.WaySet(link):
                return self._drawing.where.get(link.target) == self._block
            case (
                ch.ParamSet(key)
                | ch.ParamsReplaced(key)
                | ch.NodeRenamed(key)
                | ch.NodeMoved(key)
                | ch.NodeMuted(key)
                | ch.TuningSet(key)
                | ch.LooksSet(key)
                | ch.FaceChanged(key)
            ):
                return self._drawing.where.get(key) == self._block
        return False

    @property
    def _graph(self) -> Graph:
        return self._drawing.graph(self._block)

    def _graph_of(self, key: str) -> Graph:
        """Where the node of that id lies."""
        return self._drawing.graph(self._drawing.where.get(key, self._block))

    def _find(self, key: str) -> Node | None:
        return self._graph.find(key)


class Everywhere(Asking):
    """All drawings at once: nodes by their ids alone, wherever they lie."""

    def _find(self, key: str) -> Node | None:
        return self._drawing.find(key)
