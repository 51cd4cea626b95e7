"""The state of a document: nodes, links, plan and what a run left. It can be asked, and carry out a change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

from nnstudio.errors import NoSuchNode
from nnstudio.graph import changes as ch
from nnstudio.graph import rules
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.training import Trained, TrainingPlan
from nnstudio.graph.wiring import Wiring

NodeRef: TypeAlias = "Node | str"
Listener: TypeAlias = Callable[[ch.Change], None]

_log = logging.getLogger(__name__)


class Drawing:
    """Nodes are asked for by id, by name, or as the Node itself. Only `graph.document` changes it."""

    def __init__(self, title: str = "untitled") -> None:
        self._title = rules.clean_title(title)
        self._plan = TrainingPlan()
        self._trained: Trained | None = None
        self._wiring = Wiring()
        self._nodes: dict[str, Node] = {}
        self._ids: dict[str, str] = {}
        self._slots: dict[tuple[str, str], list[Link]] = {}
        self._next = 1
        self._listeners: list[Listener] = []

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

    def count_into(self, node: str, port: str) -> int:
        """How many wires end at an input of the node with that id."""
        return len(self._slots.get((node, port), ()))

    def links_of(self, node: NodeRef) -> list[Link]:
        """Every wire that begins or ends at the node."""
        return list(self._wiring.links_of(self.node(node).id))

    def reaches(self, start: str, goal: str) -> bool:
        """Whether the wires lead from one node to another."""
        return self._wiring.reaches(start, goal)

    def in_order(self) -> list[Node]:
        """All nodes, each after those it takes from; among equals the older first."""
        order = self._wiring.in_order({key: node.order for key, node in self._nodes.items()})
        return [self._nodes[key] for key in order]

    def cycle(self) -> Link | None:
        """A wire that is part of a cycle; only while a file is read can there be one."""
        return self._wiring.cycle()

    # Change

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change. Returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _carry_out(self, change: ch.Change) -> None:
        match change:
            case ch.NodeAdded() | ch.NodeRemoved() | ch.NodeRenamed():
                self._change_nodes(change)
            case ch.ParamSet() | ch.ParamsReplaced() | ch.NodeMoved() | ch.NodeMuted():
                self._change_inside(change)
            case ch.LinkAdded(link, slot):
                self._wiring.add(link)
                self._slots.setdefault((link.target, link.input), []).insert(slot, link)
            case ch.LinkRemoved(link, slot):
                self._remove_link(link, slot)
            case ch.PlanSet(name, _, new):
                changed: dict[str, Any] = {name: new}
                self._plan = replace(self._plan, **changed)
            case ch.Retitled(_, title):
                self._title = title
            case ch.TrainedSet(_, trained):
                self._trained = trained
        self._tell(change)

    def _change_nodes(self, change: ch.NodeAdded | ch.NodeRemoved | ch.NodeRenamed) -> None:
        match change:
            case ch.NodeAdded(node):
                self._wiring.add_node(node.id)
                self._nodes[node.id] = node
                self._ids[node.name] = node.id
                self._next = max(self._next, node.order + 1)
            case ch.NodeRemoved(node):
                self._wiring.remove_node(node.id)
                del self._ids[self._nodes.pop(node.id).name]
            case ch.NodeRenamed(key, old, name):
                del self._ids[old]
                self._ids[name] = key
                self._nodes[key] = replace(self._nodes[key], name=name)
                if self._trained is not None:
                    self._trained = self._trained.renamed(old, name)

    def _change_inside(self, change: ch.ParamSet | ch.ParamsReplaced | ch.NodeMoved | ch.NodeMuted) -> None:
        node = self._nodes[change.id]
        altered: dict[str, Any]
        match change:
            case ch.ParamSet(_, name, _, new):
                altered = {"params": {**node.params, name: new}}
            case ch.ParamsReplaced(_, _, values):
                altered = {"params": dict(values)}
            case ch.NodeMoved(_, _, at):
                altered = {"at": at}
            case ch.NodeMuted(_, muted):
                altered = {"muted": muted}
        self._nodes[node.id] = replace(node, **altered)

    def _tell(self, change: ch.Change) -> None:
        for listener in list(self._listeners):
            try:
                listener(change)
            except Exception:  # noqa: BLE001  # a listener's bug must not leave a change that history knows nothing of
                _log.exception("a listener failed on %s", type(change).__name__)

    def _remove_link(self, link: Link, slot: int) -> None:
        slots = self._slots[link.target, link.input]
        slots.pop(slot)
        if not slots:
            del self._slots[link.target, link.input]
        self._wiring.remove(link)
