"""What would mend a shape that does not fit. Each cure is tried out on the shapes before it is offered."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.catalogue import registry
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.result import Fix, Inputs, NodeFacts
from nnstudio.compiler.wires import first_wire
from nnstudio.errors import BadParameter, ShapeError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node


def cured_inputs(node: Node, inputs: Inputs, error: ShapeError) -> Inputs | None:
    """What comes in behind the layer that the error would put in; None where it names none, or that would not help."""
    if not error.insert:
        return None
    cure = registry.layer(error.insert)
    defaults = cure.check({})
    port = next(port for port in node.inputs if port.name == error.port)
    try:
        sites = [cure.place(defaults, {cure.inputs[0].name: (spec,)}) for spec in inputs[error.port]]
        cured = tuple(next(iter(cure.output_specs(site).values())) for site in sites)
        for spec in cured:
            port.match(spec)
    except ShapeError:
        return None
    return {**inputs, error.port: cured}


def remedy_for(
    document: Document, facts: Mapping[str, NodeFacts], node: Node, inputs: Inputs, error: ShapeError
) -> Fix | None:
    """The edit that makes the node well, where one is known."""
    if cured_inputs(node, inputs, error) is not None:
        return Fix("insert", f"Insert {error.insert}", node.id, port=error.port, layer=error.insert)
    if error.sets and _output(node, inputs, error.sets) is not None:
        return _setting(node, error.sets)
    way = _way_back(document, node, error.port, set(error.upstream))
    if way and _well_along(document, {**facts, node.id: NodeFacts(inputs)}, way, error.upstream):
        return _setting(way[0], error.upstream)
    return None


def _setting(node: Node, values: Mapping[str, object]) -> Fix:
    label = ", ".join(f"Set {name} of '{node.name}' to {value}" for name, value in values.items())
    return Fix("set", label, node.id, params=values)


def _way_back(document: Document, node: Node, port: str, wanted: set[str]) -> list[Node]:
    """From the nearest node that has the parameters, along first wires, to `node`; empty where there is none."""
    way, links = [node], document.links_into(node, port) if wanted else []
    link = links[0] if links else None
    while link is not None:
        before = document.node(link.source)
        way.insert(0, before)
        if not before.muted and wanted <= before.params.keys():
            return way
        link = first_wire(document, before)
    return []


def _well_along(
    document: Document, facts: Mapping[str, NodeFacts], way: list[Node], values: Mapping[str, object]
) -> bool:
    """Whether every node of the way is well once the first of them has the values."""
    changed: dict[str, TensorSpec] = {}
    for node in way:
        inputs: dict[str, tuple[TensorSpec, ...]] = {}
        for port, specs in facts[node.id].inputs.items():
            links = document.links_into(node, port)
            inputs[port] = tuple(changed.get(link.source, spec) for link, spec in zip(links, specs, strict=True))
        output = _output(node, inputs, {} if changed else values)
        if output is None:
            return False
        changed[node.id] = output
    return True


def _output(node: Node, inputs: Inputs, values: Mapping[str, object]) -> TensorSpec | None:
    """What the node puts out with other parameter values; None where it can not."""
    if node.muted:
        return next(spec for specs in inputs.values() for spec in specs)
    try:
        site = node.layer.place(node.layer.check({**node.params, **values}), inputs)
        return next(iter(node.layer.output_specs(site).values()))
    except (ShapeError, BadParameter):
        return None
