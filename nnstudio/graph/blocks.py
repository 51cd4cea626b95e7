"""Blocks: named drawings with inputs and outputs of their own, and what an instance looks like from outside.

The nodes of type Input and Output inside a block are its ports, by their names and in the order of their age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nnstudio.catalogue.spec import Family, LayerType, Port, Site, SubGraph
from nnstudio.catalogue.tensors import Shape
from nnstudio.errors import CompileError
from nnstudio.graph.naming import snake
from nnstudio.graph.nodes import BLOCK, REPEAT, Node
from nnstudio.graph.nodes import INPUT as INPUT
from nnstudio.graph.nodes import OUTPUT as OUTPUT
from nnstudio.graph.nodes import OWN as OWN
from nnstudio.params import Choice, Int, Param, ParamSet, Value

PORTS = (INPUT, OUTPUT)
MOST_REPEATS = 1000

_FAMILY = Family("block", "Block")
_REPEAT = Int(
    REPEAT,
    1,
    "How many times in a row, each with weights of its own: each takes what the one before gives, port by port. "
    "An input beyond the outputs takes the same every time.",
    low=1,
    high=MOST_REPEATS,
    argument=False,
)


@dataclass(frozen=True)
class Promoted:
    """The parameter `param` of the inner node `node`, offered by every instance under `name`.

    Several may share a name: they are of one kind, have one value inside, and an instance sets all of them.
    """

    name: str
    node: str
    param: str


@dataclass(frozen=True)
class Block:
    """A definition. `name` becomes the name of a class in the source. The drawing inside is a sheet of the document."""

    id: str
    name: str
    promoted: tuple[Promoted, ...] = ()

    def offers(self, node: str) -> tuple[Promoted, ...]:
        """The parameters of that inner node which are offered outside."""
        return tuple(promoted for promoted in self.promoted if promoted.node == node)

    def named(self, name: str) -> tuple[Promoted, ...]:
        """All that is set by the parameter of that name."""
        return tuple(promoted for promoted in self.promoted if promoted.name == name)


@dataclass(frozen=True)
class FaceParams(ParamSet):
    """The parameters of an instance. One that sets several inside is there once, as the first of them has it."""

    more: tuple[Param, ...] = ()
    """What else a value of the same name has to pass: the others may have other bounds."""

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """All values: those given, checked, and defaults for the rest. Raises BadParameter."""
        checked = super().check(values)
        for param in self.more:
            param.check(checked[param.name])
        return checked


def limits(params: ParamSet, name: str) -> tuple[Param, ...]:
    """All that a value of that name has to pass. Raises BadParameter where there is no such parameter."""
    more = params.more if isinstance(params, FaceParams) else ()
    return (params[name], *(param for param in more if param.name == name))


def grouped(promoted: Iterable[Promoted]) -> tuple[Promoted, ...]:
    """Those of one name together, each name at its first place."""
    names: dict[str, list[Promoted]] = {}
    for offer in promoted:
        names.setdefault(offer.name, []).append(offer)
    return tuple(offer for offers in names.values() for offer in offers)


def face(block: Block, nodes: Mapping[str, Node]) -> LayerType:
    """The declaration of an instance, from the nodes inside; what is offered of one not there is left out."""
    offered: dict[str, dict[Param, None]] = {}
    for promoted in block.promoted:
        if promoted.node in nodes:
            offered.setdefault(promoted.name, {}).update(dict.fromkeys(_offered(promoted, nodes[promoted.node])))
    each = [tuple(params) for params in offered.values() if params]
    return LayerType(
        BLOCK,
        f"{block.name}: a drawing of its own, used as one layer.",
        inputs=_ports(nodes.values(), INPUT),
        outputs=_ports(nodes.values(), OUTPUT),
        params=FaceParams(
            (
                Choice("block", block.id, (block.id,), "The drawing inside.", required=True, argument=False),
                _REPEAT,
                *(params[0] for params in each),
            ),
            more=tuple(param for params in each for param in params[1:]),
        ),
        shape=_no_shape,
        code=SubGraph(),
        stem=snake(block.name),
        family=_FAMILY,
    )


def _ports(nodes: Iterable[Node], kind: str) -> tuple[Port, ...]:
    found = sorted((node for node in nodes if node.type == kind), key=lambda node: node.order)
    return tuple(Port(node.name, "...", dtype="any") for node in found)


def _offered(promoted: Promoted, node: Node) -> list[Param]:
    """What a value has to pass at that place, under the name that is offered."""
    known = node.layer.params_for(node.params)
    if promoted.param not in known or promoted.param not in node.params:
        return []
    value = node.params[promoted.param]
    return [replace(param, name=promoted.name, default=value) for param in limits(known, promoted.param)]


def _no_shape(site: Site) -> Shape:
    """The shape of a block follows from the drawing inside, which a declaration does not have."""
    raise CompileError("The shape of a block follows from the drawing inside it.")
