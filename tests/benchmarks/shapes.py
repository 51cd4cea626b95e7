"""Shapes, problems and source after one edit; and of Transformers drawn from primitives, from small to very large.

The rival runs the same network on torch's meta device, which is how shapes would be found with torch alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from nnstudio.compiler.compile import Compiler
from nnstudio.graph.document import Document
from tests.benchmarks.table import Row, paired

EDITS = 15
SIZES = (10, 50, 210)
"""Transformer layers of 24 nodes each: the largest has 5,041."""


def measure() -> list[Row]:
    """One edit in 300 nodes; and how the time grows with the number of nodes."""
    return [_one_edit(300), *_growth()]


def transformer(layers: int, width: int = 32, heads: int = 4) -> Document:
    """A decoder-only Transformer of primitives: Linear, Unflatten, Transpose, MatMul, Softmax, Add, LayerNorm, GELU."""
    document = Document("primitives")
    last = document.add("Input", "x", shape=(16, width))
    for number in range(layers):
        last = _layer(document, number, last.id, width, heads)
    return document


def _layer(document: Document, number: int, before: str, width: int, heads: int) -> Any:
    column = 0

    def add(kind: str, *sources: str, **params: Any) -> Any:
        nonlocal column
        column += 1
        node = document.add(kind, at=(column * 220.0, number * 500.0), **params)
        ports = [port.name for port in node.inputs]
        for place, source in enumerate(sources):
            document.connect(source, f"{node.id}.{ports[min(place, len(ports) - 1)]}")
        return node

    def head(source: str) -> str:
        flat = add("Linear", source, out_features=width)
        return str(add("Transpose", add("Unflatten", flat.id, dim=2, unflattened_size=(heads, width // heads)).id,
                       dim0=1, dim1=2).id)  # fmt: skip

    normed = add("LayerNorm", before).id
    query, key, value = head(normed), head(normed), head(normed)
    scores = add("MatMul", query, add("Transpose", key, dim0=2, dim1=3).id)
    shares = add("Softmax", add("Scale", scores.id, factor=(width // heads) ** -0.5).id)
    mixed = add("Flatten", add("Transpose", add("MatMul", shares.id, value).id, dim0=1, dim1=2).id, start_dim=2)
    middle = add("Add", add("Linear", mixed.id, out_features=width).id, before)
    wide = add("GELU", add("Linear", add("LayerNorm", middle.id).id, out_features=4 * width).id)
    return add("Add", add("Linear", wide.id, out_features=width).id, middle.id)


def _one_edit(nodes: int) -> Row:
    document = transformer(nodes // 20)
    compiler = Compiler()
    compiled = compiler.compile(document)
    assert not compiled.errors, compiled.errors[0]
    norms = [node for node in document.nodes.values() if node.type == "LayerNorm"]
    ours, rivals = [], []
    for number in range(EDITS):
        document.set(norms[len(norms) // 2], bias=bool(number % 2))
        ours.append(_seconds(lambda: compiler.compile(document)))
        rivals.append(_seconds(lambda: _on_meta(compiler.compile(document))))
    what = f"shapes, problems and source after one edit in {len(document.nodes)} nodes (goal 20 ms)"
    return Row(
        what, f"{1e3 * median(ours):.1f} ms", f"torch on meta {1e3 * median(rivals):.1f} ms", paired(ours, rivals)
    )


def _growth() -> list[Row]:
    rows, each = [], []
    for layers in SIZES:
        document = transformer(layers)
        count = len(document.nodes)
        seconds = min(_seconds(lambda document=document: Compiler().compile(document)) for _ in range(3))  # type: ignore[misc]
        each.append(seconds / count)
        ratio = each[-1] / each[0]
        rows.append(Row(f"the whole compiler, {count:,} nodes", f"{1e3 * seconds:.0f} ms",
                        f"{1e6 * each[0]:.0f} µs a node at first", ratio, "≤ 1.5"))  # fmt: skip
    return rows


def _on_meta(compiled: Any) -> None:
    space: dict[str, Any] = {"__name__": "benchmark"}
    exec(compile(compiled.source, "<benchmark>", "exec"), space)
    with torch.device("meta"):
        model = space[compiled.class_name]()
    free = compiled.signature.free
    model(*(torch.empty((2, *each.shape), device="meta") for each in free))


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
