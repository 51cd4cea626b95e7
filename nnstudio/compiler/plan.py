"""The order of computation, with a readable variable for everything that is used.

The model has two parts: `forward`, from the inputs to the outputs, and `compute_loss`, from the outputs and the targets
to the loss. A node belongs to the second part when it is a loss, comes after one, or is on the way to a target alone.
A block has the first part only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count

from nnstudio.catalogue.spec import Code, Port, Site
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.result import FreeInput, Signature
from nnstudio.compiler.wires import first_wire
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.rules import RESERVED

_USED_BY_MAIN = {"model"}
"""Variables of the script's last part, where the fields get an example value."""


@dataclass(frozen=True)
class Step:
    """One line of the model. `arguments` are the variables at each input port, in order.

    `targets` are the variables of the output ports that something takes; of the first one, if nothing does.
    """

    node: Node
    site: Site
    code: Code
    targets: Mapping[str, str]
    arguments: Mapping[str, tuple[str, ...]]
    running: Mapping[str, str] = field(default_factory=dict)
    """Of a block that is repeated: a variable for every output port, whether or not something takes it."""

    @property
    def variable(self) -> str:
        """The first of its variables."""
        return next(iter(self.targets.values()))


@dataclass(frozen=True)
class Plan:
    """Variables of what comes in, steps of both parts, and how the model is called."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Field or input by name, to its variable."""
    forward: tuple[Step, ...] = ()
    loss: tuple[Step, ...] = ()
    outputs: tuple[str, ...] = ()
    """Variables that forward returns."""
    signature: Signature = field(default_factory=Signature)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.forward + self.loss

    @property
    def losses(self) -> tuple[Step, ...]:
        """Those that add up: one that another is computed from counts through that one alone."""
        sources: dict[str, frozenset[str]] = {}
        for step in self.loss:
            taken = frozenset(name for names in step.arguments.values() for name in names)
            before = taken.union(*(sources.get(name, frozenset()) for name in taken))
            sources.update(dict.fromkeys(step.targets.values(), before))
        found = [step for step in self.loss if step.node.layer.is_loss]
        consumed = frozenset[str]().union(*(sources[step.variable] for step in found))
        return tuple(step for step in found if step.variable not in consumed)


def make_plan(inference: Inference, dataset: Node | None) -> Plan:
    """A plan of every node that is well and can be computed from the data set and the inputs."""
    planner = _Planner(inference, dataset)
    planner.walk()
    return planner.plan()


def make_block_plan(inference: Inference) -> Plan:
    """A plan of the inside of a block: its Input nodes are the arguments of forward, its Output nodes the results."""
    if inference.planned is None:
        planner = _Planner(inference, None)
        planner.walk()
        inference.planned = planner.block_plan()
    plan: Plan = inference.planned
    return plan


class _Planner:
    def __init__(self, inference: Inference, dataset: Node | None) -> None:
        self.inference = inference
        self.sheet = inference.sheet
        self.nodes = {key: inference.nodes.get(key, node) for key, node in self.sheet.nodes.items()}
        self.dataset = dataset
        self.order = [self.nodes[node.id] for node in self.sheet.in_order()]
        self.variables: dict[tuple[str, str], str] = {}
        self.steps: list[Step] = []
        self.taken = {node.name for node in self.nodes.values() if node.type != "Dataset"} | RESERVED | _USED_BY_MAIN
        self.used = {(link.source, link.output) for link in self.sheet.links}
        self.free = sorted((node for node in self.order if node.type == "Input"), key=lambda node: node.order)
        self.fields = self._name_fields() | {node.name: node.name for node in self.free}

    def _name_fields(self) -> dict[str, str]:
        if self.dataset is None:
            return {}
        names: dict[str, str] = {}
        for port in self.dataset.outputs:
            names[port.name] = self._free_name(port.name, f"{self.dataset.name}_{port.name}")
        return names

    def _free_name(self, *wanted: str) -> str:
        """The first of these that is free; else the last with underscores behind it."""
        longer = (f"{wanted[-1]}{'_' * more}" for more in count(1))
        name = next(name for name in chain(wanted, longer) if name not in self.taken)
        self.taken.add(name)
        return name

    def walk(self) -> None:
        for node in self.order:
            if self.dataset is not None and node.id == self.dataset.id:
                self.variables.update({(node.id, port.name): self.fields[port.name] for port in node.outputs})
            elif node.muted:
                self._pass_through(node)
            elif node.type == "Input":
                self.variables[node.id, node.outputs[0].name] = node.name
            elif node.id in self.inference.sites and not node.layer.is_given:
                self._add_step(node)

    def _pass_through(self, node: Node) -> None:
        link = first_wire(self.sheet, node)
        if link is not None and node.outputs and (link.source, link.output) in self.variables:
            self.variables[node.id, node.outputs[0].name] = self.variables[link.source, link.output]

    def _add_step(self, node: Node) -> None:
        links = {port.name: self.sheet.links_into(node.id, port.name) for port in node.inputs}
        ends = [(link.source, link.output) for found in links.values() for link in found]
        if not all(end in self.variables for end in ends):
            return
        arguments = {
            port: tuple(self.variables[link.source, link.output] for link in found) for port, found in links.items()
        }
        targets = self._targets(node)
        self.variables.update({(node.id, port): variable for port, variable in targets.items()})
        site = self.inference.sites[node.id]
        self.steps.append(Step(node, site, node.layer.code_for(site), targets, arguments, self._running(node, targets)))

    def _targets(self, node: Node) -> dict[str, str]:
        """The first port has the node's name, the others theirs behind it."""
        first = node.outputs[0]
        wanted = [port for port in node.outputs if (node.id, port.name) in self.used] or [first]
        return {port.name: self._target(node, port, port.name == first.name) for port in wanted}

    def _running(self, node: Node, targets: Mapping[str, str]) -> dict[str, str]:
        if not node.layer.is_block or node.params["repeat"] == 1:
            return {}
        first, *others = (port.name for port in node.outputs)
        found = {first: targets.get(first, node.name)}
        return found | {port: targets.get(port) or self._free_name(f"{node.name}_{port}") for port in others}

    def _target(self, node: Node, port: Port, first: bool) -> str:
        return node.name if first else self._free_name(f"{node.name}_{port.name}")

    # The parts

    def plan(self) -> Plan:
        late = self._late()
        forward = tuple(step for step in self.steps if step.node.id not in late)
        loss = tuple(step for step in self.steps if step.node.id in late)
        if not any(step.node.layer.is_loss for step in loss):
            loss = ()  # the loss they would belong to is not well
        outputs = self._outputs(forward, loss)
        used, wanted = _used(forward), _used(loss)
        inputs = [name for name, variable in self.fields.items() if variable in used]
        targets = [name for name, variable in self.fields.items() if variable in wanted]
        prediction, target, task, ignore = self._judged(loss, outputs)
        free = tuple(self._free_input(node) for node in self.free if node.name in {*inputs, *targets})
        signature = Signature(tuple(inputs), tuple(targets), outputs, prediction, target, task, ignore, free)
        return Plan(self.fields, forward, loss, outputs, signature)

    def block_plan(self) -> Plan:
        ends = sorted((step for step in self.steps if step.node.type == "Output"), key=lambda step: step.node.order)
        outputs = tuple(step.variable for step in ends)
        inputs = tuple(node.name for node in self.free)
        return Plan(self.fields, tuple(self.steps), (), outputs, Signature(inputs, outputs=outputs))

    def _free_input(self, node: Node) -> FreeInput:
        spec = self.inference.facts[node.id].outputs[node.outputs[0].name]
        return FreeInput(node.name, spec.per_sample, spec.dtype, spec.classes)

    def _only_for_targets(self) -> set[str]:
        """Ids of the nodes whose every use is a target, or leads to targets alone."""
        found: set[str] = set()
        for node in reversed(self.order):
            uses = [link for link in self.sheet.links_of(node.id) if link.source == node.id]
            if not node.layer.is_loss and uses and all(self._is_target(link) or link.target in found for link in uses):
                found.add(node.id)
        return found

    def _is_target(self, link: Link) -> bool:
        return any(port.target for port in self.nodes[link.target].inputs if port.name == link.input)

    def _late(self) -> set[str]:
        """Ids of the nodes of compute_loss."""
        answers = self._only_for_targets()
        late: set[str] = set()
        behind: set[str] = set()
        """Their variables."""
        for step in self.steps:
            after_loss = any(name in behind for names in step.arguments.values() for name in names)
            if step.node.layer.is_loss or after_loss or step.node.id in answers:
                late.add(step.node.id)
                behind.update(step.targets.values())
        return late

    def _outputs(self, forward: tuple[Step, ...], loss: tuple[Step, ...]) -> tuple[str, ...]:
        """What the loss needs of forward, what has a name as an output, and what nobody takes."""
        wanted, used = _used(loss), _used(forward)
        made = [(variable, step) for step in forward for variable in step.targets.values()]
        return tuple(name for name, step in made if name in wanted or name not in used or step.node.type == "Output")

    def _judged(self, loss: tuple[Step, ...], outputs: tuple[str, ...]) -> tuple[str, str, str, int | None]:
        """The first loss's prediction, target field, task, and the class that does not count."""
        by_variable = {variable: name for name, variable in self.fields.items()}
        for step in loss:
            task = step.node.layer.task
            prediction, target = ([*step.arguments.get(port, ()), ""][0] for port in ("prediction", "target"))
            if task is None or not target or prediction not in outputs:
                continue
            field_name = by_variable.get(target, "")  # empty: computed from fields, so there is nothing to compare
            ignore = step.node.params.get("ignore_index")
            kind = task(step.site) if field_name else "values"
            return prediction, field_name, kind, ignore if isinstance(ignore, int) and ignore >= 0 else None
        return "", "", "values", None


def _used(steps: tuple[Step, ...]) -> set[str]:
    return {name for step in steps for names in step.arguments.values() for name in names}
