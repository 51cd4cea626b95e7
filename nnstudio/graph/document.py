"""The document: nodes, links and the training plan of one project, and the only place that changes them.

    document = Document("digits cnn")
    digits = document.add("Dataset", dataset="digits")
    head = document.add("Linear", out_features=10)
    document.connect(digits, head)
    document.undo()

Every edit is a typed change that listeners hear about, and one undo step; `with document.transaction("name"):` makes
one step of several edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import count

from nnstudio.catalogue import registry
from nnstudio.errors import BadParameter, LinkRefused
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, rules
from nnstudio.graph.drawing import Drawing, NodeRef
from nnstudio.graph.history import History
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.graph.training import PLAN_PARAMS, Trained
from nnstudio.params import Param, Value


class Document(Drawing):
    """A drawing with its edits and their history."""

    def __init__(self, title: str = "untitled") -> None:
        super().__init__(title)
        self.history = History(self._carry_out)

    # Edits

    def add(self, type_name: str, /, name: str = "", at: Position = (0.0, 0.0), **params: object) -> Node:
        """A new node. Raises UnknownLayer, BadParameter, BadName, and DocumentError for a place that is none."""
        layer = registry.layer(type_name)
        values = layer.check(params)
        name = name or naming.free_name(layer, values, self._ids)
        rules.check_name(name, tuple(self._ids))
        node = Node(self._free_id(), type_name, name, values, rules.check_position(at))
        with self.transaction(f"Add {type_name}"):
            self.apply(ch.NodeAdded(node))
        return node

    def remove(self, *references: NodeRef) -> None:
        """Take nodes out, with their wires."""
        found = {node.id: node for node in map(self.node, references)}
        nodes = list(found.values())
        with self.transaction(_several("Delete", nodes)):
            for node in nodes:
                for link in self.links_of(node):
                    self.disconnect(link)
                self.apply(ch.NodeRemoved(node))

    def connect(self, source: NodeRef, target: NodeRef, *, replace: bool = False, slot: int | None = None) -> Link:
        """A wire between nodes, or ports given as "name.port"; free ports that fit are found. Raises LinkRefused.

        `replace` takes away the wire that is in the way. `slot` is the place among the wires of an input that takes
        many.
        """
        link = self._best_link(source, target, replace)
        with self.transaction("Connect"):
            if replace and not self._input_takes_many(link):
                for present in self.links_into(link.target, link.input):
                    self.disconnect(present)
            rules.check_link(self, link)
            self._plug(link, slot)
        return link

    def disconnect(self, link: Link) -> None:
        """Take a wire out. Raises LinkRefused where there is none."""
        present = self._slots.get((link.target, link.input), [])
        if link not in present:
            raise LinkRefused(f"There is no wire {link}.", rule="no-such-link")
        with self.transaction("Disconnect"):
            self.apply(ch.LinkRemoved(link, present.index(link)))

    def set(self, reference: NodeRef, /, **params: object) -> Node:
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
            self._plug_again(rewire)
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
        moved = [(self.node(key), rules.check_position(at)) for key, at in positions.items()]
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

    def set_plan(self, /, **values: object) -> None:
        """Change the training plan. All or none: raises BadParameter before anything changes."""
        checked = {name: PLAN_PARAMS[name].check(value) for name, value in values.items()}
        with self.transaction(f"Set {', '.join(checked)}"):
            for name, value in checked.items():
                if value != self._plan.value(name):
                    self.apply(ch.PlanSet(name, self._plan.value(name), value))

    def retitle(self, title: str) -> None:
        """Give the project another title, cut to what a file can hold."""
        title = rules.clean_title(title)
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

    def apply(self, change: ch.Change) -> None:
        """Carry out a change and record it for undo. The edits above are the usual way in."""
        self._carry_out(change)
        self.history.record(change)

    # Inside

    def _free_id(self) -> str:
        """The next number; where a file has used up the numbers, the first that is free."""
        if self._next <= rules.LAST_ID:
            return f"n{self._next}"
        return next(key for key in (f"n{number}" for number in count(1)) if key not in self._nodes)

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
        """The node's values that still fit once `given` is set: another data set has other parameters."""
        known = node.layer.params_for({**node.params, **given})
        return {name: value for name, value in node.params.items() if name in known and _fits(known[name], value)}

    def _unplug_lost_outputs(self, node: Node, values: Mapping[str, Value]) -> list[tuple[Link, int]]:
        """Take out the wires of output ports that will be gone or carry something else.

        Gives those to put back, with their slots: at the port of the same name or else in the same place.
        """
        old, new = node.outputs, node.layer.outputs_for(values)
        kept = {(port.name, port.dtype) for port in old} & {(port.name, port.dtype) for port in new}
        gone = {port.name: place for place, port in enumerate(old) if (port.name, port.dtype) not in kept}
        names = {port.name for port in new}
        rewire: list[tuple[Link, int]] = []
        for link in self.links_of(node):
            place = gone.get(link.output) if link.source == node.id else None
            if place is None:
                continue
            slot = self._slots[link.target, link.input].index(link)
            self.disconnect(link)
            if link.output in names:
                rewire.append((link, slot))
            elif place < len(new):
                rewire.append((replace(link, output=new[place].name), slot))
        return rewire

    def _plug_again(self, wires: Iterable[tuple[Link, int]]) -> None:
        """The last one taken out first, so that each finds its slot; those that do not fit any more stay out."""
        for link, slot in reversed(list(wires)):
            try:
                rules.check_link(self, link)
            except LinkRefused:
                continue
            self._plug(link, slot)

    def _plug(self, link: Link, slot: int | None) -> None:
        """The wire, at that place among those of its input or as near as can be; without a place at the end."""
        present = self.count_into(link.target, link.input)
        self.apply(ch.LinkAdded(link, present if slot is None else max(0, min(slot, present))))


def _fits(param: Param, value: Value) -> bool:
    try:
        param.check(value)
    except BadParameter:
        return False
    return True


def _several(verb: str, nodes: Iterable[Node]) -> str:
    listed = list(nodes)
    return f"{verb} {listed[0].name}" if len(listed) == 1 else f"{verb} {len(listed)} nodes"
