"""The order of computation, with a readable variable for every node.

The model has two parts: `forward`, from the inputs to the outputs, and `compute_loss`, from the outputs and the targets
to the loss. A node belongs to the second part when it is a loss, comes after one, or is on the way to a target alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from nnstudio.catalogue.spec import Given, Site
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.result import Signature
from nnstudio.compiler.wires import first_wire
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.rules import RESERVED

_USED_BY_MAIN = {"model"}
"""Variables of the script's last part, where the fields get an example value."""


@dataclass(frozen=True)
class Step:
    """One line of the model. `arguments` are the variables at each input port, in order."""

    node: Node
    site: Site
    variable: str
    arguments: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """Variables of fields, steps of both parts, and how the model is called."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Field name to its variable."""
    forward: tuple[Step, ...] = ()
    loss: tuple[Step, ...] = ()
    outputs: tuple[str, ...] = ()
    """Variables that forward returns."""
    signature: Signature = field(default_factory=Signature)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.forward + self.loss


def make_plan(inference: Inference, dataset: Node | None) -> Plan:
    """A plan of every node that is well and can be computed from the data set."""
    planner = _Planner(inference, dataset)
    planner.walk()
    return planner.plan()


class _Planner:
    def __init__(self, inference: Inference, dataset: Node | None) -> None:
        self.document: Document = inference.document
        self.sites = inference.sites
        self.dataset = dataset
        self.variables: dict[tuple[str, str], str] = {}
        self.steps: list[Step] = []
        self.fields = self._name_fields()

    def _name_fields(self) -> dict[str, str]:
        if self.dataset is None:
            return {}
        taken = {node.name for node in self.document.nodes.values() if node.inputs} | RESERVED | _USED_BY_MAIN
        names: dict[str, str] = {}
        for port in self.dataset.outputs:
            longer = (f"{self.dataset.name}_{port.name}{'_' * more}" for more in count())
            names[port.name] = next(name for name in chain([port.name], longer) if name not in taken)
            taken.add(names[port.name])
        return names

    def walk(self) -> None:
        for node in self.document.in_order():
            if self.dataset is not None and node.id == self.dataset.id:
                self.variables.update({(node.id, name): variable for name, variable in self.fields.items()})
            elif node.muted:
                self._pass_through(node)
            elif node.id in self.sites and not isinstance(node.layer.code, Given):
                self._add_step(node)

    def _pass_through(self, node: Node) -> None:
        link = first_wire(self.document, node)
        if link is not None and (link.source, link.output) in self.variables:
            self.variables[node.id, node.outputs[0].name] = self.variables[link.source, link.output]

    def _add_step(self, node: Node) -> None:
        links = {port.name: self.document.links_into(node, port.name) for port in node.inputs}
        ends = [(link.source, link.output) for found in links.values() for link in found]
        if not all(end in self.variables for end in ends):
            return
        arguments = {
            port: tuple(self.variables[link.source, link.output] for link in found) for port, found in links.items()
        }
        self.variables[node.id, node.outputs[0].name] = node.name
        self.steps.append(Step(node, self.sites[node.id], node.name, arguments))

    def plan(self) -> Plan:
        late = self._late()
        forward = tuple(step for step in self.steps if step.variable not in late)
        loss = tuple(step for step in self.steps if step.variable in late)
        if not any(step.node.layer.is_loss for step in loss):
            loss = ()  # the loss they would belong to is not well
        outputs = self._outputs(forward, loss)
        used = _used(forward)
        inputs = [name for name, variable in self.fields.items() if variable in used]
        wanted = _used(loss)
        targets = [name for name, variable in self.fields.items() if variable in wanted]
        signature = Signature(tuple(inputs), tuple(targets), outputs, *self._judged(loss, outputs))
        return Plan(self.fields, forward, loss, outputs, signature)

    def _only_for_targets(self) -> set[str]:
        """Ids of the nodes whose every use is a target, or leads to targets alone."""
        found: set[str] = set()
        for node in reversed(self.document.in_order()):
            uses = [link for link in self.document.links_of(node) if link.source == node.id]
            if not node.layer.is_loss and uses and all(self._is_target(link) or link.target in found for link in uses):
                found.add(node.id)
        return found

    def _is_target(self, link: Link) -> bool:
        return any(port.target for port in self.document.node(link.target).inputs if port.name == link.input)

    def _late(self) -> set[str]:
        """Variables of compute_loss."""
        answers = self._only_for_targets()
        late: set[str] = set()
        for step in self.steps:
            after_loss = any(name in late for names in step.arguments.values() for name in names)
            if step.node.layer.is_loss or after_loss or step.node.id in answers:
                late.add(step.variable)
        return late

    def _outputs(self, forward: tuple[Step, ...], loss: tuple[Step, ...]) -> tuple[str, ...]:
        """What the loss needs of forward, and what nobody takes."""
        wanted, used = _used(loss), _used(forward)
        return tuple(step.variable for step in forward if step.variable in wanted or step.variable not in used)

    def _judged(self, loss: tuple[Step, ...], outputs: tuple[str, ...]) -> tuple[str, str, str]:
        """The first loss's prediction, target field and task."""
        by_variable = {variable: name for name, variable in self.fields.items()}
        for step in loss:
            task = step.node.layer.task
            if task is None or not step.arguments["prediction"] or not step.arguments["target"]:
                continue
            prediction, target = step.arguments["prediction"][0], step.arguments["target"][0]
            if prediction in outputs:
                field_name = by_variable.get(target, "")  # empty: computed from fields, so there is nothing to compare
                return prediction, field_name, task(step.site) if field_name else "values"
        return "", "", "values"


def _used(steps: tuple[Step, ...]) -> set[str]:
    return {name for step in steps for names in step.arguments.values() for name in names}
