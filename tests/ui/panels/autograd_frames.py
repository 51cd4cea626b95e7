"""Frames of the probe of autograd's graph, written by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Row = list[float]


@dataclass
class Sketch:
    """A graph as it is written down: nodes in the order of the computation, and edges to the later ones."""

    nodes: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Kind, label, group, shape."""
    edges: list[tuple[int, int, int, int]] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    values: dict[int, Row] = field(default_factory=dict)
    gradients: dict[int, Row] = field(default_factory=dict)
    parts: dict[int, Row] = field(default_factory=dict)
    locals: dict[int, Row] = field(default_factory=dict)

    def add(self, kind: str, label: str = "", group: str = "", shape: str = "", inputs: tuple[int, ...] = ()) -> int:
        """One more node; gradients go back to all inputs but those of the data."""
        number = len(self.nodes)
        self.nodes.append((kind, label, group, shape))
        for place, source in enumerate(inputs):
            self.edges.append((source, number, place, int(self.nodes[source][0] not in ("input", "constant"))))
        if "Backward" in kind:
            self.order.insert(0, number)
        return number

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        count = len(self.nodes)
        norms = [[np.linalg.norm(self.gradients[n])] if n in self.gradients else [np.nan] for n in range(count)]
        return {
            "edges": np.array(self.edges, np.int32).reshape(-1, 4),
            "order": np.array(self.order, np.int32),
            "figures": np.tile(np.array([0.5, 0.25, -1, 2], np.float32), (count, 1)),
            "norms": np.array(norms, np.float32),
            **_rows("value", self.values, count),
            **_rows("gradient", self.gradients, count),
            **_rows("part", self.parts, len(self.edges)),
            **_rows("local", self.locals, len(self.edges)),
        }

    def facts(self, **more: Any) -> dict[str, Any]:
        kinds, labels, groups, shapes = (list(column) for column in zip(*self.nodes, strict=True))
        told = {"kinds": kinds, "labels": labels, "groups": groups, "shapes": shapes, "saved": ["alpha 1"] * len(kinds)}
        told["edge_shapes"] = [shapes[source] for source, *_ in self.edges]
        return {**told, "sample": 0, "samples": 9, "loss": -3.0, "left": 0, **more}


def _rows(name: str, rows: dict[int, Row], count: int) -> dict[str, np.ndarray[Any, Any]]:
    listed = [rows.get(number, []) for number in range(count)]
    joined = np.array([value for row in listed for value in row], np.float32)
    return {f"{name}s": joined, f"{name}_starts": np.cumsum([0, *map(len, listed)]).astype(np.int32)}


def five_numbers() -> Sketch:
    """c = a · b, e = c + d, with a = 4, b = −2, d = 5."""
    made = Sketch()
    a, b = made.add("parameter", "a", "a"), made.add("parameter", "b", "b")
    c = made.add("MulBackward0", "c", "c", inputs=(a, b))
    d = made.add("parameter", "d", "d")
    made.add("AddBackward0", "e", "e", inputs=(c, d))
    made.values = dict(enumerate([[4.0], [-2.0], [-8.0], [5.0], [-3.0]]))
    made.gradients = dict(enumerate([[-2.0], [4.0], [1.0], [1.0], [1.0]]))
    made.locals = made.parts = dict(enumerate([[-2.0], [4.0], [1.0], [1.0]]))
    return made


def digits(more: int = 0) -> Sketch:
    """Of the network in conftest; `more` operations in a row before the loss."""
    made = Sketch()
    weight, image = made.add("parameter", "conv1.weight", "conv1", "4×1×3×3"), made.add("input", "image", "image")
    conv = made.add("ConvolutionBackward0", "conv1", "conv1", "1×4×8×8", (image, weight))
    relu = made.add("ReluBackward0", "relu1", "relu1", "1×4×8×8", (conv,))
    flat = made.add("ViewBackward0", "flatten", "flatten", "1×256", (relu,))
    weight = made.add("parameter", "head.weight", "head", "10×256")
    turned = made.add("TBackward0", "", "head", "256×10", (weight,))
    bias = made.add("parameter", "head.bias", "head", "10")
    last = made.add("AddmmBackward0", "head", "head", "1×10", (bias, flat, turned))
    for _ in range(more):
        last = made.add("ExpBackward0", "", "loss", "1×10", (last,))
    made.add("NllLossBackward0", "", "loss", "", (made.add("LogSoftmaxBackward0", "", "loss", "1×10", (last,)),))
    made.gradients = {number: [0.5] for number in range(len(made.nodes))}
    return made
