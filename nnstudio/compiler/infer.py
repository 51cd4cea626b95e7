"""Shapes along the graph. Goes on past a bad node where its output is known all the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import Port, Site
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.result import Fix, NodeFacts, Problem
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node

Inputs = dict[str, tuple[TensorSpec, ...]]


@dataclass
class Inference:
    """What is found along the way. `sites` has the nodes that are well; `facts` also those whose output can be guessed."""

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
    inputs = _inputs_of(result, node)
    if inputs is None:
        return
    if node.muted:
        passed = next((specs[0] for specs in inputs.values() if specs), None)
        if passed is not None:
            result.facts[node.id] = NodeFacts(inputs, {node.outputs[0].name: passed})
        return
    try:
        site = node.layer.place(node.params, inputs)
        result.facts[node.id] = _facts(node, site)
        result.sites[node.id] = site
    except ShapeError as error:
        result.problems.append(_problem(result, node, error))
        _go_on(result, node, inputs, error)


def _inputs_of(result: Inference, node: Node) -> Inputs | None:
    """What comes in at each port; None where a wire is missing or comes from a node that is not understood."""
    inputs: Inputs = {}
    known = True
    for port in node.inputs:
        links = result.document.links_into(node, port.name)
        if not links and not node.muted:
            result.problems.append(_nothing_comes_in(node, port))
            known = False
        specs = [result.output(link.source, link.output) for link in links]
        known = known and None not in specs
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
    """Give the node the output it would have once the known cure is applied, so that shapes stay alive behind it."""
    if not error.insert or not error.port:
        return
    cure = registry.layer(error.insert)
    defaults = cure.check({})
    try:
        cured = [
            cure.output_specs(cure.place(defaults, {cure.inputs[0].name: (spec,)}))[cure.outputs_for(defaults)[0].name]
            for spec in inputs[error.port]
        ]
        site = node.layer.place(node.params, {**inputs, error.port: tuple(cured)})
        result.facts[node.id] = NodeFacts(inputs, node.layer.output_specs(site))
    except ShapeError:
        return


def _nothing_comes_in(node: Node, port: Port) -> Problem:
    return Problem(
        node.id,
        port.name,
        f"{node.type} '{node.name}' has nothing at its input '{port.name}'.",
        f"Connect {'the right answers' if port.target else 'a wire'} to it.",
    )


def _problem(result: Inference, node: Node, error: ShapeError) -> Problem:
    message = f"{node.type} '{node.name}' {error.message}"
    return Problem(node.id, error.port, message, error.fix, remedy=_remedy(result.document, node, error))


def _remedy(document: Document, node: Node, error: ShapeError) -> Fix | None:
    if error.insert:
        return Fix("insert", f"Insert {error.insert}", node.id, port=error.port, layer=error.insert)
    if error.sets:
        return Fix("set", _set_label(node, error.sets), node.id, params=error.sets)
    if error.upstream:
        before = _nearest_with(document, node, error.port, next(iter(error.upstream)))
        if before is not None:
            return Fix("set", _set_label(before, error.upstream), before.id, params=error.upstream)
    return None


def _set_label(node: Node, params: object) -> str:
    assert isinstance(params, dict)
    return ", ".join(f"Set {name} of '{node.name}' to {value}" for name, value in params.items())


def _nearest_with(document: Document, node: Node, port: str, param: str) -> Node | None:
    """Walk back from a port, along first wires, to a node that has the parameter."""
    links = document.links_into(node, port)
    while links:
        before = document.node(links[0].source)
        if param in before.params:
            return before
        links = document.links_into(before, before.inputs[0].name) if before.inputs else []
    return None
