"""The steps of which edits are made. Each works on nodes wherever they lie, and records what it did.

What a change inside a block means for the wires at its instances is part of the step; what it means for their values is
in `graph.offering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from nnstudio.catalogue.spec import Ports
from nnstudio.errors import BadParameter, LinkRefused
from nnstudio.graph import changes as ch
from nnstudio.graph import expansion, rules
from nnstudio.graph.asking import Asking, Everywhere
from nnstudio.graph.blocks import Block, limits
from nnstudio.graph.drawing import MAIN, Drawing
from nnstudio.graph.history import History
from nnstudio.graph.nodes import INPUT, OUTPUT, Link, Node, Position
from nnstudio.params import ParamSet, Value, Values


class Wire(NamedTuple):
    """A wire that was taken out: its place among those of its input, and the points through which it was led."""

    link: Link
    slot: int
    way: tuple[Position, ...] = ()


class Steps(Asking):
    """One drawing and the history that all drawings of a document share."""

    def __init__(self, drawing: Drawing, history: History, block: str = MAIN) -> None:
        super().__init__(drawing, block)
        self.history = history
        self._everywhere = Everywhere(drawing, block)

    @property
    def drawing(self) -> Drawing:
        """The state of the whole document."""
        return self._drawing

    @contextmanager
    def transaction(self, name: str) -> Iterator[None]:
        """Everything inside is one undo step; an exception takes it all back.

        Raises DocumentError at its end where a block would be in the network too often.
        """
        with self.history.transaction(name):
            yield
            if self._drawing.recount:
                expansion.check(self._drawing)

    def apply(self, change: ch.Change) -> None:
        """Carry out a change and record it for undo. The edits are the usual way in."""
        self._drawing.carry_out(change)
        self.history.record(change)

    def free_id(self) -> str:
        """The next number; where a file has used up the numbers, the first that is free."""
        if self._drawing.next_node <= rules.LAST_ID:
            return f"n{self._drawing.next_node}"
        return next(key for key in (f"n{number}" for number in count(1)) if key not in self._drawing.where)

    # Wires

    def plug(self, link: Link, slot: int | None = None) -> None:
        """The wire, at that place among those of its input or as near as can be; without a place at the end."""
        present = self.count_into(link.target, link.input)
        self.apply(ch.LinkAdded(link, present if slot is None else max(0, min(slot, present))))

    def plug_if_fit(self, link: Link, slot: int | None = None) -> bool:
        """The same, unless the wire may not exist."""
        try:
            self.check_and_plug(link, slot)
        except LinkRefused:
            return False
        return True

    def check_and_plug(self, link: Link, slot: int | None = None) -> None:
        """The wire, if it may exist. Raises LinkRefused."""
        rules.check_link(self._everywhere, link)
        self.plug(link, slot)

    def unplug(self, links: Iterable[Link]) -> list[Wire]:
        """Take wires out; gives them with the places they had when they went. The ways of wires go with them."""
        taken: list[Wire] = []
        for link in list(links):
            graph = self._graph_of(link.target)
            slots = graph.slots[link.target, link.input]
            taken.append(Wire(link, slots.index(link), graph.ways.get(link, ())))
            if slots.count(link) == 1:
                self.lay(link, ())
            self.apply(ch.LinkRemoved(link, taken[-1].slot))
        return taken

    def plug_again(self, wires: Iterable[Wire]) -> None:
        """The last one taken out first, so that each finds its slot; those that do not fit any more stay out."""
        for link, slot, way in reversed(list(wires)):
            if self.plug_if_fit(link, slot) and way:
                self.lay(link, way)

    def lay(self, link: Link, way: tuple[Position, ...]) -> None:
        """Lead a wire, which is there, through these points."""
        old = self._graph_of(link.target).ways.get(link, ())
        if old != way:
            self.apply(ch.WaySet(link, old, way))

    def outer_wires(self, node: Node) -> list[Link]:
        """The wires at the port that a node inside a block is, at all instances."""
        sheet = self._drawing.where[node.id]
        instances = self._drawing.instances(sheet) if sheet else []
        if node.type == INPUT:
            return [link for instance in instances for link in self._links_into(instance.id, node.name)]
        if node.type == OUTPUT:
            return [link for instance in instances for link in self._links_from(instance.id, node.name)]
        return []

    def _links_into(self, key: str, port: str) -> list[Link]:
        return list(self._graph_of(key).slots.get((key, port), ()))

    def _links_from(self, key: str, port: str) -> list[Link]:
        links = self._graph_of(key).wiring.links_of(key)
        return [link for link in links if (link.source, link.output) == (key, port)]

    # Nodes

    def set_name(self, node: Node, name: str) -> None:
        """Another name; the wires at a block's port follow."""
        side = "input" if node.type == INPUT else "output"
        wires = self.unplug(self.outer_wires(node))
        self.apply(ch.NodeRenamed(node.id, node.name, name))
        self.plug_again([wire._replace(link=replace(wire.link, **{side: name})) for wire in wires])

    def put_values(self, node: Node, values: Values) -> None:
        """Other values, checked; wires at ports that go with them go or find others."""
        rewire = self._unplug_lost(node, values)
        if values.keys() != node.params.keys():
            self.replace_values(node, values)
        else:
            for name in [name for name in values if not same(values[name], node.params[name])]:
                self.apply(ch.ParamSet(node.id, name, node.params[name], values[name]))
        self.plug_again(rewire)

    def replace_values(self, node: Node, values: Values) -> None:
        """The whole set of values, if it is another."""
        if dict(node.params) != dict(values):
            self.apply(ch.ParamsReplaced(node.id, tuple(node.params.items()), tuple(values.items())))

    def _unplug_lost(self, node: Node, values: Values) -> list[Wire]:
        """Take out the wires of ports that will be gone or carry something else.

        Gives those to put back, with their slots: at the port of the same name or else in the same place.
        """
        outputs = _successors(node.outputs, node.layer.outputs_for(values))
        inputs = _successors(node.inputs, node.layer.inputs_for(values))
        ends = [link for link in self._graph_of(node.id).wiring.links_of(node.id)]
        lost = [link for link in ends if (outputs if link.source == node.id else inputs).keys() & {_end(link, node)}]
        rewire: list[Wire] = []
        for wire in self.unplug(lost):
            leaves = wire.link.source == node.id
            port = (outputs if leaves else inputs)[_end(wire.link, node)]
            if port:
                rewire.append(wire._replace(link=replace(wire.link, **{"output" if leaves else "input": port})))
        return rewire

    # Blocks

    def change_block(self, new: Block) -> None:
        """Another name, or other parameters that are offered."""
        old = self._drawing.block(new.id)
        if old != new:
            self.apply(ch.BlockChanged(old, new))


def checked(node: Node, given: Mapping[str, object]) -> dict[str, Value]:
    """All values of a node once `given` is set: those it has stay where they still fit. Raises BadParameter.

    Another data set has other parameters.
    """
    known = node.layer.params_for({**node.params, **given})
    kept = {name: value for name, value in node.params.items() if name in known and fits(known, name, value)}
    return node.layer.check({**kept, **given})


def same(one: Value, other: Value) -> bool:
    """Whether a file says the same for both: 2 and 2.0 are written differently."""
    return type(one) is type(other) and one == other


def fits(params: ParamSet, name: str, value: Value) -> bool:
    """Whether the parameter of that name can take the value."""
    try:
        for param in limits(params, name):
            param.check(value)
    except BadParameter:
        return False
    return True


def _end(link: Link, node: Node) -> str:
    return link.output if link.source == node.id else link.input


def _successors(old: Ports, new: Ports) -> dict[str, str]:
    """For each port that goes or changes its type, the name of the one in its stead; empty where there is none."""
    kept = {(port.name, port.dtype, port.many) for port in new}
    names = {port.name for port in new}
    return {
        port.name: port.name if port.name in names else new[place].name if place < len(new) else ""
        for place, port in enumerate(old)
        if (port.name, port.dtype, port.many) not in kept
    }
