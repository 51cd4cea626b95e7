"""A block's instance becomes the nodes inside it again. Nothing is lost: wires are joined through, values kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from nnstudio.errors import BadParameter
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, rules
from nnstudio.graph.blocks import PORTS, Block, Promoted
from nnstudio.graph.editing import Editing
from nnstudio.graph.graph import Graph
from nnstudio.graph.grouping import middle
from nnstudio.graph.marking import shifted
from nnstudio.graph.marks import order
from nnstudio.graph.names import Names
from nnstudio.graph.nodes import INPUT, OUTPUT, REPEAT, Link, Node, Position
from nnstudio.graph.steps import checked

_Source: TypeAlias = tuple[str, str] | None
"""A node and its output; None where no wire came."""
_GAP = 240.0


@dataclass
class _Inside:
    """The drawing inside a block as it was, and the instance that is taken apart."""

    instance: Node
    block: Block
    graph: Graph
    nodes: list[Node] = field(init=False)
    inputs: list[Node] = field(init=False)
    outputs: list[Node] = field(init=False)

    def __post_init__(self) -> None:
        nodes = sorted(self.graph.nodes.values(), key=lambda node: node.order)
        self.nodes = [node for node in nodes if node.type not in PORTS]
        self.inputs = [node for node in nodes if node.type == INPUT]
        self.outputs = [node for node in nodes if node.type == OUTPUT]
        slots = {end: [*links] for end, links in self.graph.slots.items()}
        names, ways, marks = Names(self.graph.ids.data), dict(self.graph.ways), dict(self.graph.marks)
        self.graph = Graph(dict(self.graph.nodes), names, slots, ways=ways, marks=marks)

    @property
    def repeat(self) -> int:
        repeat = self.instance.params[REPEAT]
        assert isinstance(repeat, int)
        return repeat

    def source(self, link: Link, inputs: Mapping[str, _Source], ids: Mapping[str, str]) -> _Source:
        """Where a wire inside begins once the ports are gone."""
        start = self.graph.nodes[link.source]
        while start.type == OUTPUT:
            before = self.graph.slots.get((start.id, "x"))
            if not before:
                return None
            link = before[0]
            start = self.graph.nodes[link.source]
        return inputs[start.id] if start.type == INPUT else (ids[start.id], link.output)


def dissolve(here: Editing, instance: Node) -> list[Node]:
    """The nodes that are there instead; the last instance of a block takes its definition along."""
    drawing = here.drawing
    inside = _Inside(instance, drawing.block(instance.block), drawing.graph(instance.block))
    last = len(drawing.instances(instance.block)) == 1
    with here.transaction(f"Dissolve {instance.name}"):
        entering, leaving = _take_out(here, instance)
        if last:
            _take_apart(here, inside)
        given: dict[str, _Source] = {node.id: entering.get(node.name) for node in inside.inputs}
        copies, moved = [], list[tuple[str, str]]()
        for number in range(inside.repeat):
            ids = _put(here, inside, number, last and number == 0)
            copies.append(ids)
            lead = instance.name if inside.repeat == 1 else f"{instance.name}.{number}"
            moved += [(f"{lead}.{node.name}", drawing.at(ids[node.id]).name) for node in inside.nodes]
            _wire(here, inside, ids, given)
            _lay(here, inside, number, ids)
            results = [_result(inside, output, ids, given) for output in inside.outputs]
            given = {
                node.id: results[place] if place < len(results) else given[node.id]
                for place, node in enumerate(inside.inputs)
            }
        _join(here, instance.id, leaving, dict(zip((output.name for output in inside.outputs), results, strict=True)))
        _repoint(here, inside, copies[0])
        here.copy_marks(sorted(inside.graph.marks.values(), key=order), _shift(inside, 0))
        here.apply(ch.WeightsMoved(here.block, tuple(moved)))
    return [drawing.at(ids[node.id]) for ids in copies for node in inside.nodes]


def _take_out(here: Editing, instance: Node) -> tuple[dict[str, _Source], dict[tuple[str, str], list[Link]]]:
    """The instance goes. Gives what came in at each port, and all wires of the inputs that took from it."""
    links = here.links_of(instance)
    entering: dict[str, _Source] = {
        link.input: (link.source, link.output) for link in links if link.target == instance.id
    }
    ends = {(link.target, link.input) for link in links if link.source == instance.id}
    leaving = {end: here.links_into(*end) for end in sorted(ends)}
    here.unplug(links)
    here.apply(ch.NodeRemoved(instance, here.block))
    return entering, leaving


def _take_apart(here: Editing, inside: _Inside) -> None:
    """The definition goes, with all that is in it."""
    here.unplug(inside.graph.links())
    for node in inside.graph.nodes.values():
        here.apply(ch.NodeRemoved(node, inside.block.id))
    here.clear_marks(inside.block.id)
    here.apply(ch.BlockRemoved(inside.block))


def _put(here: Editing, inside: _Inside, number: int, themselves: bool) -> dict[str, str]:
    """The inner nodes in the drawing around; gives their ids by the old ones."""
    ids: dict[str, str] = {}
    for node, at in zip(inside.nodes, _places(inside, number), strict=True):
        key = node.id if themselves else here.free_id()
        name = naming.freed(node.name, here.names)
        new = replace(node, id=key, name=name, at=at, muted=node.muted or inside.instance.muted)
        if new.layer.may_learn:
            new = replace(new, tuning=inside.instance.tuning.around(node.tuning))
        here.apply(ch.NodeAdded(_with_values(new, node, inside), here.block))
        ids[node.id] = key
    return ids


def _with_values(new: Node, node: Node, inside: _Inside) -> Node:
    """The node with what this instance says for it."""
    given = {offer.param: inside.instance.params[offer.name] for offer in inside.block.offers(node.id)}
    try:
        return replace(new, params=checked(node, given)) if given else new
    except BadParameter:  # a value that went with others which are not offered
        return new


def _places(inside: _Inside, number: int) -> list[tuple[float, float]]:
    """Around the instance's place, one copy to the right of the other."""
    right, down = _shift(inside, number)
    return [rules.check_position((node.at[0] + right, node.at[1] + down)) for node in inside.nodes]


def _shift(inside: _Inside, number: int) -> Position:
    """How far a copy lies from where its nodes were."""
    if not inside.nodes:
        return 0.0, 0.0
    x, y = middle(inside.nodes)
    xs = [node.at[0] for node in inside.nodes]
    return inside.instance.at[0] - x + number * (max(xs) - min(xs) + _GAP), inside.instance.at[1] - y


def _lay(here: Editing, inside: _Inside, number: int, ids: Mapping[str, str]) -> None:
    """Wires of one copy are led as they were, where they are still there."""
    by = _shift(inside, number)
    for link, way in inside.graph.ways.items():
        if link.source in ids and link.target in ids:
            new = replace(link, source=ids[link.source], target=ids[link.target])
            if new in here.links_into(new.target, new.input):
                here.lay(new, shifted(way, by))


def _wire(here: Editing, inside: _Inside, ids: Mapping[str, str], given: Mapping[str, _Source]) -> None:
    """The wires of one copy, in their order; those from an input that nothing came in at are left out."""
    for (target, port), links in inside.graph.slots.items():
        for link in links if target in ids else ():
            source = inside.source(link, given, ids)
            if source is not None:
                here.plug_if_fit(Link(*source, ids[target], port))


def _result(inside: _Inside, output: Node, ids: Mapping[str, str], given: Mapping[str, _Source]) -> _Source:
    """What leaves at an output of one copy."""
    links = inside.graph.slots.get((output.id, "x"))
    return inside.source(links[0], given, ids) if links else None


def _join(
    here: Editing, instance: str, leaving: Mapping[tuple[str, str], Sequence[Link]], results: Mapping[str, _Source]
) -> None:
    """The wires that left the instance, each in its place among those of its input."""
    for (target, port), links in leaving.items():
        slot = 0
        for link in links:
            source = results.get(link.output)
            if link.source != instance:
                slot += 1
            elif source is not None:
                slot += here.plug_if_fit(Link(*source, target, port), slot)


def _repoint(here: Editing, inside: _Inside, ids: Mapping[str, str]) -> None:
    """What the drawing around offered of the instance, it offers of the nodes inside; of the first, where repeated."""
    if not here.block:
        return
    offers = [offer for offer in inside.block.promoted if offer.node in ids]
    known = {offer.name for offer in offers}
    outer = here.drawing.block(here.block)
    here.withdraw(here.block, [offer for offer in outer.offers(inside.instance.id) if offer.param not in known])
    moved: list[Promoted] = []
    for offer in here.drawing.block(here.block).promoted:
        inner = [each for each in offers if each.name == offer.param] if offer.node == inside.instance.id else []
        moved += [Promoted(offer.name, ids[each.node], each.param) for each in inner] or [offer]
    rules.check_offered_count(len(moved))
    here.change_block(replace(here.drawing.block(here.block), promoted=tuple(moved)))
