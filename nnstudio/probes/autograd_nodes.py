"""The graph that autograd keeps for a loss, as numbered operations and leaves with edges between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

import torch
from torch import nn

from nnstudio.probes.operations import Made

MOST_OPERATIONS = 2000
"""Those next to the loss; the rest is counted."""
_MOST_COUNTED = 50_000
_UNUSED = "_"
LEAVES = ("parameter", "input", "constant")
"""Kinds of nodes that nothing is computed in."""


@dataclass(frozen=True)
class Forward:
    """A pass as it was recorded: variables by name, operations by their numbers, and what has no gradient by kind and
    name, as "input:image".
    """

    traced: Mapping[str, torch.Tensor]
    made: Mapping[int, Made]
    given: Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Node:
    """An operation, by the name of its autograd node, or a leaf of one of the kinds above.

    `label` is the variable, parameter or field, empty where it has no name; `group` is the variable or module that it
    belongs to. `function` is None for a leaf, `tensor` for an operation.
    """

    kind: str
    label: str
    group: str
    shape: tuple[int, ...]
    function: Any = None
    tensor: torch.Tensor | None = None


@dataclass(frozen=True)
class Edge:
    """From what was computed first, into one of the places of an operation."""

    source: int
    target: int
    place: int
    shape: tuple[int, ...]
    differentiable: bool = True


@dataclass
class Graph:
    """Nodes in the order of the computation, each leaf right before the first operation that takes it."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    left: int = 0
    """Operations left out, the furthest from the loss."""

    def operations(self) -> dict[int, Any]:
        return {number: node.function for number, node in enumerate(self.nodes) if node.function is not None}

    def parameters(self) -> dict[int, torch.Tensor]:
        """Leaves that have a gradient."""
        leaves = enumerate(self.nodes)
        return {n: node.tensor for n, node in leaves if node.tensor is not None and node.tensor.requires_grad}


def graph_of(loss: torch.Tensor, forward: Forward, model: nn.Module) -> Graph:
    """What the loss was computed by."""
    operations, left = _operations(loss)
    builder = _Builder(forward, model, operations)
    for function in operations:
        builder.add(function)
    builder.graph.left = left
    return builder.graph


def _operations(loss: torch.Tensor) -> tuple[list[Any], int]:
    """In the order in which they ran, and how many are left out."""
    root: Any = torch.autograd.graph.get_gradient_edge(loss).node
    found, seen, waiting, left = list[Any](), {root}, list[tuple[int, Any]](), 0
    if not is_leaf(root):
        waiting.append((-root._sequence_nr(), root))
    while waiting and left < _MOST_COUNTED:
        _, function = heappop(waiting)
        if len(found) < MOST_OPERATIONS:
            found.append(function)
        else:
            left += 1
        for source, _ in function.next_functions:
            if source is not None and source not in seen and not is_leaf(source):
                heappush(waiting, (-source._sequence_nr(), source))
                seen.add(source)
    return found[::-1], left


def is_leaf(function: Any) -> bool:
    """Whether it only takes in the gradient of a tensor that was not computed."""
    return hasattr(function, "variable")


class _Builder:
    """Numbers operations and leaves, and finds out what each belongs to."""

    def __init__(self, forward: Forward, model: nn.Module, operations: list[Any]) -> None:
        self.graph = Graph()
        self._made, self._tensors = forward.made, forward.given
        self._parameters = {id(tensor): name for name, tensor in model.named_parameters()}
        self._variables = _variables(forward.traced)
        plain = (item for item in reversed(list(forward.traced.items())) if item[1].grad_fn is None)
        self._itself = {id(tensor): name for name, tensor in plain}
        self._groups = self._find_groups(operations, _drawn(model))
        self._named = set(self._groups.values())
        self._numbers: dict[Any, int] = {}

    def add(self, function: Any) -> None:
        """One more operation, behind all that it takes."""
        edges = [*self._differentiable(function), *self._given(function)]
        number = len(self.graph.nodes)
        shape = tuple(function._input_metadata[0].shape)
        label = self._variables.get(function, "")
        self._numbers[function] = number
        self.graph.nodes.append(Node(function.name(), label, self._groups[function], shape, function))
        self.graph.edges += [Edge(source, number, place, shape, differs) for source, place, shape, differs in edges]

    def _differentiable(self, function: Any) -> Iterator[tuple[int, int, tuple[int, ...], bool]]:
        for place, (source, output) in enumerate(function.next_functions):
            if source is None:
                continue
            if is_leaf(source):
                tensor = source.variable
                yield self._leaf(tensor, self._groups[function]), place, tuple(tensor.shape), True
            elif source in self._numbers:
                yield self._numbers[source], place, tuple(source._input_metadata[output].shape), True

    def _leaf(self, tensor: torch.Tensor, taker: str) -> int:
        """Belongs to its module if that has operations, or else to what takes it."""
        key = id(tensor)
        if key not in self._numbers:
            name = self._parameters.get(key, "")
            module = name.rpartition(".")[0]
            group = self._itself.get(key) or (module if module in self._named else taker if module else name)
            self._append(key, Node("parameter", name, group, tuple(tensor.shape), tensor=tensor))
        return self._numbers[key]

    def _given(self, function: Any) -> Iterator[tuple[int, int, tuple[int, ...], bool]]:
        """What has no gradient: fields of the data, and numbers of the drawing that are not trained."""
        made = self._made.get(function._sequence_nr())
        for given in made.given if made is not None else ():
            kind, _, name = given.name.partition(":")
            if kind == "constant" and "." in name and name not in self._itself.values():
                continue  # as a BatchNorm's running mean, which is no node
            if given.name not in self._numbers:
                tensor = self._tensors[given.name]
                self._append(given.name, Node(kind, name, name, tuple(tensor.shape), tensor=tensor))
            yield self._numbers[given.name], given.place, given.shape, False

    def _append(self, key: Any, node: Node) -> None:
        self._numbers[key] = len(self.graph.nodes)
        self.graph.nodes.append(node)

    def _find_groups(self, operations: list[Any], drawn: set[str]) -> dict[Any, str]:
        """From the loss back, as what has no name belongs to what it leads to."""
        leads: dict[Any, str] = {}
        groups: dict[Any, str] = {}
        for function in reversed(operations):
            made = self._made.get(function._sequence_nr())
            path = made.module if made is not None else ""
            name, behind = self._variables.get(function, ""), leads.get(function, "")
            if name and _inside(name, path):
                groups[function] = name
            else:
                groups[function] = behind if path in drawn and behind and _inside(behind, path) else path
            for source, _ in function.next_functions:
                leads[source] = groups[function]  # the first that takes it comes last here
        return groups


def _variables(traced: Mapping[str, torch.Tensor]) -> dict[Any, str]:
    """Names by what computed them: the first one, but inside of a block that of the node there."""
    found: dict[Any, str] = {}
    for name, tensor in traced.items():
        function = tensor.grad_fn
        if function is None or name.rpartition(".")[2] == _UNUSED:
            continue
        if function not in found or name.startswith(f"{found[function]}."):
            found[function] = name
    return found


def _inside(name: str, path: str) -> bool:
    return not path or name == path or name.startswith(f"{path}.")


def _drawn(model: nn.Module) -> set[str]:
    """Paths of the modules whose own source is at hand: what runs in them has variables."""
    file = type(model).forward.__code__.co_filename
    modules = model.named_modules()
    return {path for path, module in modules if type(module).forward.__code__.co_filename == file}
