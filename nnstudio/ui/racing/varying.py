"""What can vary in a race, and the values of it as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.errors import BadParameter
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.graph.race import PLAN, WITH_OWN, Axis, literal, words
from nnstudio.graph.training import plan_sections
from nnstudio.params import BoolParam, ChoiceParam, FloatParam, IntParam, Param, SizeParam, Value
from nnstudio.ui.inspector import texts

KINDS = (IntParam, FloatParam, BoolParam, ChoiceParam, SizeParam)
"""Of parameters whose values are one number or one word each."""
RATES = (0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Varying:
    """A parameter that can vary, and its value now."""

    path: str
    param: Param
    value: Value

    @property
    def numeric(self) -> bool:
        """Whether it can go from one number to another."""
        return isinstance(self.param, IntParam | FloatParam)

    @property
    def whole(self) -> bool:
        return isinstance(self.param, IntParam)

    def suggested(self) -> tuple[Value, ...]:
        """Values to begin with."""
        param, value = self.param, self.value
        if self.path == f"{PLAN}.lr":
            return RATES
        if isinstance(param, BoolParam):
            return (True, False)
        if isinstance(param, ChoiceParam):
            return param.choices[:3]
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return tuple(dict.fromkeys(self._taken(value / 2, value, value * 2)))
        return (value,) if value is not None else (param.default,)

    def _taken(self, *values: float) -> Iterator[Value]:
        """Those that the parameter takes."""
        for value in values:
            try:
                yield self.param.check(round(value) if isinstance(self.param, IntParam | SizeParam) else value)
            except BadParameter:
                continue


def varying(document: Document) -> list[Varying]:
    """All parameters that can vary: the plan's, then those of the nodes in the order they were added."""
    plan = document.plan
    found = [
        Varying(f"{PLAN}.{param.name}", param, plan.values[param.name])
        for section in plan_sections(plan.values)
        for param in section.params
        if isinstance(param, KINDS)
    ]
    for lead, node in _nodes(document, "", ()):
        found += [
            Varying(f"{lead}{node.name}.{param.name}", param, node.params[param.name])
            for param in node.layer.params_for(node.params)
            if isinstance(param, KINDS) and not param.hidden
        ]
    return found


def _nodes(document: Document, block: str, around: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    """Each node, with the names of the instances around it; of several instances of a block the first one alone."""
    seen: set[str] = set()
    for node in sorted(document.sheet(block).nodes.values(), key=lambda node: node.order):
        yield "".join(f"{name}." for name in around), node
        if node.block and node.block not in seen:
            seen.add(node.block)
            yield from _nodes(document, node.block, (*around, node.name))


def values_text(values: tuple[Value, ...]) -> str:
    """As a person writes them."""
    return ", ".join(texts.float_text(value) if isinstance(value, float) else words(value) for value in values)


def values_from(varying: Varying | None, path: str, text: str) -> tuple[Value, ...]:
    """What is written, each value once. Raises BadParameter for what the parameter does not take."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    return tuple(dict.fromkeys(_value(varying, path, part) for part in parts))


def _value(varying: Varying | None, path: str, part: str) -> Value:
    if varying is None:
        return literal(part)
    if varying.param.optional and part.lower() == "none":
        return None
    if path in WITH_OWN:  # its own parameters are checked with the plan
        varying.param.check(part.split()[0])
        return part
    if isinstance(varying.param, BoolParam):
        return varying.param.check(literal(part))
    value = varying.param.check(texts.from_text(varying.param, part))
    if isinstance(value, tuple):
        raise varying.param.refuse(part)
    return value


def axis_of(varying: Varying, values: tuple[Value, ...] | None = None) -> Axis:
    """A row for it."""
    return Axis(varying.path, varying.suggested() if values is None else values)
