"""What would come of a wire, before there is one: what its target would put out, or why it does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.cures import remedy_for
from nnstudio.compiler.custom import is_typed
from nnstudio.compiler.infer import block_outputs
from nnstudio.compiler.result import Fix, Inputs, NodeFacts
from nnstudio.compiler.wires import first_wire
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Node


@dataclass(frozen=True)
class Preview:
    """`outputs` is empty where more is missing than that wire. `reason` is empty for one that fits."""

    carried: TensorSpec | None = None
    outputs: Mapping[str, TensorSpec] = field(default_factory=dict)
    reason: str = ""
    remedy: Fix | None = None


def preview(sheet: Sheet, facts: Mapping[str, NodeFacts], link: Link, instead_of: Link | None = None) -> Preview:
    """As if the wire were there, in place of what is in its way and of another. The rules have let it pass."""
    drawing = _WithWire(sheet, link, instead_of)
    carried = _output(facts, link)
    if carried is None:
        return Preview()
    node = sheet.node(link.target)
    inputs: Inputs = {link.input: (carried,)}
    if node.muted:
        return Preview(carried, _handed_on(drawing, facts, node))
    try:
        node.port("input", link.input).match(carried)
        known = _inputs(drawing, facts, node)
        if known is None:
            return Preview(carried)
        inputs = known
        return Preview(carried, _outputs(sheet, node, inputs))
    except ShapeError as error:
        whole = _inputs(drawing, facts, node) or inputs
        remedy = remedy_for(drawing, facts, node, whole, error)
        return Preview(carried, reason=f"'{node.name}' {error.message} {error.fix}".strip(), remedy=remedy)


@dataclass(frozen=True)
class _WithWire:
    """The drawing as it would be."""

    sheet: Sheet
    link: Link
    gone: Link | None

    def node(self, reference: str) -> Node:
        return self.sheet.node(reference)

    def links_into(self, node: str, port: str) -> Sequence[Link]:
        here = (node, port) == (self.link.target, self.link.input)
        if here and not self.node(node).port("input", port).many:
            return [self.link]
        present = [link for link in self.sheet.links_into(node, port) if link != self.gone]
        return [*present, self.link] if here else present


def _output(facts: Mapping[str, NodeFacts], link: Link) -> TensorSpec | None:
    found = facts.get(link.source)
    return found.outputs.get(link.output) if found else None


def _inputs(drawing: _WithWire, facts: Mapping[str, NodeFacts], node: Node) -> Inputs | None:
    """What would come in at each port; None where a wire is missing or nothing is known of it."""
    inputs: dict[str, tuple[TensorSpec, ...]] = {}
    for port in node.inputs:
        links = drawing.links_into(node.id, port.name)
        specs = [_output(facts, link) for link in links]
        if (not links and not port.optional) or None in specs:
            return None
        inputs[port.name] = tuple(spec for spec in specs if spec is not None)
    return inputs


def _handed_on(drawing: _WithWire, facts: Mapping[str, NodeFacts], node: Node) -> Mapping[str, TensorSpec]:
    """What a muted node would put out."""
    wire = first_wire(drawing, node)
    passed = _output(facts, wire) if wire is not None else None
    return {port.name: passed for port in node.outputs[:1]} if passed is not None else {}


def _outputs(sheet: Sheet, node: Node, inputs: Inputs) -> Mapping[str, TensorSpec]:
    """What the node would put out; nothing where only the engine can say. Raises ShapeError."""
    if is_typed(node):
        return {}
    if node.layer.is_block:
        return block_outputs(sheet, node, inputs)
    return node.layer.output_specs(node.layer.place(node.params, inputs))
