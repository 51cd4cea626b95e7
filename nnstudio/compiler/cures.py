"""What would mend a shape that does not fit. Each cure is tried out on the shapes before it is offered."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.catalogue import registry
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.result import Fix, Inputs, NodeFacts
from nnstudio.compiler.wires import Wired, first_wire
from nnstudio.errors import BadParameter, ShapeError
from nnstudio.graph.nodes import Node


def cured_inputs(node: Node, inputs: Inputs, error: ShapeError) -> Inputs | None:
    """What comes in behind the layer that the error would put in; None where it names none, or that would not help."""
    if not error.insert:
        return None
    cure = registry.layer(error.insert)
    defaults = cure.check({})
    port = next(port for port in node.inputs if port.name == error.port)
    try:
        entry = cure.inputs_for(defaults)[0].name
        sites = [cure.place(defaults, {entry: (spec,)}) for spec in inputs[error.port]]
        cured = tuple(next(iter(cure.output_specs(site).values())) for site in sites)
        for spec in cured:
            port.match(spec)
    except ShapeError:
        return None
    return {**inputs, error.port: cured}


def remedy_for(
    sheet: Wired, facts: Mapping[str, NodeFacts], node: Node, inputs: Inputs, error: ShapeError
) -> Fix | None:
    """The edit that makes the node well, where one is known."""
    if cured_inputs(node, inputs, error) is not None:
        return Fix("insert", f"Insert {error.insert}", node.id, port=error.port, layer=error.insert)
    if error.sets and _outputs(node, inputs, error.sets) is not None:
        return _setting(node, error.sets)
    way = _way_back(sheet, node, error.port, set(error.upstream))
    if way and _well_along(sheet, {**facts, node.id: NodeFacts(inputs)}, way, error.upstream):
        return _setting(way[0], error.upstream)
    return None


def _setting(node: Node, values: Mapping[str, object]) -> Fix:
    label = ", ".join(f"Set {name} of '{node.name}' to {value}" for name, value in values.items())
    return Fix("set", label, node.id, params=values)


def _way_back(sheet: Wired, node: Node, port: str, wanted: set[str]) -> list[Node]:
    """From the nearest node that has the parameters, along first wires, to `node`; empty where there is none."""
    way, links = [node], sheet.links_into(node.id, port) if wanted else []
    link = links[0] if links else None
    while link is not None:
        before = sheet.node(link.source)
        way.insert(0, before)
        if not before.muted and wanted <= before.params.keys():
            return way
        link = first_wire(sheet, before)
    return []


def _well_along(sheet: Wired, facts: Mapping[str, NodeFacts], way: list[Node], values: Mapping[str, object]) -> bool:
    """Whether every node of the way is well once the first of them has the values."""
    changed: dict[tuple[str, str], TensorSpec] = {}
    for node in way:
        inputs: dict[str, tuple[TensorSpec, ...]] = {}
        for port, specs in facts[node.id].inputs.items():
            links = sheet.links_into(node.id, port)
            pairs = zip(links, specs, strict=True)
            inputs[port] = tuple(changed.get((link.source, link.output), spec) for link, spec in pairs)
        outputs = _outputs(node, inputs, {} if changed else values)
        if outputs is None:
            return False
        changed.update({(node.id, port): spec for port, spec in outputs.items()})
    return True


def _outputs(node: Node, inputs: Inputs, values: Mapping[str, object]) -> Mapping[str, TensorSpec] | None:
    """What the node puts out with other parameter values; None where it can not, or where that is not known here."""
    if node.muted:
        passed = next(spec for specs in inputs.values() for spec in specs)
        return {port.name: passed for port in node.outputs[:1]}
    if node.layer.is_block:
        return None
    try:
        site = node.layer.place(node.layer.check({**node.params, **values}), inputs)
        return node.layer.output_specs(site)
    except (ShapeError, BadParameter):
        return None
