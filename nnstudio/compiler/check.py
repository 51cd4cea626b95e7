"""What keeps a drawing from running, beyond its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from nnstudio.catalogue import registry
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.cures import has_channels_last, inserting
from nnstudio.compiler.files import without_file
from nnstudio.compiler.infer import Inference, everywhere
from nnstudio.compiler.padding import padding_problems
from nnstudio.compiler.plan import Plan
from nnstudio.compiler.result import Fix, Problem
from nnstudio.compiler.wires import origin
from nnstudio.data.registry import datasets
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node

MOST_PROBLEMS_INSIDE = 50
"""Of blocks, that are told one by one."""


def datasets_in(document: Document) -> list[Node]:
    """Dataset nodes, those with wires first, then the older."""
    found = [node for node in document.nodes.values() if node.type == "Dataset" and not node.muted]
    return sorted(found, key=lambda node: (not document.links_of(node), node.order))


def check(document: Document, inference: Inference, plan: Plan) -> list[Problem]:
    """All problems: of the whole drawing, then of the nodes in order, then of what is inside of blocks."""
    if not document.nodes:
        return [Problem("", "", "The drawing is empty.", "Drag a layer on to it, or open an example.")]
    problems = [*_data_problems(document, plan), *_loss_problems(document, inference, plan), *inference.problems]
    problems.extend(_lonely(document))
    problems.extend(_channels_last(document, inference))
    problems.extend(_raw_columns(document, inference))
    problems.extend(padding_problems(inference))
    order = {node.id: place for place, node in enumerate(document.in_order())}
    problems.extend(_inside(inference))
    last = len(order)
    return sorted(
        problems,
        key=lambda problem: (problem.severity != "error", order.get(problem.node, last if problem.node else -1)),
    )


def _data_problems(document: Document, plan: Plan) -> list[Problem]:
    found = datasets_in(document)
    sources = [node for node in document.nodes.values() if not node.inputs and not node.muted]
    if not sources:
        return [Problem("", "", "There is no data.", "Add a Dataset and connect it to the first layer.")]
    seconds = [
        Problem(node.id, "", f"'{node.name}' is a second data set: one is used at a time.", "Delete it, or mute it.")
        for node in found[1:]
        if document.links_of(node)
    ]
    return [*without_file(document), *seconds, *_free_inputs(document, plan, bool(found))]


def _free_inputs(document: Document, plan: Plan, has_data: bool) -> Iterator[Problem]:
    """Inputs that nothing fills: an error beside a data set, for the drawing then trains; else a word of warning."""
    named = {node.name: node for node in document.nodes.values() if node.type == "Input"}
    for free in plan.signature.free:
        if has_data:
            message = f"Input '{free.name}' is filled by nothing while the data set trains the rest."
            yield Problem(named[free.name].id, "", message, "Connect a port of the data set in its place.")
        elif plan.loss:
            message = f"There is no data for the input '{free.name}', so this can not be trained."
            yield Problem(named[free.name].id, "", message, "Use a Dataset in its place.", severity="warning")


def _loss_problems(document: Document, inference: Inference, plan: Plan) -> list[Problem]:
    losses = [node for node in document.nodes.values() if node.layer.is_loss and not node.muted]
    problems = [problem for loss in losses for problem in _judges_data(document, loss)]
    if not losses:
        problems.append(_no_loss(document, inference, plan))
    return problems


def _judges_data(document: Document, loss: Node) -> list[Problem]:
    origins = [
        origin(document, link)
        for port in loss.inputs
        if not port.target
        for link in document.links_into(loss, port.name)
    ]
    if origins and all(link is not None and document.node(link.source).type == "Dataset" for link in origins):
        message = f"{loss.type} '{loss.name}' judges the data itself."
        port = next(port.name for port in loss.inputs if not port.target)
        return [Problem(loss.id, port, message, "Put layers between the data and the loss.")]
    return []


def _no_loss(document: Document, inference: Inference, plan: Plan) -> Problem:
    """A warning: such a network can be looked at, but not trained. Where the end is clear, offer the usual loss."""
    remedy = None
    dataset = next(iter(datasets_in(document)), None)
    if len(plan.outputs) == 1 and plan.forward:
        layer = "Minimize"
        if dataset is not None:
            labels = [spec for spec in inference.facts[dataset.id].outputs.values() if spec.classes]
            layer = "CrossEntropyLoss" if labels else "MSELoss"
        last = plan.forward[-1].node
        if _takes(layer, inference.facts[last.id].outputs[last.outputs[0].name]):
            remedy = Fix("append", f"Add {layer}", last.id, layer=layer)
    message = "There is no loss, so there is nothing to train."
    return Problem("", "", message, "Add a loss at the end.", severity="warning", remedy=remedy)


def _takes(loss: str, end: TensorSpec) -> bool:
    """Whether the loss can stand behind this end. Only a lone number is to be made small as such."""
    entry = registry.layer(loss).inputs_for(registry.layer(loss).check({}))[0]
    try:
        entry.match(end)
    except ShapeError:
        return False
    return loss != "Minimize" or end.shape == ()


def _lonely(document: Document) -> list[Problem]:
    return [
        Problem(node.id, "", f"'{node.name}' is not connected.", "Connect it, or delete it.", severity="warning")
        for node in document.nodes.values()
        if not document.links_of(node) and (node.inputs or len(document.nodes) > 1)
    ]


def _channels_last(document: Document, inference: Inference) -> Iterator[Problem]:
    """An image as a file has it, right at a layer that takes its rows for channels: it runs, and learns little."""
    for key, site in inference.sites.items():
        node = document.nodes[key]
        for port in node.inputs:
            spec = next(iter(site.inputs.get(port.name, ())), None)
            if spec is not None and has_channels_last(port, spec) and _is_given(document, node, port.name):
                message = f"{node.type} '{node.name}' gets {spec} and takes the {spec.shape[1]} for its channels."
                remedy = inserting(node, port.name, "Permute", {"dims": (3, 1, 2)})
                fix = "If the channels are the last size, insert Permute before it."
                yield Problem(key, port.name, message, fix, severity="warning", remedy=remedy)


def _raw_columns(document: Document, inference: Inference) -> Iterator[Problem]:
    """A Linear right behind columns of very different sizes: it runs, and learns from the largest alone for long."""
    for key in inference.sites:
        node = document.nodes[key]
        for link in document.links_into(node, "x") if node.type == "Linear" else ():
            found = origin(document, link)
            source = document.node(found.source) if found is not None else None
            if found is not None and source is not None and _is_raw(source, found.output):
                message = f"Linear '{node.name}' gets columns of very different sizes from '{source.name}'."
                remedy = inserting(node, "x", "Standardize", {})
                yield Problem(key, "x", message, "Insert Standardize before it.", severity="warning", remedy=remedy)


def _is_raw(node: Node, output: str) -> bool:
    return node.type == "Dataset" and datasets()[str(node.params["dataset"])].field(output, node.params).raw


def _is_given(document: Document, node: Node, port: str) -> bool:
    """Whether what comes in is data, perhaps laid out anew, and no layer's doing."""
    found = next((origin(document, link) for link in document.links_into(node, port)), None)
    source = document.node(found.source) if found is not None else None
    return source is not None and (source.layer.is_given or source.type == "Reshape")


# Blocks


def _inside(main: Inference) -> list[Problem]:
    """What is wrong inside of blocks, each once, and a word at every block that holds something wrong."""
    faults = _Faults()
    found: dict[tuple[str, str, str], Problem] = {}
    at_blocks: dict[str, Problem] = {}
    for here in everywhere(main):
        for key, inner in here.inner.items():
            error = faults.first(inner)
            if error is not None:
                told = f"Inside of block '{here.nodes[key].name}': {error.message}"
                at_blocks.setdefault(key, Problem(key, "", told, "Open the block to mend it.", echo=True))
        for problem in faults.of(here)[:MOST_PROBLEMS_INSIDE] if here is not main else ():
            found.setdefault((problem.node, problem.port, problem.message), problem)
    return [*at_blocks.values(), *found.values()]


class _Faults:
    """What is wrong in a block at one of its places, and the first error there or in a block inside it."""

    def __init__(self) -> None:
        self._first: dict[int, Problem | None] = {}

    def of(self, inner: Inference) -> list[Problem]:
        return [*_without_output(inner.sheet), *inner.problems]

    def first(self, inner: Inference) -> Problem | None:
        if id(inner) not in self._first:
            own = (problem for problem in self.of(inner) if problem.severity == "error")
            within = (error for each in inner.inner.values() if (error := self.first(each)) is not None)
            self._first[id(inner)] = next(chain(own, within), None)
        return self._first[id(inner)]


def _without_output(sheet: Sheet) -> Iterator[Problem]:
    """A block that gives nothing."""
    nodes = [node for node in sheet.nodes.values() if not node.muted]
    if not any(node.type == "Output" for node in nodes):
        first = next(iter(nodes), None)
        yield Problem(first.id if first else "", "", "The block has no output.", "Add an Output inside of it.")
