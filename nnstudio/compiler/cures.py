"""What would mend a shape that does not fit. Each cure is tried out on the shapes before it is offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.result import Fix, Inputs, NodeFacts
from nnstudio.compiler.wires import Wired, first_wire
from nnstudio.errors import BadParameter, ShapeError
from nnstudio.graph.nodes import Node

CHANNELS = (1, 3, 4)
"""How many an image has that comes as a camera or a file gives it: grey, colours, colours and how clear."""
_SMALLEST_SIDE = 8


@dataclass(frozen=True)
class Cure:
    """A layer that is to be put in before a port, and what comes out of it there."""

    layer: str
    params: Mapping[str, object]
    inputs: Inputs


def cure_of(node: Node, inputs: Inputs, error: ShapeError) -> Cure | None:
    """The first layer with which the input at fault would be well; None where none is known."""
    port = next((port for port in node.inputs if port.name == error.port), None)
    if port is None or not inputs.get(port.name):
        return None
    if error.insert:
        cured = _behind(error.insert, {}, port, inputs)
        if cured is not None:
            return Cure(error.insert, {}, cured)
    for layer, params in _likely(port, inputs[port.name][0]):
        cured = _behind(layer, params, port, inputs)
        if cured is not None and _outputs(node, cured, {}) is not None:
            return Cure(layer, params, cured)
    return None


def _likely(port: Port, spec: TensorSpec) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What may mend an input with these names of sizes that gets such a tensor."""
    if spec.dtype == "int64" and port.dtype == "float32":
        yield "Embedding", {}
    if has_channels_last(port, spec):
        yield "Permute", {"dims": (3, 1, 2)}
    names = port.pattern.split()
    if names[1:2] == ["C"] and "..." not in names and len(spec.shape) == len(names) - 1:
        yield "Unsqueeze", {"dim": 1}


def has_channels_last(port: Port, spec: TensorSpec) -> bool:
    """Whether what comes in looks like an image whose channels come last, where they have to come first."""
    if port.pattern != "N C H W" or len(spec.shape) != 4:
        return False
    _, height, width, channels = spec.shape
    return channels in CHANNELS and min(height, width) > _SMALLEST_SIDE


def _behind(layer: str, params: Mapping[str, object], port: Port, inputs: Inputs) -> Inputs | None:
    """What comes in with that layer before the port; None where it does not take it, or the port what it makes."""
    cure = registry.layer(layer)
    values = cure.check(params)
    try:
        entry = cure.inputs_for(values)[0].name
        sites = [cure.place(values, {entry: (spec,)}) for spec in inputs[port.name]]
        cured = tuple(next(iter(cure.output_specs(site).values())) for site in sites)
        for spec in cured:
            port.match(spec)
    except ShapeError:
        return None
    return {**inputs, port.name: cured}


def remedy_for(
    sheet: Wired, facts: Mapping[str, NodeFacts], node: Node, inputs: Inputs, error: ShapeError
) -> Fix | None:
    """The edit that makes the node well, where one is known."""
    cure = cure_of(node, inputs, error)
    if cure is not None:
        return inserting(node, error.port, cure.layer, cure.params)
    if error.sets and _outputs(node, inputs, error.sets) is not None:
        return setting(node, error.sets)
    way = _way_back(sheet, node, error.port, set(error.upstream))
    if way and _well_along(sheet, {**facts, node.id: NodeFacts(inputs)}, way, error.upstream):
        return setting(way[0], error.upstream)
    return None


def inserting(node: Node, port: str, layer: str, params: Mapping[str, object]) -> Fix:
    """The edit that puts a layer in before a port."""
    return Fix("insert", f"Insert {layer}", node.id, port=port, layer=layer, params=params)


def answering(node: Node, port: Port, inputs: Inputs, given: Iterable[tuple[Node, str, TensorSpec]]) -> Fix | None:
    """The edit that leads the right answers to a loss: from the output of the data that is called as the input is, or
    else from the one that fits the other inputs, or that would with another size of the layer before.
    """
    fitting, nearly = [], []
    for source, output, spec in given:
        led = {**inputs, port.name: (spec,)}
        if _outputs(node, led, {}) is not None:
            fitting.append((source, output))
        elif _is_nearly_well(node, led):
            nearly.append((source, output))
    fitting = [each for each in fitting if each[1] == port.name] or fitting or nearly
    if len(fitting) != 1:
        return None
    source, output = fitting[0]
    label = f"Connect '{output}' of '{source.name}'"
    return Fix("connect", label, node.id, port=port.name, params={"source": f"{source.id}.{output}"})


def _is_nearly_well(node: Node, inputs: Inputs) -> bool:
    """Whether a size of the layer before is all that the node lacks with these inputs."""
    if node.layer.is_block:
        return False
    try:
        node.layer.output_specs(node.layer.place(node.layer.check(node.params), inputs))
    except ShapeError as error:
        return bool(error.upstream)
    except BadParameter:
        return False
    return True


def setting(node: Node, values: Mapping[str, object]) -> Fix:
    """The edit that gives parameters other values."""
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
