"""What the compiler gives: problems, shapes, counts and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from nnstudio.catalogue.tensors import Shape, TensorSpec

Inputs: TypeAlias = Mapping[str, tuple[TensorSpec, ...]]
"""What comes in at each port, by wires."""


@dataclass(frozen=True)
class Fix:
    """An edit of `node` that mends a problem: put a layer in before `port`, set parameters, or add a layer behind.

    `kind` is "insert" (a `layer` before `port`), "set" (`params` of the node) or "append" (a `layer` after it).
    """

    kind: str
    label: str
    node: str
    port: str = ""
    layer: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something that keeps the drawing from running (`error`) or a likely mistake (`warning`).

    `node` is a node id, or empty for the whole drawing. `port` is the input at fault, or empty.
    """

    node: str
    port: str
    message: str
    fix: str = ""
    severity: str = "error"
    remedy: Fix | None = None

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


@dataclass(frozen=True)
class NodeFacts:
    """What is known of one node: what comes in and goes out, its trainable tensors, and its work for one sample."""

    inputs: Inputs = field(default_factory=dict)
    outputs: Mapping[str, TensorSpec] = field(default_factory=dict)
    weights: Mapping[str, Shape] = field(default_factory=dict)
    parameters: int = 0
    flops: int = 0


@dataclass(frozen=True)
class Signature:
    """How the model is called: see protocol.messages.Model, which carries the same to the engine."""

    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    prediction: str = ""
    target: str = ""
    task: str = "values"


@dataclass(frozen=True)
class Compiled:
    """The drawing, understood. `source` has every node that is well: worth reading while there are problems."""

    problems: tuple[Problem, ...] = ()
    facts: Mapping[str, NodeFacts] = field(default_factory=dict)
    """By node id; a node that could not be understood has none."""
    source: str = ""
    class_name: str = ""
    lines: Mapping[int, str] = field(default_factory=dict)
    """Line of the source, from 1, to the id of the node it stands for: one where it is made, one where it is used."""
    signature: Signature = field(default_factory=Signature)
    dataset: str = ""
    """Id of the Dataset node, or empty."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def parameters(self) -> int:
        """Trainable numbers in all."""
        return sum(facts.parameters for facts in self.facts.values())

    @property
    def flops(self) -> int:
        """Floating point operations of one forward pass of one sample (a multiply and an add are two)."""
        return sum(facts.flops for facts in self.facts.values())

    def lines_of(self, node: str) -> list[int]:
        """The lines that stand for a node."""
        return [line for line, owner in self.lines.items() if owner == node]

    def problems_of(self, node: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.node == node]
