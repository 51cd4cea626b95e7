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

    `kind` is "insert" (a `layer` with `params` before `port`), "set" (`params` of the node), "append" (a `layer` after
    it), or one that is no edit itself: "allow" (let the code in `params` run), "find" (let the person choose a file).
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

    `node` is a node id, or empty for the whole drawing. `port` is the input at fault, or empty. `line` is a line of the
    code typed in at the node, or 0. An `echo` says at a block what is told inside of it too: it marks, and is not
    listed or counted.
    """

    node: str
    port: str
    message: str
    fix: str = ""
    severity: str = "error"
    remedy: Fix | None = None
    line: int = 0
    echo: bool = False

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
class FreeInput:
    """An input that no data set fills. `shape` is that of one sample; `classes` counts values where they are whole."""

    name: str
    shape: Shape
    dtype: str = "float32"
    classes: int = 0


@dataclass(frozen=True)
class Signature:
    """How the model is called: see protocol.messages.Model, which carries the same to the engine."""

    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    prediction: str = ""
    target: str = ""
    task: str = "values"
    ignore: int | None = None
    """A class that does not count, as padding."""
    free: tuple[FreeInput, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """The drawing, understood. `source` has every node that is well: worth reading while there are problems."""

    problems: tuple[Problem, ...] = ()
    facts: Mapping[str, NodeFacts] = field(default_factory=dict)
    """By node id; a node that could not be understood has none. A node in a block has those of its first place."""
    source: str = ""
    class_name: str = ""
    lines: Mapping[int, str] = field(default_factory=dict)
    """Line of the source, from 1, to the id of the node it stands for: one where it is made, one where it is used."""
    typed: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    """Line of the source that a person typed in, to the id of a node with that text and the line of the text."""
    signature: Signature = field(default_factory=Signature)
    dataset: str = ""
    """Id of the Dataset node, or empty."""
    has_loss: bool = False
    parameters: int = 0
    """Trainable numbers in all."""
    flops: int = 0
    """Floating point operations of one forward pass of one sample (a multiply and an add are two)."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The problems without echoes: what is to be read and counted."""
        return tuple(problem for problem in self.problems if not problem.echo)

    @property
    def listed_errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.listed if problem.severity == "error")

    def lines_of(self, node: str) -> list[int]:
        """The lines that stand for a node."""
        return [line for line, owner in self.lines.items() if owner == node]

    def problems_of(self, node: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.node == node]
