"""Nodes and links: the frozen values a document is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Port, Ports
from nnstudio.graph.looks import PLAIN, Looks
from nnstudio.params import Value

Position = tuple[float, float]
BLOCK = "Block"
"""The type of a node that stands for a block."""
INPUT, OUTPUT = "Input", "Output"
"""The types of the nodes that are a block's ports."""
DATASET = "Dataset"
REPEAT = "repeat"
OWN = ("block", REPEAT)
"""The parameters every instance of a block has."""


@dataclass(frozen=True)
class Tuning:
    """How a node's weights are trained: not at all where `frozen`, at their own `lr` where there is one.

    A block's goes for everything inside.
    """

    frozen: bool = False
    lr: float | None = None

    def around(self, inner: Tuning) -> Tuning:
        """What holds for a node inside a block that has this one: frozen is frozen, and its own rate is nearer."""
        return Tuning(self.frozen or inner.frozen, self.lr if inner.lr is None else inner.lr)


PLANNED = Tuning()
"""As the training plan says."""


@dataclass(frozen=True)
class Node:
    """One layer in the drawing. `name` becomes the attribute in the source, so weights follow it through edits."""

    id: str
    type: str
    name: str
    params: Mapping[str, Value] = field(default_factory=dict)
    """Every parameter, checked."""
    at: Position = (0.0, 0.0)
    muted: bool = False
    tuning: Tuning = PLANNED
    looks: Looks = PLAIN
    face: LayerType | None = field(default=None, compare=False, repr=False)
    """Of an instance of a block: what the block looks like from outside. The document makes it."""

    @property
    def layer(self) -> LayerType:
        return self.face or registry.layer(self.type)

    @property
    def block(self) -> str:
        """The id of the block that the node is an instance of, or an empty string."""
        return str(self.params.get("block", "")) if self.type == BLOCK else ""

    @property
    def inputs(self) -> Ports:
        return self.layer.inputs_for(self.params)

    @property
    def outputs(self) -> Ports:
        return self.layer.outputs_for(self.params)

    def port(self, side: str, name: str) -> Port:
        """The port of that name among the "input" or "output" ones; there is one."""
        ports = self.inputs if side == "input" else self.outputs
        return next(port for port in ports if port.name == name)

    @property
    def order(self) -> int:
        """Ids count up, so this orders nodes by when they were made."""
        return int(self.id[1:])


@dataclass(frozen=True, order=True)
class Link:
    """A wire from an output port to an input port; the ends are node ids."""

    source: str
    output: str
    target: str
    input: str

    def __str__(self) -> str:
        return f"{self.source}.{self.output} → {self.target}.{self.input}"


NodeRef: TypeAlias = Node | str
"""A node as it was at any time, its id, or its name in the drawing that is asked."""
