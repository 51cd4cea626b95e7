"""Wires that find another way: around nodes that go, through a node that comes, and one in the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nnstudio.catalogue.spec import Port
from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph import rules
from nnstudio.graph.asking import Asking
from nnstudio.graph.editing import Editing, several
from nnstudio.graph.nodes import Link, Node, NodeRef

# Around


def remove_rejoined(here: Editing, references: Iterable[NodeRef]) -> None:
    """Take nodes out; what came in goes on to where their output went, as far as ports allow."""
    nodes = _chosen(here, references)
    with here.transaction(several("Delete", nodes)):
        _bypass(here, nodes)
        here.remove(*nodes)


def pull_out(here: Editing, references: Iterable[NodeRef]) -> None:
    """The same, but the nodes stay, with the wires among them."""
    nodes = _chosen(here, references)
    with here.transaction(several("Pull out", nodes)):
        _bypass(here, nodes)


def rejoined(here: Asking, references: Iterable[NodeRef]) -> list[Link]:
    """The wires that would come of it."""
    gone = {here.node(reference).id for reference in references}
    leaving = [link for key in gone for link in here.links_of(key) if link.source in gone and link.target not in gone]
    found = []
    for link in dict.fromkeys(leaving):
        entry = here.node(link.target).port("input", link.input)
        for origin in _origins(here, link, gone):
            if rules.goes_into(here.node(origin.source).port("output", origin.output), entry):
                found.append(replace(origin, target=link.target, input=link.input))
                break
    return found


def _chosen(here: Editing, references: Iterable[NodeRef]) -> list[Node]:
    return list({node.id: node for node in map(here.node, references)}.values())


def _bypass(here: Editing, nodes: Sequence[Node]) -> None:
    """Wires between these nodes and the others go; each that left is led on to where it came from."""
    gone = {node.id for node in nodes}
    crossing = [link for node in nodes for link in here.links_of(node) if not {link.source, link.target} <= gone]
    ends = dict.fromkeys((link.target, link.input) for link in crossing if link.target not in gone)
    leaving = {end: here.links_into(*end) for end in ends}
    origins = {link: list(_origins(here, link, gone)) for links in leaving.values() for link in links}
    here.unplug(crossing)
    for (target, port), links in leaving.items():
        slot = 0
        for link in links:
            if link.source in gone:
                slot += _join(here, origins[link], target, port, slot)
            else:
                slot += 1


def _join(here: Editing, origins: Iterable[Link], target: str, port: str, slot: int) -> bool:
    """Lead the first of them that fits to an input."""
    return any(here.plug_if_fit(replace(link, target=target, input=port), slot) for link in origins)


def _origins(here: Asking, link: Link, gone: set[str]) -> Iterator[Link]:
    """The wires that bring to nodes that go what leaves them along this one; those of first inputs first."""
    waiting, seen = [link], set[Link]()
    while waiting:
        link = waiting.pop()
        if link in seen:
            continue
        seen.add(link)
        if link.source not in gone:
            yield link
        else:
            waiting.extend(reversed(wires_into(here, link.source)))


def wires_into(here: Asking, reference: NodeRef) -> list[Link]:
    """All wires that come in, in the order of the ports and of the wires at each."""
    node = here.node(reference)
    return [link for port in node.inputs for link in here.links_into(node, port.name)]


# Through


def way_through(here: Asking, reference: NodeRef, link: Link) -> tuple[Link, Link] | None:
    """The two wires that would stand for this one with the node in it; None where it can not be put there."""
    node = here.node(reference)
    if node.layer.is_loss or not {node.id, link.source, link.target} <= here.nodes.keys():
        return None
    if link not in here.links_into(link.target, link.input) or here.reaches(node.id, link.source):
        return None
    if here.reaches(link.target, node.id):
        return None
    start, end = here.node(link.source).port("output", link.output), here.node(link.target).port("input", link.input)
    free = [port for port in node.inputs if port.many or not here.count_into(node.id, port.name)]
    entry = _fitting(start, [port for port in free if not port.target] or free)
    exit_ = next((port for port in node.outputs if rules.goes_into(port, end)), None)
    if entry is None or exit_ is None:
        return None
    return replace(link, target=node.id, input=entry.name), replace(link, source=node.id, output=exit_.name)


def may_be_in(here: Asking, reference: NodeRef, link: Link) -> bool:
    """Whether a node could be put into a wire that is not its own, once it has no wires any more."""
    node = here.node(reference)
    if node.layer.is_loss or node.id in (link.source, link.target):
        return False
    start, end = here.node(link.source).port("output", link.output), here.node(link.target).port("input", link.input)
    leaves = any(rules.goes_into(port, end) for port in node.outputs)
    return leaves and _fitting(start, node.inputs) is not None


def _fitting(output: Port, entries: Iterable[Port]) -> Port | None:
    return next((port for port in entries if rules.goes_into(output, port)), None)


def put_into(here: Editing, reference: NodeRef, link: Link) -> Node:
    """Put a node that is there into a wire. Raises LinkRefused where it can not be."""
    node, way = here.node(reference), way_through(here, reference, link)
    if way is None:
        words = f"'{node.name}' can not be put into that wire."
        raise LinkRefused(words, rule="no-way-through", fix="It needs a free input and an output that fit.")
    with here.transaction(f"Insert {node.name}"):
        (taken,) = here.unplug([link])
        here.plug(way[0])
        here.plug(way[1], taken.slot)
    return node


# One for another


def swap(here: Editing, one: Link, other: Link) -> tuple[Link, Link]:
    """Two wires change their ends: each begins where it did, and ends where the other did. Raises LinkRefused.

    At an input that takes many wires, they change places.
    """
    if one == other or (one.source, one.output) == (other.source, other.output):
        words = "These wires carry the same, so there is nothing to swap."
        raise LinkRefused(words, rule="nothing-to-swap", fix="Choose two wires that begin at different ports.")
    for link in (one, other):
        here.check_there(link)
    wires = [_crossed(one, other), _crossed(other, one)]
    with here.transaction("Swap wires"):
        first, second = (wire.slot for wire in here.unplug([one, other]))
        if (one.target, one.input) == (other.target, other.input):
            second += first <= second  # it was counted without the first
        for link, slot in sorted(zip(wires, (second, first), strict=True), key=lambda wire: wire[1]):
            here.check_and_plug(link, slot)
    return wires[0], wires[1]


def _crossed(start: Link, end: Link) -> Link:
    return replace(start, target=end.target, input=end.input)


def swap_inputs(here: Editing, reference: NodeRef) -> None:
    """What comes in at two inputs changes places; a lone wire goes to the other. Raises DocumentError."""
    node = here.node(reference)
    wires = wires_into(here, node)
    with here.transaction(f"Swap inputs of {node.name}"):
        if len(wires) == 2:
            swap(here, *wires)
        elif len(wires) == 1 and len(node.inputs) == 2:
            other = next(port for port in node.inputs if port.name != wires[0].input)
            here.unplug(wires)
            here.check_and_plug(replace(wires[0], input=other.name))
        else:
            words = f"Swapping inputs takes two wires, and {len(wires) or 'none'} come in at '{node.name}'."
            raise DocumentError(words, fix="Choose a layer with two inputs.")
