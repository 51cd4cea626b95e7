"""What the places of a sequence are, at a port of a drawing: the tokens of a field, or the patches of a picture.

Followed back along the first wire into each node, out of blocks and into them, as far as the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import BLOCK, DATASET, INPUT, OUTPUT, Node
from nnstudio.ui import places

ATTENTIONS = {
    "MultiheadAttention": ("query", "key"),
    "ScaledDotProductAttention": ("query", "key"),
    "BahdanauAttention": ("query", "memory"),
    "LuongAttention": ("query", "memory"),
    "AttentionDecoder": ("target", "memory"),
    "TransformerEncoder": ("src", "src"),
    "TransformerEncoderLayer": ("src", "src"),
    "TransformerDecoder": ("tgt", "memory"),
    "TransformerDecoderLayer": ("tgt", "memory"),
    "Transformer": ("tgt", "src"),
}
"""Layers with attention, and the ports that who looks and what is looked at come in by."""
_SOFTMAX, _PRODUCT = "Softmax", "MatMul"
_FARTHEST = 200
"""Nodes on the way back; a drawing may have a cycle while it is made."""


@dataclass(frozen=True)
class Source:
    """`field` of the data, or an Input. `before` is how many tokens of its own the network puts before the first.

    `grid` is rows and columns of patches, where the places are those of a picture.
    """

    field: str = ""
    before: int = 0
    grid: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Spot:
    """A node of a drawing, with the instances around it; `rest` is the name of a module within the node."""

    path: places.Path
    node: Node
    rest: str = ""


def has_attention(document: Document, node: Node) -> bool:
    """Whether a node is one with attention, or a block with such a node in it."""
    if node.block:
        return any(has_attention(document, inner) for inner in document.sheet(node.block).nodes.values())
    return node.type in ATTENTIONS or (node.type == _SOFTMAX and bool(_product_of(document, node)))


def spot_of(document: Document, name: str) -> Spot | None:
    """The node that a module of the network belongs to, by the module's name; None where there is none by now."""
    sheet: Sheet = document
    path: places.Path = ()
    parts = name.split(".")
    while parts:
        node = next((each for each in sheet.nodes.values() if each.name == parts[0]), None)
        if node is None:
            return None
        parts = parts[1:]
        if not node.block:
            return Spot(path, node, ".".join(parts))
        parts = parts[1:] if parts and parts[0].isdigit() else parts
        path, sheet = (*path, node.id), document.sheet(node.block)
    return None


def sources(document: Document, facts: Mapping[str, NodeFacts], name: str, kind: str) -> tuple[Source, Source]:
    """Of the places that look, and of those they look at, in the attention that a module of that name is."""
    spot = spot_of(document, name)
    if spot is None or (spot.node.type == _SOFTMAX and _product_of(document, spot.node) is None):
        return Source(), Source()
    if spot.node.type == _SOFTMAX:
        spot = replace(spot, node=_product_of(document, spot.node) or spot.node)
        queries, keys = (port.name for port in spot.node.inputs[:2])
    else:
        queries, keys = _ports(spot, kind)
    walk = _Walk(document, facts)
    asking = walk.back(spot, queries)
    return asking, asking if keys == queries else walk.back(spot, keys)


def _ports(spot: Spot, kind: str) -> tuple[str, str]:
    queries, keys = ATTENTIONS.get(spot.node.type, ("", ""))
    if spot.node.type == "Transformer" and spot.rest.startswith("encoder"):
        return keys, keys
    return (queries, queries) if kind == "self" else (queries, keys)


def _product_of(document: Document, node: Node) -> Node | None:
    """The MatMul whose scores a Softmax takes; None for one that makes probabilities of something else."""
    sheet = document.sheet_of(node.id)
    for _ in range(8):
        link = _first_link(sheet, node, "")
        if link is None:
            return None
        node = sheet.nodes[link[0]]
        if node.type == _PRODUCT:
            return node
        if node.type in ("Linear", BLOCK, INPUT, DATASET):
            return None
    return None


def _first_link(sheet: Sheet, node: Node, port: str) -> tuple[str, str] | None:
    """The node and its output that feed a port, or else the first port that is fed."""
    ports = [each.name for each in node.inputs]
    for name in [port] if port else ports:
        for link in sheet.links_into(node.id, name):
            return link.source, link.output
    return None


class _Walk:
    """Back to the data."""

    def __init__(self, document: Document, facts: Mapping[str, NodeFacts]) -> None:
        self._document, self._facts = document, facts

    def back(self, spot: Spot, port: str) -> Source:
        """From a port of a node."""
        found, path, node = Source(), spot.path, spot.node
        for _ in range(_FARTHEST):
            step = self._step(path, node, port)
            if step is None:
                return found
            path, node, output = step
            if node.type == DATASET or (node.type == INPUT and not path):
                return replace(found, field=output if node.type == DATASET else node.name)
            found, port = self._told(found, node), ""
        return found

    def _step(self, path: places.Path, node: Node, port: str) -> tuple[places.Path, Node, str] | None:
        """The node before, out of its block or into another where the wire leads there."""
        sheet = places.sheets_on(self._document, path)[-1]
        if node.type == INPUT and path:
            outer = places.sheets_on(self._document, path[:-1])[-1]
            path, node, port, sheet = path[:-1], outer.nodes[path[-1]], node.name, outer
        link = _first_link(sheet, node, port)
        if link is None:
            return None
        before, output = sheet.nodes[link[0]], link[1]
        while before.block:
            path, sheet = (*path, before.id), self._document.sheet(before.block)
            inner = next((each for each in sheet.nodes.values() if each.type == OUTPUT and each.name == output), None)
            link = _first_link(sheet, inner, "") if inner is not None else None
            if link is None:
                return None
            before, output = sheet.nodes[link[0]], link[1]
        return path, before, output

    def _told(self, found: Source, node: Node) -> Source:
        """What a node on the way says of the places."""
        if node.type == "ClassToken":
            return replace(found, before=found.before + 1)
        return found if any(found.grid) else replace(found, grid=self._grid(node))

    def _grid(self, node: Node) -> tuple[int, int]:
        """Rows and columns of what is cut into patches here, or is an image still; none elsewhere."""
        facts = self._facts.get(node.id)
        if facts is None:
            return 0, 0
        if node.type == "PatchEmbedding":
            shape = next((spec.per_sample for specs in facts.inputs.values() for spec in specs), ())
            size = node.params["patch_size"]
            high, wide = np.broadcast_to(np.asarray(size, int), 2).tolist()
            return (shape[1] // high, shape[2] // wide) if len(shape) == 3 else (0, 0)
        shape = next((spec.per_sample for spec in facts.outputs.values()), ())
        return (
            (shape[1], shape[2]) if len(shape) == 3 and node.layer.family.key in ("convolution", "pooling") else (0, 0)
        )
