"""A batch behind the nodes that prepare data, as the probe `batch` brings it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from nnstudio.data.spec import Field
from nnstudio.graph.document import Document
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.data.source import Known

PROBE = "batch"
PREPARING = ("Augment", "Standardize")
"""Types of nodes that prepare data."""
MOST = 256
"""Samples that are asked for."""


def preparing_nodes(document: Document) -> list[str]:
    """Names of the nodes that prepare data, in the order of the computation."""
    return [node.name for node in document.in_order() if node.type in PREPARING]


def options_for(known: Known, node: str, draw: int) -> dict[str, Option]:
    """What to ask the probe for; another `draw` is another chance."""
    ref, size = known.shown.ref, known.shown.batch
    return {"nodes": [node], "seed": ref.seed, "batch_size": size, "count": min(size, MOST), "draw": draw}


def prepared(frame: ProbeFrame, known: Known, node: str) -> tuple[Known, Mapping[str, NDArray[Any]]] | None:
    """The samples behind a node with their target, as if they were data; None where the frame has not got them."""
    array = frame.arrays.get(node)
    if array is None:
        return None
    arrays = {node: array.numpy()}
    shape = arrays[node].shape[1:]
    like = next((field for field in known.fields if field.shape == shape and field.dtype == "float32"), None)
    fields = [replace(like, name=node) if like is not None else Field(node, shape, kind=_kind(shape))]
    names = dict(known.names)
    target = frame.arrays.get("target")
    answer = next((field for field in known.fields if field.kind in ("label", "number")), None)
    if target is not None and answer is not None and target.shape[1:] == answer.shape:
        fields.append(answer)
        arrays[answer.name] = target.numpy()
    return replace(known, fields=tuple(fields), names=names), arrays


def _kind(shape: tuple[int, ...]) -> str:
    return {1: "vector", 3: "image"}.get(len(shape), "sequence")
