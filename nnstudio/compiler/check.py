"""What keeps a drawing from running, beyond its shapes."""

from __future__ import annotations

from nnstudio.compiler.infer import Inference
from nnstudio.compiler.plan import Plan
from nnstudio.compiler.result import Fix, Problem
from nnstudio.compiler.wires import origin
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node


def datasets_in(document: Document) -> list[Node]:
    """Dataset nodes, those with wires first, then the older."""
    found = [node for node in document.nodes.values() if node.type == "Dataset" and not node.muted]
    return sorted(found, key=lambda node: (not document.links_of(node), node.order))


def check(inference: Inference, plan: Plan) -> list[Problem]:
    """All problems: of the whole drawing, then of the nodes in order."""
    document = inference.document
    if not document.nodes:
        return [Problem("", "", "The drawing is empty.", "Drag a layer on to it, or open an example.")]
    problems = [*_data_problems(document), *_loss_problems(document, inference, plan), *inference.problems]
    problems.extend(_lonely(document))
    order = {node.id: place for place, node in enumerate(document.in_order())}
    return sorted(problems, key=lambda problem: (problem.severity != "error", order.get(problem.node, -1)))


def _data_problems(document: Document) -> list[Problem]:
    found = datasets_in(document)
    if not found:
        return [Problem("", "", "There is no data.", "Add a Dataset and connect it to the first layer.")]
    return [
        Problem(node.id, "", f"'{node.name}' is a second data set: one is used at a time.", "Delete it, or mute it.")
        for node in found[1:]
        if document.links_of(node)
    ]


def _loss_problems(document: Document, inference: Inference, plan: Plan) -> list[Problem]:
    losses = [node for node in document.nodes.values() if node.layer.is_loss and not node.muted]
    problems = [problem for loss in losses for problem in _judges_data(document, loss)]
    if not losses:
        problems.append(_no_loss(document, inference, plan))
    return problems


def _judges_data(document: Document, loss: Node) -> list[Problem]:
    origins = [origin(document, link) for link in document.links_into(loss, "prediction")]
    if any(link is not None and document.node(link.source).type == "Dataset" for link in origins):
        message = f"{loss.type} '{loss.name}' judges the data itself."
        return [Problem(loss.id, "prediction", message, "Put layers between the data and the loss.")]
    return []


def _no_loss(document: Document, inference: Inference, plan: Plan) -> Problem:
    """A warning: such a network can be looked at, but not trained. Where the end is clear, offer the usual loss."""
    remedy = None
    dataset = next(iter(datasets_in(document)), None)
    if len(plan.outputs) == 1 and plan.forward and dataset is not None:
        labels = [spec for spec in inference.facts[dataset.id].outputs.values() if spec.classes]
        layer = "CrossEntropyLoss" if labels else "MSELoss"
        remedy = Fix("append", f"Add {layer}", plan.forward[-1].node.id, layer=layer)
    message = "There is no loss, so there is nothing to train."
    return Problem("", "", message, "Add a loss at the end.", severity="warning", remedy=remedy)


def _lonely(document: Document) -> list[Problem]:
    return [
        Problem(node.id, "", f"'{node.name}' is not connected.", "Connect it, or delete it.", severity="warning")
        for node in document.nodes.values()
        if not document.links_of(node) and (node.inputs or len(document.nodes) > 1)
    ]
