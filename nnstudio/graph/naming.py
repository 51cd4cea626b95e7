"""Names for new nodes, and the ports a person most likely means when only two nodes are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from itertools import count, product

from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.errors import LinkRefused
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.rules import RESERVED
from nnstudio.params import Values


def free_name(layer: LayerType, params: Values, taken: Container[str]) -> str:
    """`conv`, `conv2`, `conv3` ...: the layer's stem and the first number that is free."""
    stem = layer.stem or re.sub(r"\dd$", "", layer.type).lower()
    named = params.get("dataset")
    if isinstance(named, str) and named.isidentifier():
        stem = named
    candidates = (stem if number == 1 else f"{stem}{number}" for number in count(1))
    return next(name for name in candidates if name not in taken and name not in RESERVED)


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


def _misfit(output: Port, entry: Port, taken: Callable[[str], bool]) -> tuple[bool, bool, bool]:
    wrong_type = "any" not in (output.dtype, entry.dtype) and output.dtype != entry.dtype
    return (not entry.many and taken(entry.name), wrong_type, entry.target != (output.dtype == "int64"))
