"""Shapes along the graph. Goes on past a bad node where its output is known all the same.

A block is inferred anew for every different set of shapes that comes in, and once for all places where they are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, TypeAlias

from nnstudio.catalogue.spec import Port, Site
from nnstudio.catalogue.tensors import Shape, TensorSpec
from nnstudio.compiler.cures import answering, cure_of, remedy_for
from nnstudio.compiler.custom import Answers, NothingKnown, Unwell, facts_of, is_typed
from nnstudio.compiler.result import Inputs, NodeFacts, Problem
from nnstudio.compiler.wires import first_wire
from nnstudio.errors import ShapeError
from nnstudio.graph import nesting
from nnstudio.graph.blocks import INPUT, OUTPUT
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import DATASET, Link, Node
from nnstudio.params import Value

Overrides: TypeAlias = Mapping[tuple[str, str], Value]
"""Values that a block's instance gives to parameters inside: by node id and parameter."""


_NOTHING = NothingKnown()


@dataclass
class Inference:
    """What is found along the way in one sheet.

    `sites` has the nodes that are well; `facts` also those whose output is guessed. `nodes` are the nodes as they
    stand here: in a block, with the instance's values. `inner` has what was found inside the blocks, by their nodes.
    """

    sheet: Sheet
    facts: dict[str, NodeFacts] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    inner: dict[str, Inference] = field(default_factory=dict)
    places: dict[object, Inference] = field(default_factory=dict, compare=False, repr=False)
    """Of the main sheet: every block with every set of shapes that came in, to be built upon after the next edit."""
    planned: Any = field(default=None, compare=False, repr=False)
    """Of a block: its plan, once it is made (compiler.plan)."""

    def output(self, node: str, port: str) -> TensorSpec | None:
        """What an output port puts out, if known."""
        found = self.facts.get(node)
        return found.outputs.get(port) if found else None

    def well(self) -> bool:
        """Whether nothing is wrong here."""
        return not any(problem.severity == "error" for problem in self.problems)


def infer(document: Document, before: Inference | None = None, answers: Answers = _NOTHING) -> Inference:
    """Shapes, weights and work of every node, in order; and what is wrong with the shapes.

    `before` is what was found before the last edit: what did not change is taken from there. `answers` knows the
    layers that a person typed in.
    """
    return _Walk(document, answers, before.places if before else {}).main(before)


def infer_unused(document: Document, used: set[str], answers: Answers = _NOTHING) -> Iterator[Inference]:
    """Blocks that are used nowhere, outer ones first, with the shapes that their inputs name themselves; each once."""
    walk, seen = _Walk(document, answers, {}), set(used)
    for block in reversed(nesting.inner_first(document.drawing.uses())):
        if block not in seen:
            for inference in everywhere(walk.block(block, {}, {})):
                seen.add(inference.sheet.block)
                yield inference


def block_outputs(sheet: Sheet, node: Node, inputs: Inputs) -> Mapping[str, TensorSpec]:
    """What an instance of a block puts out; nothing for what is not known inside. Raises ShapeError."""
    result = Inference(sheet)
    _Walk(sheet.document, _NOTHING, {})._instance(result, node, inputs)
    return result.facts[node.id].outputs


def everywhere(inference: Inference) -> Iterator[Inference]:
    """What was found in a sheet and in every block inside, each once, outer ones first."""
    seen, waiting = {id(inference)}, [inference]
    for here in waiting:  # grows while it is walked
        yield here
        fresh = [inner for inner in here.inner.values() if id(inner) not in seen]
        seen.update(map(id, fresh))
        waiting.extend({id(inner): inner for inner in fresh}.values())


class _Walk:
    """One walk through a document. Blocks already seen with the same shapes are remembered."""

    def __init__(self, document: Document, answers: Answers, before: Mapping[object, Inference]) -> None:
        self._document = document
        self._answers = answers
        self._before = before
        self._seen: dict[object, Inference] = {}

    def main(self, before: Inference | None) -> Inference:
        result = Inference(self._document)
        self._sheet(result, {}, {}, before)
        result.places = self._seen
        return result

    def block(self, block: str, given: Mapping[str, TensorSpec], overrides: Overrides) -> Inference:
        """A block with these specs at its inputs, by node id."""
        key = (block, tuple(sorted(given.items())), tuple(sorted(overrides.items(), key=repr)))
        if key not in self._seen:
            self._seen[key] = found = Inference(self._document.sheet(block))
            self._sheet(found, given, overrides, self._before.get(key))
        return self._seen[key]

    def _sheet(
        self, result: Inference, given: Mapping[str, TensorSpec], overrides: Overrides, before: Inference | None
    ) -> None:
        changed = {node for node, _ in overrides}
        for node in result.sheet.in_order():
            if node.id in changed:
                values = {param: value for (owner, param), value in overrides.items() if owner == node.id}
                node = replace(node, params={**node.params, **values})
            result.nodes[node.id] = node
            if node.id in given:
                spec = given[node.id]
                result.facts[node.id] = NodeFacts(outputs={node.outputs[0].name: spec})
                result.sites[node.id] = Site(node.params)
            elif result.sheet.links_of(node.id) or not node.inputs:
                self._node(result, node, before)

    def _node(self, result: Inference, node: Node, before: Inference | None) -> None:
        if node.muted:
            _hand_on(result, node)
            return
        inputs = _inputs_of(result, node)
        if inputs is None or (before is not None and _unchanged(result, node, inputs, before)):
            return
        try:
            if node.layer.is_block:
                self._instance(result, node, inputs)
                return
            site = node.layer.place(node.params, inputs)
            result.facts[node.id] = facts_of(node, inputs, self._answers) if is_typed(node) else _facts(node, site)
            result.sites[node.id] = site
        except Unwell as unwell:
            result.problems.append(unwell.problem)
        except ShapeError as error:
            result.problems.append(_problem(result, node, inputs, error))
            _go_on(result, node, inputs, error)

    def _instance(self, result: Inference, node: Node, inputs: Inputs) -> None:
        """A block at its place: what is inside, with what comes in outside."""
        site = node.layer.place(node.params, inputs)
        block = self._document.blocks[str(node.params["block"])]
        entries = [inner for inner in self._document.sheet(block.id).nodes.values() if inner.type == INPUT]
        given = {entry.id: inputs[entry.name][0] for entry in entries}
        overrides = {(item.node, item.param): node.params[item.name] for item in block.promoted}
        inside = self.block(block.id, given, overrides)
        result.inner[node.id] = inside
        ends = [inner for inner in inside.nodes.values() if inner.type == OUTPUT]
        specs = {
            end.name: inside.output(end.id, end.outputs[0].name) for end in sorted(ends, key=lambda end: end.order)
        }
        known = {name: spec for name, spec in specs.items() if spec is not None}
        times = site.number("repeat")
        if times > 1 and len(known) == len(specs):
            _check_repeat(node, inputs, known)
        facts = inside.facts.items()
        weights = {
            name: shape for key, found in facts for name, shape in _named(inside.nodes[key].name, found.weights).items()
        }
        result.facts[node.id] = NodeFacts(
            inputs=inputs,
            outputs=known,
            weights=_repeated(weights, times),
            parameters=times * sum(found.parameters for _, found in facts),
            flops=times * sum(found.flops for _, found in facts),
        )
        if specs and inside.well() and len(known) == len(specs):
            result.sites[node.id] = site


def _unchanged(result: Inference, node: Node, inputs: Inputs, before: Inference) -> bool:
    """Take over what is known of a node that did not change and gets what it got."""
    old = before.nodes.get(node.id)
    if old is not node and (
        old is None or old != node
    ):  # a node that its block's instance gives values is new each time
        return False
    if node.id not in before.sites or node.layer.is_block:
        return False
    if before.facts[node.id].inputs != inputs:
        return False
    result.facts[node.id], result.sites[node.id] = before.facts[node.id], before.sites[node.id]
    return True


def _named(node: str, weights: Mapping[str, Shape]) -> dict[str, Shape]:
    """Names as in a state_dict."""
    return {f"{node}.{part}" if part else node: shape for part, shape in weights.items()}


def _repeated(weights: dict[str, Shape], times: int) -> dict[str, Shape]:
    if times == 1:
        return weights
    return {f"{number}.{name}": shape for number in range(times) for name, shape in weights.items()}


def _check_repeat(node: Node, inputs: Inputs, outputs: Mapping[str, TensorSpec]) -> None:
    """Each output is the input in the same place of the next time; inputs beyond the outputs stay the same."""
    came, left = [specs[0] for specs in inputs.values() if specs], list(outputs.values())
    wrong = [(a, b) for a, b in zip(came, left, strict=False) if (a.shape, a.dtype) != (b.shape, b.dtype)]
    if wrong or len(left) > len(came):
        turned = f"turns {wrong[0][0]} into {wrong[0][1]}" if wrong else "gives more than it takes"
        words = f"is repeated {node.params['repeat']} times and {turned}."
        fix = "What goes out must have the shape of what comes in; or set repeat to 1."
        raise ShapeError(words, fix=fix, sets={"repeat": 1})


def _hand_on(result: Inference, node: Node) -> None:
    """A muted node puts out what its first wire brings."""
    link = first_wire(result.sheet, node)
    passed = result.output(link.source, link.output) if link else None
    if link is not None and passed is not None and node.outputs:
        result.facts[node.id] = NodeFacts({link.input: (passed,)}, {node.outputs[0].name: passed})


def _inputs_of(result: Inference, node: Node) -> Inputs | None:
    """What comes in at each port; None where a wire is missing or comes from a node that is not understood."""
    inputs: dict[str, tuple[TensorSpec, ...]] = {}
    known = True
    for port in node.inputs:
        links = result.sheet.links_into(node.id, port.name)
        if not links and not port.optional:
            result.problems.append(_nothing_comes_in(result, node, port, inputs))
            known = False
        result.problems.extend(_nothing_handed_on(result, node, port, link) for link in links if _is_lost(result, link))
        specs = [result.output(link.source, link.output) for link in links]
        known = known and None not in specs
        inputs[port.name] = tuple(spec for spec in specs if spec is not None)
    return inputs if known else None


def _is_lost(result: Inference, link: Link) -> bool:
    """Whether the wire begins at a further output of a muted node, which hands on what it gets at the first alone."""
    source = result.sheet.node(link.source)
    return source.muted and bool(source.inputs) and link.output != source.outputs[0].name


def _nothing_handed_on(result: Inference, node: Node, port: Port, link: Link) -> Problem:
    source = result.sheet.node(link.source)
    message = (
        f"'{source.name}' is muted and hands on nothing at '{link.output}', which {node.type} '{node.name}' takes."
    )
    return Problem(node.id, port.name, message, f"Unmute '{source.name}', or take the wire out.")


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
    cure = cure_of(node, inputs, error)
    if cure is None or node.layer.is_block:
        return
    try:
        result.facts[node.id] = NodeFacts(inputs, node.layer.output_specs(node.layer.place(node.params, cure.inputs)))
    except ShapeError:
        return


def _nothing_comes_in(result: Inference, node: Node, port: Port, inputs: Inputs) -> Problem:
    message = f"{node.type} '{node.name}' has nothing at its input '{port.name}'."
    if not port.target:
        return Problem(node.id, port.name, message, "Connect a wire to it.")
    beside = {other.name: inputs.get(other.name, ()) for other in node.inputs}
    lacking = [other for other in node.inputs if other != port and not other.optional and not beside[other.name]]
    remedy = answering(node, port, beside, _unused_data(result)) if not lacking else None
    return Problem(node.id, port.name, message, "Connect the right answers to it.", remedy=remedy)


def _unused_data(result: Inference) -> Iterator[tuple[Node, str, TensorSpec]]:
    """What the data give and nobody takes, and what they call the target, which a decoder takes too."""
    for source in result.nodes.values():
        if source.type == DATASET and not source.muted:
            taken = {link.output for link in result.sheet.links_of(source) if link.source == source.id}
            for output, spec in result.facts[source.id].outputs.items() if source.id in result.facts else ():
                if output not in taken or output == "target":
                    yield source, output, spec


def _problem(result: Inference, node: Node, inputs: Inputs, error: ShapeError) -> Problem:
    remedy = remedy_for(result.sheet, result.facts, node, inputs, error)
    fix = "" if error.insert and remedy is None else error.fix
    if remedy is not None and remedy.kind == "insert" and remedy.layer != error.insert:
        fix = f"{remedy.label} before it."
    message = f"{node.type} '{node.name}' {error.message}"
    return Problem(node.id, error.port, message, fix, remedy=remedy)
