"""Nodes and links: the frozen values a document is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Ports
from nnstudio.params import Value

Position = tuple[float, float]


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

    @property
    def layer(self) -> LayerType:
        return registry.layer(self.type)

    @property
    def inputs(self) -> Ports:
        return self.layer.inputs

    @property
    def outputs(self) -> Ports:
        return self.layer.outputs_for(self.params)

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
