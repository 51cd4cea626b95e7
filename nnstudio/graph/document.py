"""The document: nodes, links and the training plan of one project, and the only place that changes them.

    document = Document("digits cnn")
    digits = document.add("Dataset", dataset="digits")
    head = document.add("Linear", out_features=10)
    document.connect(digits, head)
    document.undo()

Every edit is a typed change that listeners hear about, and one undo step; `with document.transaction("name"):` makes one step
of several edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

import networkx as nx

from nnstudio.catalogue import registry
from nnstudio.errors import LinkRefused, NoSuchNode
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, rules
from nnstudio.graph.history import History
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.graph.training import PLAN_PARAMS, Trained, TrainingPlan
from nnstudio.params import Value

NodeRef: TypeAlias = "Node | str"
Listener: TypeAlias = Callable[[ch.Change], None]


class Document:
    """A drawing. Nodes are asked for by id, by name, or as the Node itself."""

    def __init__(self, title: str = "untitled") -> None:
        self._title = title
        self._plan = TrainingPlan()
        self._trained: Trained | None = None
        self._graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self._nodes: dict[str, Node] = {}
        self._ids: dict[str, str] = {}
        self._slots: dict[tuple[str, str], list[Link]] = {}
        self._next = 1
        self._listeners: list[Listener] = []
        self.history = History(self._carry_out)

    # What there is

    @property
    def title(self) -> str:
        return self._title

    @property
    def plan(self) -> TrainingPlan:
        return self._plan

    @property
    def trained(self) -> Trained | None:
        return self._trained

    @property
    def nodes(self) -> Mapping[str, Node]:
        """All nodes by id, in no particular order."""
        return MappingProxyType(self._nodes)

    @property
    def links(self) -> list[Link]:
        """All links; those of one input in their order."""
        return [link for links in self._slots.values() for link in links]

    def node(self, reference: NodeRef) -> Node:
        """The node as it is now. Raises NoSuchNode."""
        key = reference.id if isinstance(reference, Node) else reference
        found = self._nodes.get(key) or self._nodes.get(self._ids.get(key, ""))
        if found is None:
            raise NoSuchNode(f"There is no node '{key}'.")
        return found

    def __contains__(self, reference: str) -> bool:
        """Whether there is a node of that id or name."""
        return reference in self._nodes or reference in self._ids

    def links_into(self, node: NodeRef, port: str) -> list[Link]:
        """The wires that end at an input, in their order."""
        return list(self._slots.get((self.node(node).id, port), ()))

    def links_of(self, node: NodeRef) -> list[Link]:
        """Every wire that begins or ends at the node."""
        key = self.node(node).id
        ends = [*self._graph.in_edges(key, keys=True), *self._graph.out_edges(key, keys=True)]
        return [link for _, _, link in ends for _ in range(self._slots[link.target, link.input].count(link))]

    def reaches(self, start: str, goal: str) -> bool:
        """Whether the wires lead from one node to another."""
        return bool(nx.has_path(self._graph, start, goal))

    def in_order(self) -> list[Node]:
        """All nodes, each after those it takes from; among equals the older first."""
        keys = nx.lexicographical_topological_sort(self._graph, key=lambda key: self._nodes[key].order)
        return [self._nodes[key] for key in keys]

    # Edits

    def add(self, type_name: str, name: str = "", at: Position = (0.0, 0.0), **params: object) -> Node:
        """A new node. Raises UnknownLayer, BadParameter, BadName."""
        layer = registry.layer(type_name)
        values = layer.check(params)
        name = name or naming.free_name(layer, values, self._ids)
        rules.check_name(name, tuple(self._ids))
        node = Node(f"n{self._next}", type_name, name, values, at)
        with self.transaction(f"Add {type_name}"):
            self.apply(ch.NodeAdded(node))
        return node

    def remove(self, *references: NodeRef) -> None:
        """Take nodes out, with their wires."""
        nodes = [self.node(reference) for reference in references]
        with self.transaction(_several("Delete", nodes)):
            for node in nodes:
                for link in self.links_of(node):
                    self.disconnect(link)
                self.apply(ch.NodeRemoved(node))

    def connect(self, source: NodeRef, target: NodeRef, *, replace: bool = False, slot: int | None = None) -> Link:
        """A wire between nodes, or ports given as "name.port"; free ports that fit are found. Raises LinkRefused.

        `replace` takes away the wire that is in the way. `slot` is the place among the wires of an input that takes many.
        """
        link = self._best_link(source, target, replace)
        with self.transaction("Connect"):
            if replace and not self._input_takes_many(link):
                for present in self.links_into(link.target, link.input):
                    self.disconnect(present)
            rules.check_link(self, link)
            present_count = len(self.links_into(link.target, link.input))
            self.apply(ch.LinkAdded(link, present_count if slot is None else min(slot, present_count)))
        return link

    def disconnect(self, link: Link) -> None:
        """Take a wire out. Raises LinkRefused where there is none."""
        present = self._slots.get((link.target, link.input), [])
        if link not in present:
            raise LinkRefused(f"There is no wire {link}.", rule="no-such-link")
        with self.transaction("Disconnect"):
            self.apply(ch.LinkRemoved(link, present.index(link)))

    def set(self, reference: NodeRef, **params: object) -> Node:
        """Set parameters. All or none: raises BadParameter before anything changes."""
        node = self.node(reference)
        values = node.layer.check({**self._kept(node, params), **params})
        with self.transaction(f"Set {', '.join(params)}"):
            rewire = self._unplug_lost_outputs(node, values)
            if values.keys() != node.params.keys():
                self.apply(ch.ParamsReplaced(node.id, tuple(node.params.items()), tuple(values.items())))
            else:
                for name in [name for name in params if values[name] != node.params[name]]:
                    self.apply(ch.ParamSet(node.id, name, node.params[name], values[name]))
            for link, slot in rewire:
                self.apply(ch.LinkAdded(link, slot))
        return self.node(node.id)

    def rename(self, reference: NodeRef, name: str) -> Node:
        """Give a node another name. Raises BadName."""
        node = self.node(reference)
        if name != node.name:
            rules.check_name(name, tuple(self._ids))
            with self.transaction("Rename"):
                self.apply(ch.NodeRenamed(node.id, node.name, name))
        return self.node(node.id)

    def move(self, positions: Mapping[str, Position]) -> None:
        """Put nodes, by id or name, at new places in the drawing."""
        moved = [(self.node(key), at) for key, at in positions.items()]
        moved = [(node, at) for node, at in moved if node.at != at]
        with self.transaction(_several("Move", [node for node, _ in moved])):
            for node, at in moved:
                self.apply(ch.NodeMoved(node.id, node.at, at))

    def mute(self, reference: NodeRef, muted: bool = True) -> None:
        """Leave a node out of the computation; what comes in passes on where shapes allow."""
        node = self.node(reference)
        if node.muted != muted:
            with self.transaction("Mute" if muted else "Unmute"):
                self.apply(ch.NodeMuted(node.id, muted))

    def set_plan(self, **values: object) -> None:
        """Change the training plan. All or none: raises BadParameter before anything changes."""
        checked = {name: PLAN_PARAMS[name].check(value) for name, value in values.items()}
        with self.transaction(f"Set {', '.join(checked)}"):
            for name, value in checked.items():
                if value != self._plan.value(name):
                    self.apply(ch.PlanSet(name, self._plan.value(name), value))

    def retitle(self, title: str) -> None:
        """Give the project another title."""
        if title != self._title:
            with self.transaction("Rename project"):
                self.apply(ch.Retitled(self._title, title))

    def set_trained(self, trained: Trained | None) -> None:
        """Take in what a run left. Not an undo step."""
        self.apply(ch.TrainedSet(self._trained, trained))

    # Undo

    def transaction(self, name: str) -> AbstractContextManager[None]:
        """Everything inside is one undo step; an exception takes it all back."""
        return self.history.transaction(name)

    def undo(self) -> bool:
        return self.history.undo()

    def redo(self) -> bool:
        return self.history.redo()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change. Returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, change: ch.Change) -> None:
        """Carry out a change and record it for undo. The edits above are the usual way in."""
        self._carry_out(change)
        self.history.record(change)

    # Inside

    def _carry_out(self, change: ch.Change) -> None:
        match change:
            case ch.NodeAdded(node):
                self._graph.add_node(node.id)
                self._nodes[node.id] = node
                self._ids[node.name] = node.id
                self._next = max(self._next, node.order + 1)
            case ch.NodeRemoved(node):
                self._graph.remove_node(node.id)
                del self._ids[self._nodes.pop(node.id).name]
            case ch.ParamSet(key, name, _, new):
                node = self._nodes[key]
                self._nodes[key] = replace(node, params={**node.params, name: new})
            case ch.ParamsReplaced(key, _, values):
                self._nodes[key] = replace(self._nodes[key], params=dict(values))
            case ch.NodeRenamed(key, old, new_name):
                del self._ids[old]
                self._ids[new_name] = key
                self._nodes[key] = replace(self._nodes[key], name=new_name)
            case ch.NodeMoved(key, _, at):
                self._nodes[key] = replace(self._nodes[key], at=at)
            case ch.NodeMuted(key, muted):
                self._nodes[key] = replace(self._nodes[key], muted=muted)
            case ch.LinkAdded(link, slot):
                self._graph.add_edge(link.source, link.target, link)
                self._slots.setdefault((link.target, link.input), []).insert(slot, link)
            case ch.LinkRemoved(link, slot):
                self._remove_link(link, slot)
            case ch.PlanSet(name, _, new):
                self._plan = replace(self._plan, **{name: new})
            case ch.Retitled(_, title):
                self._title = title
            case ch.TrainedSet(_, trained):
                self._trained = trained
        for listener in list(self._listeners):
            listener(change)

    def _remove_link(self, link: Link, slot: int) -> None:
        slots = self._slots[link.target, link.input]
        slots.pop(slot)
        if not slots:
            del self._slots[link.target, link.input]
        if link not in slots:
            self._graph.remove_edge(link.source, link.target, link)

    def _best_link(self, source: NodeRef, target: NodeRef, replace: bool) -> Link:
        start, output = self._endpoint(source)
        end, entry = self._endpoint(target)
        return naming.best_link(
            start, output, end, entry, taken=lambda port: not replace and bool(self.links_into(end, port))
        )

    def _endpoint(self, reference: NodeRef) -> tuple[Node, str]:
        if isinstance(reference, str) and "." in reference:
            key, _, port = reference.partition(".")
            return self.node(key), port
        return self.node(reference), ""

    def _input_takes_many(self, link: Link) -> bool:
        return any(port.many for port in self.node(link.target).inputs if port.name == link.input)

    def _kept(self, node: Node, given: Mapping[str, object]) -> dict[str, object]:
        """The node's values that still exist once `given` is set: another data set has other parameters."""
        known = node.layer.params_for({**node.params, **given})
        return {name: value for name, value in node.params.items() if name in known}

    def _unplug_lost_outputs(self, node: Node, values: Mapping[str, Value]) -> list[tuple[Link, int]]:
        """Take out the wires of output ports that will be gone; gives those to put back at the port in the same place."""
        old = [port.name for port in node.outputs]
        new = {place: port for place, port in enumerate(node.layer.outputs_for(values))}
        names = {port.name for port in new.values()}
        types = {port.name: port.dtype for port in node.outputs}
        rewire: list[tuple[Link, int]] = []
        for link in self.links_of(node):
            if link.source != node.id or link.output in names:
                continue
            slot = self._slots[link.target, link.input].index(link)
            self.disconnect(link)
            successor = new.get(old.index(link.output))
            if successor is not None and successor.dtype == types[link.output]:
                rewire.append((replace(link, output=successor.name), slot))
        return rewire


def _several(verb: str, nodes: Iterable[Node]) -> str:
    listed = list(nodes)
    return f"{verb} {listed[0].name}" if len(listed) == 1 else f"{verb} {len(listed)} nodes"


