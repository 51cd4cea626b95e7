"""One node, or one definition, in the place of another: wires, values, name and place are kept as far as they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.errors import BadParameter, DocumentError
from nnstudio.graph import naming
from nnstudio.graph.blocks import PORTS, Block, Promoted, limits
from nnstudio.graph.editing import Editing
from nnstudio.graph.nodes import Link, Node, Position
from nnstudio.graph.rewiring import wires_into
from nnstudio.graph.steps import Wire, fits
from nnstudio.params import Param, ParamSet, Value, Values


@dataclass(frozen=True)
class Replaced:
    """The node that is there now, and the wires that did not fit it."""

    node: Node
    lost: tuple[Link, ...] = ()


def take_place(here: Editing, old: Node, new: Node) -> Replaced:
    """A node without wires gets what another has, which goes. Raises DocumentError for a port of a block."""
    if here.block and old.type in PORTS:
        words = f"'{old.name}' is an {old.type} of the block, and wires outside lead to it."
        raise DocumentError(words, fix="Delete it, and add the other layer.")
    with here.transaction(f"Replace {old.name}"):
        _take_values(here, old, new)
        _take_offers(here, old, new)
        lost = _take_wires(here, old, new)
        here.remove(old)
        here.move({new.id: old.at})
        here.set_looks([new], **asdict(old.looks))
        here.mute(new, old.muted and new.type not in PORTS)
        if new.layer.may_learn:
            here.tune([new], **asdict(old.tuning))
        here.rename(new, _name_for(here, old, new))
    return Replaced(here.node(new.id), tuple(lost))


def _take_values(here: Editing, old: Node, new: Node) -> None:
    """The values of parameters that both have, where the new one can take them; one by one, for some go together."""
    for name, value in old.params.items():
        known = new.layer.params_for(here.node(new.id).params)
        if name in known and name != "block" and fits(known, name, value):
            try:
                here.set(new.id, **{name: value})
            except (BadParameter, DocumentError):
                continue


def _take_offers(here: Editing, old: Node, new: Node) -> None:
    """What the block around offers of the old one it offers of the new one, where that can be."""
    for offer in here.drawing.block(here.block).offers(old.id) if here.block else ():
        if offer.param in here.node(new.id).params:
            try:
                here.offer(here.node(new.id), offer.param, offer.name)
            except (BadParameter, DocumentError):
                continue


def _name_for(here: Editing, old: Node, new: Node) -> str:
    """The old name, if a person gave it; else what a new node would be called."""
    now = here.node(new.id)
    if re.fullmatch(rf"{re.escape(naming.stem(old.layer, old.params))}\d*", old.name):
        return naming.free_name(now.layer, now.params, set(here.names) - {now.name})
    return old.name


# Wires


def _take_wires(here: Editing, old: Node, new: Node) -> list[Link]:
    """The wires of the old node to the ports of the new one. Gives those that fit nowhere."""
    entering, leaving = wires_into(here, old), _leaving(here, old)
    taken = here.unplug(entering)
    lost = [link for link in leaving if not _lead_from(here, link, old, new)]
    others = [wire for wire in taken if not _lay_again(here, replace(wire.link, target=new.id), wire.way)]
    return lost + [wire.link for wire in others if not _lead_to(here, wire, old, new)]


def _lead_to(here: Editing, wire: Wire, old: Node, new: Node) -> bool:
    ports = counterparts(wire.link.input, old.inputs, new.inputs)
    return any(_lay_again(here, replace(wire.link, target=new.id, input=port), wire.way) for port in ports)


def _lead_from(here: Editing, link: Link, old: Node, new: Node) -> bool:
    """In the same place among the wires of its input."""
    (wire,) = here.unplug([link])
    ports = counterparts(link.output, old.outputs, new.outputs)
    return any(_lay_again(here, replace(link, source=new.id, output=port), wire.way, wire.slot) for port in ports)


def _lay_again(here: Editing, link: Link, way: tuple[Position, ...], slot: int | None = None) -> bool:
    """A wire on the way that another had, if it may exist."""
    there = here.plug_if_fit(link, slot)
    if there and way:
        here.lay(link, way)
    return there


def counterparts(name: str, old: Sequence[Port], new: Sequence[Port]) -> list[str]:
    """The ports that may stand for one of another node: that of its name, that in its place, then the others."""
    names = [port.name for port in new]
    place = next(place for place, port in enumerate(old) if port.name == name)
    return list(dict.fromkeys([name] * (name in names) + names[place : place + 1] + names))


# Definitions


def use_definition(here: Editing, instance: Node, block: str) -> Node:
    """Make an instance one of another block, which keeps its wires and what values fit.

    Raises DocumentError where a wire would have no port, and where a block would contain itself.
    """
    definition = here.drawing.block(block)
    if instance.block == block:
        return instance
    here.check_may_hold(block)
    face = here.drawing.face(block)
    with here.transaction(f"Use {definition.name} for {instance.name}"):
        entering, leaving = wires_into(here, instance), _leaving(here, instance)
        if not _suits(instance, face, [*entering, *leaving]):
            raise _unsuited(instance, definition)
        taken = here.unplug([*entering, *leaving])
        here.withdraw(here.block, _parting(here, instance, face))
        here.replace_values(instance, _values_for(instance, face))
        here.plug_again([wire._replace(link=_at_counterpart(wire.link, instance, face)) for wire in taken])
    return here.drawing.at(instance.id)


def suiting(here: Editing, instance: Node) -> Iterator[Block]:
    """The blocks that an instance could be one of, by name."""
    wires = [*wires_into(here, instance), *_leaving(here, instance)]
    for block in sorted(here.drawing.blocks.values(), key=lambda block: block.name):
        if block.id == instance.block or not _suits(instance, here.drawing.face(block.id), wires):
            continue
        try:
            here.check_may_hold(block.id)
        except DocumentError:
            continue
        yield block


def _leaving(here: Editing, node: Node) -> list[Link]:
    return [link for link in here.links_of(node) if link.source == node.id]


def _suits(instance: Node, face: LayerType, wires: Sequence[Link]) -> bool:
    """Whether every port with a wire has one of its name or in its place, and no two of them the same."""
    pairs = {_end(link, instance): _other(link, instance, face) for link in wires}
    return None not in pairs.values() and len(set(pairs.values())) == len(pairs)


def _end(link: Link, node: Node) -> tuple[str, str]:
    return ("output", link.output) if link.source == node.id else ("input", link.input)


def _other(link: Link, instance: Node, face: LayerType) -> tuple[str, str] | None:
    side, name = _end(link, instance)
    old = instance.outputs if side == "output" else instance.inputs
    new = face.outputs_for({}) if side == "output" else face.inputs_for({})
    names = [port.name for port in new]
    place = next(place for place, port in enumerate(old) if port.name == name)
    found = [name] * (name in names) + names[place : place + 1]
    return (side, found[0]) if found else None


def _at_counterpart(link: Link, instance: Node, face: LayerType) -> Link:
    other = _other(link, instance, face)
    assert other is not None, "looked at before"
    return replace(link, **{other[0]: other[1]})


def _values_for(instance: Node, face: LayerType) -> dict[str, Value]:
    """The instance's values that the other block can take, and that block's own for the rest."""
    known = face.params_for({})
    kept = {name: value for name, value in instance.params.items() if name in known and fits(known, name, value)}
    return face.check({**kept, "block": known["block"].default})


def _parting(here: Editing, instance: Node, face: LayerType) -> list[Promoted]:
    """What the block around offers of the instance, and the other block does not have in the same way."""
    offers = here.drawing.block(here.block).offers(instance.id) if here.block else ()
    before, after = instance.layer.params_for({}), face.params_for({})
    values = instance.params
    return [o for o in offers if _bounds(before, o.param, values) != _bounds(after, o.param, values)]


def _bounds(params: ParamSet, name: str, values: Values) -> list[Param]:
    """All that a value of that name has to pass, whatever its default is."""
    return [replace(param, default=values[name]) for param in limits(params, name)] if name in params else []


def _unsuited(instance: Node, definition: Block) -> DocumentError:
    words = f"{definition.name} has other ports than '{instance.name}' has wires for."
    return DocumentError(words, fix="Take the wires out that it has no port for, or choose another block.")
