"""A selection becomes a block: its nodes move in, its wires to the rest become inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from nnstudio.catalogue.spec import Port
from nnstudio.data.spec import DType
from nnstudio.errors import DocumentError
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, rules
from nnstudio.graph.blocks import PORTS, Block, Promoted
from nnstudio.graph.copying import new_block
from nnstudio.graph.editing import Editing
from nnstudio.graph.nodes import BLOCK, INPUT, OUTPUT, Link, Node, NodeRef, Position

_TYPES = get_args(DType)
_BESIDE = 240.0
"""How far the ports are drawn from the nodes."""


@dataclass
class _Cut:
    """The wires around a selection, each with its place among those of its input."""

    inside: list[tuple[Link, int]] = field(default_factory=list)
    entering: list[tuple[Link, int]] = field(default_factory=list)
    leaving: list[tuple[Link, int]] = field(default_factory=list)
    sources: dict[Link, tuple[str, str, str]] = field(default_factory=dict)
    """For each wire that enters: where it comes from, and the type that its Input has."""


def make_block(here: Editing, references: Iterable[NodeRef], name: str, marks: Iterable[str] = ()) -> Node:
    """The instance that takes the place of the selection. Raises DocumentError and BadName."""
    chosen = list({node.id: node for node in map(here.node, references)}.values())
    _check(here, chosen)
    along = [here.mark(key) for key in dict.fromkeys(marks)]
    with here.transaction(f"Make block {name}"):
        block = new_block(here, name)
        cut = _cut(here, {node.id for node in chosen})
        ways = {link: here.ways[link] for link, _ in cut.inside if link in here.ways}
        here.unplug(link for link, _ in (*cut.inside, *cut.entering, *cut.leaving))
        for node in chosen:
            here.apply(ch.NodeRemoved(node, here.block))
        for node in chosen:
            here.apply(ch.NodeAdded(node, block.id))
        for mark in along:
            here.apply(ch.MarkRemoved(mark, here.block))
            here.apply(ch.MarkAdded(mark, block.id))
        block = _take_offers(here, block, chosen)
        inputs = _inputs(here, block.id, chosen, cut)
        outputs = _outputs(here, block.id, chosen, cut)
        instance = here.add(BLOCK, at=middle(chosen), block=block.id)
        _pass_offers(here, block, instance)
        _join(here, instance, cut, inputs, outputs)
        for link, way in ways.items():
            here.lay(link, way)
        here.apply(ch.WeightsMoved(here.block, tuple((node.name, f"{instance.name}.{node.name}") for node in chosen)))
    return here.node(instance.id)


def middle(nodes: Sequence[Node]) -> Position:
    """The middle of what the nodes cover."""
    xs, ys = [node.at[0] for node in nodes], [node.at[1] for node in nodes]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _check(here: Editing, chosen: Sequence[Node]) -> None:
    if not chosen:
        raise DocumentError("There is nothing to make a block of.", fix="Select the nodes that belong together.")
    for node in chosen:
        if node.id not in here.nodes:
            raise DocumentError(f"'{node.name}' is in another drawing.")
        rules.check_inside_block(node.layer)
        if node.type in PORTS:
            fix = "Leave it out of the selection: the block gets ports of its own."
            raise DocumentError(f"'{node.name}' is an {node.type} of this drawing and stays in it.", fix=fix)
    _check_cycle(here, {node.id for node in chosen})


def _check_cycle(here: Editing, chosen: set[str]) -> None:
    """No way may lead out of the selection and back in."""
    behind = {link.target for link in here.links if link.source in chosen} - chosen
    waiting = list(behind)
    while waiting:
        for link in here.links_of(waiting.pop()):
            if link.target in chosen:
                between = here.node(link.source).name
                words = f"'{between}' takes from the selection and leads back to it: the block would close a cycle."
                raise DocumentError(words, fix=f"Select '{between}' too.")
            if link.target not in behind:
                behind.add(link.target)
                waiting.append(link.target)


def _cut(here: Editing, chosen: set[str]) -> _Cut:
    """In the order of the nodes' age and of their ports."""
    cut = _Cut()
    for node in sorted(here.nodes.values(), key=lambda node: node.order):
        for port in node.inputs:
            for slot, link in enumerate(here.links_into(node, port.name)):
                if link.source in chosen and link.target in chosen:
                    cut.inside.append((link, slot))
                elif link.target in chosen:
                    cut.entering.append((link, slot))
                elif link.source in chosen:
                    cut.leaving.append((link, slot))
    cut.sources = _sources(here, [link for link, _ in cut.entering])
    return cut


def _inputs(here: Editing, block: str, chosen: Sequence[Node], cut: _Cut) -> dict[tuple[str, str, str], Node]:
    """One Input for each source, or more where its targets disagree in type."""
    found: dict[tuple[str, str, str], Node] = {}
    inside, left = here.inside(block), min(node.at[0] for node in chosen) - _BESIDE
    for link, _ in cut.entering:
        key = cut.sources[link]
        if key not in found:
            at = left, here.drawing.at(link.target).at[1]
            name = naming.freed(link.input, inside.names)
            found[key] = inside.add(INPUT, name, rules.check_position(at), dtype=key[2])
    return found


def _sources(here: Editing, entering: Sequence[Link]) -> dict[Link, tuple[str, str, str]]:
    """The type of an Input: that of the source, or else of what the wire leads to, or else another wire from there."""
    begins: dict[tuple[str, str], str] = {}
    usual: dict[tuple[str, str], str] = {}
    ends: dict[Link, str] = {}
    for link in entering:
        source = link.source, link.output
        if source not in begins:
            begins[source] = usual[source] = _type(here.drawing.at(link.source).port("output", link.output))
        ends[link] = _type(here.drawing.at(link.target).port("input", link.input))
        usual[source] = usual[source] or ends[link]
    found: dict[Link, tuple[str, str, str]] = {}
    for link in entering:
        source = link.source, link.output
        found[link] = (*source, begins[source] or ends[link] or usual[source] or _TYPES[0])
    return found


def _type(port: Port) -> str:
    """What the port carries or needs; an empty string where it may be anything."""
    return port.dtype if port.dtype in _TYPES else ""


def _outputs(here: Editing, block: str, chosen: Sequence[Node], cut: _Cut) -> dict[tuple[str, str], Node]:
    """One Output for each source inside, and for what nobody takes: the model gave it, and shall give it still."""
    found: dict[tuple[str, str], Node] = {}
    inside, right = here.inside(block), max(node.at[0] for node in chosen) + _BESIDE
    taken = {link.source for link, _ in (*cut.inside, *cut.leaving)}
    ends = [(node.id, node.outputs[0].name) for node in chosen if node.id not in taken and node.outputs]
    for source, port in dict.fromkeys([*((link.source, link.output) for link, _ in cut.leaving), *ends]):
        at = right, inside.node(source).at[1]
        found[source, port] = inside.add(OUTPUT, naming.freed(port, inside.names), rules.check_position(at))
    return found


def _join(
    here: Editing,
    instance: Node,
    cut: _Cut,
    inputs: dict[tuple[str, str, str], Node],
    outputs: dict[tuple[str, str], Node],
) -> None:
    """All wires again, inside and outside, each in its place."""
    within = [*cut.inside]
    for link, slot in cut.entering:
        source = inputs[cut.sources[link]]
        within.append((replace(link, source=source.id, output="y"), slot))
        if not here.count_into(instance.id, source.name):
            here.plug(replace(link, target=instance.id, input=source.name))
    for link, slot in sorted(within, key=lambda wire: wire[1]):
        here.plug(link, slot)
    for (node, port), output in outputs.items():
        here.plug(Link(node, port, output.id, "x"))
    for link, slot in sorted(cut.leaving, key=lambda wire: wire[1]):
        output = outputs[link.source, link.output]
        here.plug(replace(link, source=instance.id, output=output.name), slot)


# Parameters that the drawing around offers of the nodes that go


def _take_offers(here: Editing, block: Block, chosen: Sequence[Node]) -> Block:
    """The new block offers what was offered of the nodes before, under the same names."""
    inner = {node.id for node in chosen}
    outer = here.drawing.block(here.block).promoted if here.block else ()
    here.change_block(replace(block, promoted=tuple(offer for offer in outer if offer.node in inner)))
    return here.drawing.block(block.id)


def _pass_offers(here: Editing, block: Block, instance: Node) -> None:
    """What the drawing around offered of the nodes, it offers of the instance, each name once."""
    if not block.promoted:
        return
    outer = here.drawing.block(here.block)
    within = set(block.promoted)
    moved = (Promoted(offer.name, instance.id, offer.name) if offer in within else offer for offer in outer.promoted)
    here.change_block(replace(outer, promoted=tuple(dict.fromkeys(moved))))
