"""Names for new nodes, and the ports a person most likely means when only two nodes are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from itertools import chain, count, product

from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.errors import LinkRefused
from nnstudio.graph import rules
from nnstudio.graph.names import Names
from nnstudio.graph.nodes import Link, Node
from nnstudio.params import Values

_LONGEST_STEM = rules.LONGEST_NAME - 8


def free_name(layer: LayerType, params: Values, taken: Container[str]) -> str:
    """`conv`, `conv2`, `conv3` ...: the layer's stem and the first number that is free."""
    return first_free(stem(layer, params), taken)


def stem(layer: LayerType, params: Values) -> str:
    """What new nodes are called, before a number."""
    named = params.get("dataset")
    if isinstance(named, str) and named.isidentifier():
        return named
    return layer.stem or re.sub(r"\dd$", "", layer.type).lower()


def first_free(stem: str, taken: Container[str]) -> str:
    """The stem, or the stem and the first number with which it is free and may be the name of a node."""
    stem = stem[:_LONGEST_STEM]
    if rules.LIKE_ID.fullmatch(stem) or (rules.LIKE_ID.fullmatch(f"{stem}2") and stem in taken):
        stem += "_"  # with any number it would be taken for an id
    begin = taken.begin(stem) if isinstance(taken, Names) else 1
    candidates = ((number, stem if number == 1 else f"{stem}{number}") for number in count(begin))
    number, name = next(each for each in candidates if each[1] not in taken and rules.may_be_name(each[1]))
    if isinstance(taken, Names):
        taken.used_up(stem, number)
    return name


def freed(name: str, taken: Container[str]) -> str:
    """The name itself if it is free, or else the same with the first number that is."""
    return name if name not in taken and rules.may_be_name(name) else first_free(name.rstrip("0123456789"), taken)


def free_block_name(name: str, taken: Container[str]) -> str:
    """The name itself if it is free, or else the same with the first number that is."""
    stem = name.rstrip("0123456789")[:_LONGEST_STEM]
    return next(found for found in chain((name,), (f"{stem}{n}" for n in count(2))) if found not in taken)


def snake(name: str) -> str:
    """A class's name as names of nodes are written: "SelfAttention" as "self_attention"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def best_link(start: Node, output: str, end: Node, entry: str, taken: Callable[[str], bool]) -> Link:
    """The link between two nodes; an empty port name means any that is free and fits best."""
    outputs = [port for port in start.outputs if not output or port.name == output]
    entries = [port for port in end.inputs if not entry or port.name == entry]
    if not outputs or not entries:
        side, node, name = ("output", start, output) if not outputs else ("input", end, entry)
        raise LinkRefused(f"'{node.name}' has no {side}{f' {name!r}' if name else ''}.", rule="no-such-port")
    pairs = list(product(entries, outputs))
    best = min(pairs, key=lambda pair: (*_misfit(pair[1], pair[0], taken), pairs.index(pair)))
    return Link(start.id, best[1].name, end.id, best[0].name)


_ANSWERS = ("target", "label", "next")
"""What data sets call the right answers."""


def _misfit(output: Port, entry: Port, taken: Callable[[str], bool]) -> tuple[bool, ...]:
    wrong_type = "any" not in (output.dtype, entry.dtype) and output.dtype != entry.dtype
    no_answer = (entry.target or entry.name == "target") and output.name not in _ANSWERS
    return (not entry.many and taken(entry.name), wrong_type, entry.target != (output.dtype == "int64"), no_answer)
