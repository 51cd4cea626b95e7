"""Shapes along the graph. Goes on past a bad node where its output is known all the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from nnstudio.catalogue.spec import Port, Site
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.cures import cured_inputs, remedy_for
from nnstudio.compiler.result import Inputs, NodeFacts, Problem
from nnstudio.compiler.wires import first_wire
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node


@dataclass
class Inference:
    """What is found along the way. `sites` has the nodes that are well; `facts` also those whose output is guessed."""

    document: Document
    facts: dict[str, NodeFacts] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def output(self, node: str, port: str) -> TensorSpec | None:
        """What an output port puts out, if known."""
        found = self.facts.get(node)
        return found.outputs.get(port) if found else None


def infer(document: Document) -> Inference:
    """Shapes, weights and work of every node, in order; and what is wrong with the shapes."""
    result = Inference(document)
    for node in document.in_order():
        if document.links_of(node) or not node.inputs:
            _infer_node(result, node)
    return result


def _infer_node(result: Inference, node: Node) -> None:
    if node.muted:
        _hand_on(result, node)
        return
    inputs = _inputs_of(result, node)
    if inputs is None:
        return
    try:
        site = node.layer.place(node.params, inputs)
        result.facts[node.id] = _facts(node, site)
        result.sites[node.id] = site
    except ShapeError as error:
        result.problems.append(_problem(result, node, inputs, error))
        _go_on(result, node, inputs, error)


def _hand_on(result: Inference, node: Node) -> None:
    """A muted node puts out what its first wire brings."""
    link = first_wire(result.document, node)
    passed = result.output(link.source, link.output) if link else None
    if link is not None and passed is not None:
        result.facts[node.id] = NodeFacts({link.input: (passed,)}, {node.outputs[0].name: passed})


def _inputs_of(result: Inference, node: Node) -> Inputs | None:
    """What comes in at each port; None where a wire is missing or comes from a node that is not understood."""
    inputs: dict[str, tuple[TensorSpec, ...]] = {}
    known = True
    for port in node.inputs:
        links = result.document.links_into(node, port.name)
        if not links:
            result.problems.append(_nothing_comes_in(node, port))
        specs = [result.output(link.source, link.output) for link in links]
        known = known and bool(links) and None not in specs
        inputs[port.name] = tuple(spec for spec in specs if spec is not None)
    return inputs if known else None


def _facts(node: Node, site: Site) -> NodeFacts:
    layer = node.layer
    weights = layer.weight_shapes(site)
    return NodeFacts(
        inputs=site.inputs,
        outputs=layer.output_specs(site),
        weights=weights,
        parameters=sum(prod(shape) for shape in weights.values()),
        flops=layer.flops(site) if layer.flops else 0,
    )


def _go_on(result: Inference, node: Node, inputs: Inputs, error: ShapeError) -> None:
    """Give the node the output it would have once the layer it asks for is put in: shapes stay alive behind it."""
    cured = cured_inputs(node, inputs, error)
    if cured is None:
        return
    try:
        result.facts[node.id] = NodeFacts(inputs, node.layer.output_specs(node.layer.place(node.params, cured)))
    except ShapeError:
        return


def _nothing_comes_in(node: Node, port: Port) -> Problem:
    return Problem(
        node.id,
        port.name,
        f"{node.type} '{node.name}' has nothing at its input '{port.name}'.",
        f"Connect {'the right answers' if port.target else 'a wire'} to it.",
    )


def _problem(result: Inference, node: Node, inputs: Inputs, error: ShapeError) -> Problem:
    remedy = remedy_for(result.document, result.facts, node, inputs, error)
    fix = "" if error.insert and remedy is None else error.fix
    message = f"{node.type} '{node.name}' {error.message}"
    return Problem(node.id, error.port, message, fix, remedy=remedy)
