"""Where a value comes from when layers are muted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nnstudio.graph.nodes import Link, Node


class Wired(Protocol):
    """What is asked of a drawing here: a sheet has it, and so has one as it would be."""

    def node(self, reference: str) -> Node: ...
    def links_into(self, node: str, port: str) -> Sequence[Link]: ...


def first_wire(sheet: Wired, node: Node) -> Link | None:
    """The first wire into a node: what a muted one hands on."""
    return next((link for port in node.inputs for link in sheet.links_into(node.id, port.name)), None)


def origin(sheet: Wired, link: Link) -> Link | None:
    """The wire that leaves the node which computes the value: muted nodes only hand on."""
    found: Link | None = link
    while found is not None and sheet.node(found.source).muted:
        found = first_wire(sheet, sheet.node(found.source))
    return found
