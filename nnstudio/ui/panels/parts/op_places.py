"""Which node of the drawing a group of operations belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node


def node_of(document: Document, name: str) -> Node | None:
    """By a variable or a module of the engine, as "block.0.conv1": the innermost node on that way."""
    sheet, found = document.sheet(), None
    for part in (part for part in name.split(".") if not part.isdecimal()):
        node = _named(sheet, part)
        if node is None:
            break
        found = node
        if not node.block:
            break
        sheet = document.sheet(node.block)
    return found


def nodes_of(document: Document, names: Iterable[str]) -> dict[str, Node]:
    """The same for many; what has no node is left out."""
    known = ((name, node_of(document, name)) for name in dict.fromkeys(names))
    return {name: node for name, node in known if node is not None}


def _named(sheet: Sheet, variable: str) -> Node | None:
    """A node has the variable of its name; a data set has one for each of its fields."""
    for node in sheet.nodes.values():
        if node.name == variable and node.type != "Dataset":
            return node
    fields = ((node, f"{node.name}_{port.name}", port.name) for node in sheet.nodes.values() for port in node.outputs)
    return next((node for node, *names in fields if variable in names), None)
