"""Drawings to measure with, as a person might lay them out."""

from __future__ import annotations

from nnstudio.graph.document import Document

ROW = 40
"""Cards in a row."""


def chain(count: int, width: int = 16) -> Document:
    """Linear and ReLU in rows, from a data set to a loss."""
    document = Document("large")
    with document.transaction("build"):
        data = before = document.add("Dataset", dataset="moons", at=(-232.0, 0.0))
        for number in range(count - 2):
            kind, more = ("ReLU", {}) if number % 2 else ("Linear", {"out_features": width})
            node = document.add(kind, at=_place(number), **more)
            document.connect(before, node)
            before = node
        loss = document.add("CrossEntropyLoss", at=_place(count))
        document.connect(before, loss)
        document.connect(data, loss)
    document.history.clear()
    return document


def star(rays: int, others: int) -> Document:
    """A ReLU with many wires, in the middle of others that have nothing to do with it."""
    document = Document("star")
    with document.transaction("build"):
        for number in range(others):
            document.add("ReLU", at=_place(number))
        down = _place(others + ROW)[1]
        hub = document.add("ReLU", "hub", at=(464.0, down + 40.0 * rays))
        for number in range(rays):
            left = number % 2 == 0
            end = document.add("ReLU", at=(0.0 if left and not number else 928.0, down + 80.0 * number))
            document.connect(*((end, hub) if not number else (hub, end)))
    document.history.clear()
    return document


def _place(number: int) -> tuple[float, float]:
    return 232.0 * (number % ROW), 160.0 * (number // ROW)
