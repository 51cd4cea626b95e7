"""What the summary lists: a row for each node in the order of the computation, those of a block under the block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.result import Compiled, NodeFacts
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node

SIZES = {"float32": 4, "int64": 8, "bool": 1}
"""Bytes of one number."""
FLOP_PJ, BYTE_PJ = 2.3, 160.0
"""Picojoules: half of a multiply and an add of float32 (3.7 and 0.9), and a byte from memory (640 for 32 bits), in a
chip of 45 nm, after Horowitz, "Computing's Energy Problem", ISSCC 2014."""
DEEPEST = 12
"""Blocks in blocks that are listed."""


@dataclass(frozen=True)
class LayerRow:
    """One node. Counts are for all `times` that it is computed; `flops` and bytes of what it puts out for one sample.

    `variables` are the names that the engine may have for it; those of a repeated block are several.
    """

    node: str
    name: str
    type: str
    family: str
    output: TensorSpec | None
    parameters: int
    flops: int
    weight_bytes: int
    output_bytes: int
    moved_bytes: int
    """In and out for one sample, but for the weights."""
    variables: tuple[str, ...] = ()
    times: int = 1
    inside: tuple[LayerRow, ...] = ()

    def energy(self, batch: int) -> float:
        """Picojoules for one sample of a batch, whose samples share the way of the weights: an estimate."""
        if self.inside:
            return sum(row.energy(batch) for row in self.inside)
        return FLOP_PJ * self.flops + BYTE_PJ * (self.moved_bytes + self.weight_bytes / max(batch, 1))


@dataclass(frozen=True)
class Totals:
    """Of all rows."""

    layers: int = 0
    parameters: int = 0
    flops: int = 0
    weight_bytes: int = 0
    output_bytes: int = 0
    energy: float = 0.0


@dataclass(frozen=True)
class _Place:
    """Where rows are made: how the engine's names begin there, each of several times, and how often it is computed."""

    leads: tuple[str, ...] = ("",)
    times: int = 1
    depth: int = 0
    around: tuple[str, ...] = field(default=())


def layer_rows(document: Document, compiled: Compiled) -> tuple[LayerRow, ...]:
    """A row for each node that is understood; data and results without a computation are left out."""
    return _rows(document, document, compiled.facts, _Place())


def totals_of(rows: Sequence[LayerRow], batch: int) -> Totals:
    """Sums over the rows of the main drawing: a block's are those of what is inside."""
    return Totals(
        layers=sum(1 for row in flat(rows) if not row.inside),
        parameters=sum(row.parameters for row in rows),
        flops=sum(row.flops for row in rows),
        weight_bytes=sum(row.weight_bytes for row in rows),
        output_bytes=sum(row.output_bytes for row in rows),
        energy=sum(row.energy(batch) for row in rows),
    )


def flat(rows: Sequence[LayerRow]) -> Iterator[LayerRow]:
    """All rows, those inside a block behind it."""
    for row in rows:
        yield row
        yield from flat(row.inside)


def _rows(document: Document, sheet: Sheet, facts: Mapping[str, NodeFacts], place: _Place) -> tuple[LayerRow, ...]:
    nodes = [node for node in sheet.in_order() if node.type not in ("Dataset", "Input", "Output") and node.id in facts]
    return tuple(_row(document, node, facts, place) for node in nodes)


def _row(document: Document, node: Node, facts: Mapping[str, NodeFacts], place: _Place) -> LayerRow:
    known = facts[node.id]
    inside = _inside(document, node, facts, place)
    outputs = list(known.outputs.values())[:1]
    times = place.times
    out = sum(row.output_bytes for row in inside) if inside else times * sum(map(_bytes, outputs))
    given = times * sum(_bytes(spec) for specs in known.inputs.values() for spec in specs)
    return LayerRow(
        node=node.id,
        name=node.name,
        type=node.type,
        family=node.layer.family.key,
        output=outputs[0] if outputs else None,
        parameters=times * known.parameters,
        flops=times * known.flops,
        weight_bytes=SIZES["float32"] * times * known.parameters,
        output_bytes=out,
        moved_bytes=given + times * sum(map(_bytes, outputs)),
        variables=tuple(name for lead in place.leads for name in _variables(node, lead)),
        times=times,
        inside=inside,
    )


def _variables(node: Node, lead: str) -> list[str]:
    """The first output has the node's name, the others theirs behind it."""
    return [f"{lead}{node.name}", *(f"{lead}{node.name}_{port.name}" for port in node.outputs[1:])]


def _inside(document: Document, node: Node, facts: Mapping[str, NodeFacts], place: _Place) -> tuple[LayerRow, ...]:
    block = node.block
    if not block or block in place.around or place.depth >= DEEPEST or block not in document.blocks:
        return ()
    repeat = node.params["repeat"]
    times = repeat if isinstance(repeat, int) else 1
    parts = [f"{node.name}.{number}." for number in range(times)] if times != 1 else [f"{node.name}."]
    leads = tuple(lead + part for lead in place.leads for part in parts)
    inner = _Place(leads, place.times * times, place.depth + 1, (*place.around, block))
    return _rows(document, document.sheet(block), facts, inner)


def _bytes(spec: TensorSpec) -> int:
    """Of one sample."""
    return prod(spec.per_sample) * SIZES.get(spec.dtype, 4)
