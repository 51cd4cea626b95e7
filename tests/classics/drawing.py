"""Short ways to draw large networks: rows of layers, and blocks."""

from __future__ import annotations

from typing import Any

from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node

STEP, ROW = 220.0, 240.0
WIDEST = 10
"""Layers in one row."""


class Pen:
    """Draws on a sheet from left to right, each layer behind the last."""

    def __init__(self, sheet: Any, row: float = 0.0) -> None:
        self.sheet = sheet
        self.last: Node | None = None
        self.column = 0
        self.row = row

    def at(self) -> tuple[float, float]:
        """The next free place; a long network goes on in a row below."""
        self.column += 1
        row, column = divmod(self.column - 1, WIDEST)
        return (column * STEP, self.row + row * ROW)

    def start(self, kind: str, name: str = "", **params: Any) -> Node:
        """A layer that takes nothing from before."""
        self.last = self.sheet.add(kind, name, at=self.at(), **params)
        return self.last

    def layer(self, kind: str, name: str = "", **params: Any) -> Node:
        """A layer behind the last."""
        node = self.sheet.add(kind, name, at=self.at(), **params)
        assert self.last is not None
        self.sheet.connect(f"{self.last.id}.{self.last.outputs[0].name}", f"{node.id}.{node.inputs[0].name}")
        self.last = node
        return node

    def block(self, block: str, name: str = "", **params: Any) -> Node:
        """An instance of a block behind the last."""
        node = self.sheet.place(block, self.at())
        if name:
            node = self.sheet.rename(node, name)
        if params:
            node = self.sheet.set(node, **params)
        assert self.last is not None
        self.sheet.connect(f"{self.last.id}.{self.last.outputs[0].name}", f"{node.id}.{node.inputs[0].name}")
        self.last = node
        return node

    def join(self, kind: str, *others: Node, name: str = "", **params: Any) -> Node:
        """A layer behind the last and others."""
        node = self.layer(kind, name, **params)
        ports = [port.name for port in node.inputs]
        for place, other in enumerate(others, 1):
            port = ports[min(place, len(ports) - 1)]
            self.sheet.connect(f"{other.id}.{other.outputs[0].name}", f"{node.id}.{port}")
        return node


def inside(document: Document, name: str) -> tuple[str, Pen]:
    """A new block with nothing but its input `x`, and a pen that begins there. End it with `.layer("Output", "y")`."""
    block = document.add_block(name)
    sheet = document.sheet(block.id)
    for node in list(sheet.nodes.values()):
        if node.type == "Output":
            sheet.remove(node)
    pen = Pen(sheet)
    pen.last = next(node for node in sheet.nodes.values() if node.type == "Input")
    pen.column = 1
    return block.id, pen
