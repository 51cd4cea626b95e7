"""Where a value comes from when layers are muted."""

from __future__ import annotations

from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Node


def first_wire(sheet: Sheet, node: Node) -> Link | None:
    """The first wire into a node: what a muted one hands on."""
    return next((link for port in node.inputs for link in sheet.links_into(node.id, port.name)), None)


def origin(sheet: Sheet, link: Link) -> Link | None:
    """The wire that leaves the node which computes the value: muted nodes only hand on."""
    found: Link | None = link
    while found is not None and sheet.node(found.source).muted:
        found = first_wire(sheet, sheet.node(found.source))
    return found
