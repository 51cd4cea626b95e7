"""An operation of the autograd graph in words: what it computes, and the chain rule on the way back."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts.chain_rules import BACK, FORWARD, SLOPES
from nnstudio.ui.panels.parts.op_graph import LOSS, Numbers, OpGraph, operation

_FEW = 4
"""As many numbers are written out in a formula."""
_MADE = -1
"""The place of what comes out."""
_PLACE = re.compile(r"\{(\d)\}")
_CONSTANT = re.compile(r"\b(?:other|exponent)(?: =)? (-?[\d.]+(?:e[-+]?\d+)?)(?=,|$)")
_SUMMED = re.compile(r"\breduction 2\b")
"""As the losses save which reduction they have."""


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Chain", text)


def number_text(value: float) -> str:
    """In four digits, with a minus sign of its own."""
    return digits(float(value), ".4g")


def slope(name: str) -> str:
    """The gradient by something, as a formula has it."""
    return f"∂{LOSS}/∂{name}"


def few_text(numbers: Numbers) -> str:
    """A number, or a few of them; empty for none, and for more."""
    if not 0 < numbers.size <= _FEW:
        return ""
    told = [number_text(value) for value in numbers.tolist()]
    return told[0] if len(told) == 1 else f"[{', '.join(told)}]"


def forward_lines(graph: OpGraph, node: int) -> list[str]:
    """What an operation computes: in letters, then in numbers where they are few, or else in shapes."""
    structure, rule = graph.structure, _forward_rule(graph, node)
    operands, constants = _operands(graph, node), _constants(graph, node)
    names = constants | {place: structure.names[source] for place, source in operands.items()}
    result = few_text(graph.value(node))
    figures = {place: few_text(graph.value(source)) for place, source in operands.items()}
    line = f"{structure.names[node]} = {_filled(rule, names)}"
    if result and all(figures.values()):
        figures |= constants
        numbers = {place: _factor(text, first=place == min(figures)) for place, text in figures.items()}
        return [f"{line} = {_filled(rule, numbers)} = {result}"]
    shapes = ", ".join(_shape(graph, source) for source in operands.values())
    return [line, " = ".join(filter(None, [f"{shapes} → {_shape(graph, node)}", result]))]


def backward_lines(graph: OpGraph, node: int) -> list[str]:
    """A line for each operand: local derivative × what comes in = what goes out."""
    edges = graph.structure.edges
    return [_line(graph, number) for number in graph.structure.into[node] if edges[number].back]


def incoming_text(graph: OpGraph, node: int) -> str:
    """The gradient that comes in: "∂L/∂c = 1", or with its shape."""
    name, numbers = slope(graph.structure.names[node]), few_text(graph.gradient(node))
    return f"{name} = {numbers}" if numbers else f"{name} ({_shape(graph, node)})"


def _line(graph: OpGraph, number: int) -> str:
    """As "∂L/∂a = ∂c/∂a · ∂L/∂c = b · ∂L/∂c = −2 · 1 = −2"."""
    structure = graph.structure
    edge = structure.edges[number]
    name, result = structure.names[edge.source], few_text(graph.part(number))
    parts = [slope(name), *_letters(graph, number), *_figures(graph, number)]
    line = " = ".join(dict.fromkeys([*parts, result] if result else parts))
    if not result:
        line = f"{line} → {edge.shape or tr('a number')}"
    return line + _share(graph, edge.source)


def _letters(graph: OpGraph, number: int) -> list[str]:
    structure = graph.structure
    edge = structure.edges[number]
    name, made = structure.names[edge.source], structure.names[edge.target]
    kind, known = operation(structure.kinds[edge.target]), _operands(graph, edge.target)
    names = _constants(graph, edge.target) | {place: structure.names[source] for place, source in known.items()}
    names[_MADE] = made
    chain = f"∂{made}/∂{name} · {slope(made)}"
    rule = _at(SLOPES, kind, edge.place)
    if rule and (graph.local(number).size or kind not in BACK):
        local = _filled(_reduced(graph, edge.target, rule), names)
        return [chain] if "…" in local or _is_number(local) else [chain, f"{local} · {slope(made)}"]
    whole = _at(BACK, kind, edge.place)
    return [_filled(_reduced(graph, edge.target, tr(whole)), names)] if whole else [chain]


def _figures(graph: OpGraph, number: int) -> list[str]:
    """Local derivative times what comes in, in numbers where both are few."""
    local, incoming = graph.local(number), graph.gradient(graph.structure.edges[number].target)
    slopes, come = few_text(local), few_text(incoming)
    return [f"{slopes} · {_factor(come)}"] if slopes and come else []


def _share(graph: OpGraph, source: int) -> str:
    """Where a gradient comes by several ways, this is but a part of it."""
    takers = graph.structure.takers[source]
    if takers < 2:
        return ""
    whole = few_text(graph.gradient(source))
    words = tr(", one of {0} parts of {1} = {2}") if whole else tr(", one of {0} parts of {1}")
    return words.format(takers, slope(graph.structure.names[source]), whole)


def _forward_rule(graph: OpGraph, node: int) -> str:
    kind, operands = operation(graph.structure.kinds[node]), _operands(graph, node)
    rule = FORWARD.get(kind)
    if rule is not None and 0 in operands:
        return _reduced(graph, node, rule)
    return f"{kind}({', '.join(f'{{{place}}}' for place in sorted(operands))})"


def _reduced(graph: OpGraph, node: int, rule: str) -> str:
    """A loss that is a sum divides by nothing."""
    summed = _SUMMED.search(graph.saved(node)) is not None
    return rule.replace(" / n", "").replace("−1/n", "−1") if summed else rule


def _constants(graph: OpGraph, node: int) -> dict[int, str]:
    """A second operand that is a plain number, as in x · 2."""
    saved = _CONSTANT.search(graph.saved(node))
    return {1: saved[1].replace("-", "−")} if saved is not None else {}


def _operands(graph: OpGraph, node: int) -> dict[int, int]:
    """The nodes that an operation takes, by place."""
    edges = [graph.structure.edges[number] for number in graph.structure.into[node]]
    return {edge.place: edge.source for edge in edges}


def _at(rules: dict[str, tuple[str, ...]], kind: str, place: int) -> str:
    found = rules.get(kind, ())
    return found[place] if place < len(found) else ""


def _filled(rule: str, names: dict[int, str]) -> str:
    """With names in the places; what has none is an ellipsis."""
    made = names.get(_MADE, "")
    words = _PLACE.sub(lambda match: names.get(int(match[1]), "…"), rule)
    return words.replace("{y}", made).replace("{g}", slope(made))


def _shape(graph: OpGraph, node: int) -> str:
    return graph.structure.shapes[node] or tr("a number")


def _is_number(text: str) -> bool:
    return text.lstrip("−").isdecimal()


def _factor(text: str, *, first: bool = False) -> str:
    """A negative number has brackets where something stands before it."""
    return f"({text})" if text.startswith("−") and not first else text
