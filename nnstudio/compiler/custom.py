"""Layers typed in by a person: what the engine has measured of them, and what keeps them from running.

The compiler has no torch. It asks `Answers` for shapes; whoever keeps the answers has the engine measure what is not
known, and compiles again. Code that the person has not allowed is not even asked about.
"""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import prod
from typing import Protocol, TypeAlias

from nnstudio.catalogue.layers.custom import EXAMPLE as EXAMPLE
from nnstudio.catalogue.spec import Typed
from nnstudio.catalogue.tensors import Shape, TensorSpec, kind_of
from nnstudio.catalogue.typed import ClassText, read_class
from nnstudio.compiler.own import names as own_names
from nnstudio.compiler.result import Fix, Inputs, NodeFacts, Problem
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.params import Value

ALLOW = "allow"
"""The kind of fix that lets code run."""
MEASURED = "is being measured by the engine."
_SOURCE_NAMES = {"torch", "nn", "F", "Path", "model", "weights", "layer", "first", "made", "call"} | set(dir(builtins))
"""What the rest of the source means by these."""


@dataclass(frozen=True)
class Entry:
    """A tensor that comes in; `optional` ones are given by name."""

    name: str
    shape: Shape
    dtype: str
    optional: bool = False


@dataclass(frozen=True)
class Question:
    """All that the shapes of a typed-in layer follow from."""

    code: str
    class_name: str
    arguments: tuple[tuple[str, Value], ...]
    inputs: tuple[Entry, ...]
    outputs: int

    @property
    def key(self) -> str:
        """The same for the same question, whoever asks."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


@dataclass(frozen=True)
class Measurement:
    """What comes out, one spec for each output; and the trainable tensors by name."""

    outputs: tuple[TensorSpec, ...]
    weights: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """Why it does not run; `line` is one of the person's text, or 0."""

    message: str
    fix: str = ""
    line: int = 0


Answer: TypeAlias = Measurement | Refusal


class Answers(Protocol):
    """What is known of typed-in layers."""

    def allows(self, code: str) -> bool:
        """Whether the person has let this text run."""
        ...

    def find(self, question: Question) -> Answer | None:
        """What the engine has found; None where that is not known yet."""
        ...


class NothingKnown:
    """Answers of nobody: no code may run, and nothing is measured."""

    def allows(self, code: str) -> bool:
        return code == EXAMPLE

    def find(self, question: Question) -> Answer | None:
        return None


@dataclass
class Unwell(Exception):
    """A typed-in layer that can not be computed with."""

    problem: Problem


def is_typed(node: Node) -> bool:
    """Whether a person has typed the node's class in."""
    return isinstance(node.layer.code, Typed)


def text_of(node: Node) -> ClassText:
    """What the node's code declares."""
    return read_class(code_of(node))


def code_of(node: Node) -> str:
    """The text as it was typed in."""
    return str(node.params["code"])


def typed_nodes(document: Document) -> list[Node]:
    """All of them, wherever they are in the document, those that are muted too."""
    sheets = [document, *(document.sheet(block) for block in document.blocks)]
    return [node for sheet in sheets for node in sheet.in_order() if is_typed(node)]


def facts_of(node: Node, inputs: Inputs, answers: Answers) -> NodeFacts:
    """What is known of a typed-in layer with these inputs. Raises Unwell."""
    wrong = own_problem(node, answers)
    if wrong is not None:
        raise Unwell(wrong)
    answer = answers.find(question_of(node, inputs))
    if answer is None:
        raise Unwell(Problem(node.id, "", f"{node.type} '{node.name}' {MEASURED}", "It takes a moment."))
    if isinstance(answer, Refusal):
        message = f"{_called(node)} does not run: {answer.message[:1].lower()}{answer.message[1:]}"
        raise Unwell(Problem(node.id, "", message, answer.fix, line=answer.line))
    names = [port.name for port in node.outputs]
    return NodeFacts(
        inputs=inputs,
        outputs={name: _meant(spec, inputs) for name, spec in zip(names, answer.outputs, strict=True)},
        weights=answer.weights,
        parameters=sum(prod(shape) for shape in answer.weights.values()),
    )


def own_problem(node: Node, answers: Answers) -> Problem | None:
    """What is wrong with the text itself, or that it may not run yet."""
    text = text_of(node)
    if text.problem:
        where = f"line {text.line}: " if text.line else ""
        return Problem(node.id, "", f"{_called(node)} is not a layer yet: {where}{text.problem}", line=text.line)
    if not answers.allows(code_of(node)):
        remedy = Fix(ALLOW, "Allow this code", node.id, params={"code": code_of(node)})
        message = f"{_called(node)} holds code that came with the project and has not run."
        return Problem(node.id, "", message, "Read it, then allow it.", remedy=remedy)
    return None


def question_of(node: Node, inputs: Inputs) -> Question:
    """What the engine has to be asked. The node's text is well."""
    text = text_of(node)
    entries = tuple(
        Entry(port.name, spec.shape, spec.dtype, port.optional) for port in node.inputs for spec in inputs[port.name]
    )
    arguments = tuple((param.name, node.params[param.name]) for param in text.arguments)
    return Question(code_of(node), text.name, arguments, entries, len(node.outputs))


def problems(document: Document, told: Iterable[Problem], answers: Answers, taken: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with typed-in layers beyond what is `told`: those without wires, and names that mean two things.

    `taken` are the names of everything else in the source.
    """
    known = {(problem.node, problem.message) for problem in told}
    means: dict[str, str] = dict.fromkeys([*_SOURCE_NAMES, *own_names(), *taken], "")
    means |= {"torch": "import torch", "nn": "from torch import nn", "Path": "from pathlib import Path"}
    means["F"] = "from torch.nn import functional as F"
    for node in typed_nodes(document):
        if node.muted:
            continue
        wrong = own_problem(node, answers) or _clash(node, means)
        if wrong is not None and (wrong.node, wrong.message) not in known:
            yield wrong


def _clash(node: Node, means: dict[str, str]) -> Problem | None:
    """A name at the top level of the text that means something else already; `means` takes in the others."""
    text = text_of(node)
    brought = {**dict(text.imports), **dict.fromkeys(text.defined, code_of(node))}
    for name, meaning in brought.items():
        if means.setdefault(name, meaning) != meaning:
            what = "class" if name == text.name else "name"
            message = f"{_called(node)} uses '{name}', which means something else in the model's source already."
            return Problem(node.id, "", message, f"Choose another {what}{' name' if what == 'class' else ''}.")
    return None


def _called(node: Node) -> str:
    return f"{node.type} '{node.name}'"


def _meant(spec: TensorSpec, inputs: Inputs) -> TensorSpec:
    """The spec with what it means to a person: that of an input of the same shape, else what the shape suggests."""
    came = [each for specs in inputs.values() for each in specs]
    same = next((each for each in came if (each.shape, each.dtype) == (spec.shape, spec.dtype)), None)
    if same is not None:
        return replace(same, classes=0, padding=None)
    image = len(spec.shape) == 4 and any(each.kind == "image" for each in came)
    return replace(spec, kind="image" if image else kind_of(spec.shape))
