"""Ways into blocks: which drawing a person is in, by the instances gone through to get there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node

Path: TypeAlias = tuple[str, ...]
"""Ids of the instances gone through, the outermost first; empty in the main drawing."""


def sheets_on(document: Document, path: Path) -> list[Sheet]:
    """The drawings on the way, from the main one to the last; shorter where an instance is there no longer."""
    found: list[Sheet] = [document]
    for key in path:
        node = found[-1].nodes.get(key)
        if node is None or not node.block:
            break
        found.append(document.sheet(node.block))
    return found


def instances_on(document: Document, path: Path) -> list[Node]:
    """The instances that are gone through, as they are now."""
    sheets = sheets_on(document, path)
    return [sheet.nodes[key] for sheet, key in zip(sheets, path, strict=False)]


def way_to(document: Document, sheet: str, here: Path) -> Path | None:
    """The shortest change of place to a drawing; None where no instance leads to it."""
    passed = [each.block for each in sheets_on(document, here)]
    if sheet in passed:
        return here[: passed.index(sheet)]
    if sheet not in document.blocks:
        return None
    for node in _nearest(document, document.instances(sheet), passed[-1]):
        before = way_to(document, document.sheet_of(node.id).block, here)
        if before is not None:
            return (*before, node.id)
    return None


def _nearest(document: Document, instances: Sequence[Node], shown: str) -> list[Node]:
    """Those in the drawing that is shown come first."""
    return sorted(instances, key=lambda node: document.sheet_of(node.id).block != shown)


def way_to_node(document: Document, node: str, here: Path) -> Path | None:
    """The way to the drawing a node lies in; None where there is no such node, or no way."""
    return way_to(document, document.sheet_of(node).block, here) if node in document else None


def sheet_of_change(document: Document, change: ch.Change) -> str | None:
    """The drawing that an edit concerns; None for one of the project as a whole, and for what follows from others.

    To be asked while the change is told.
    """
    if isinstance(change, ch.FaceChanged):
        return None
    sheets = ("", *document.blocks)
    return next((sheet for sheet in sheets if document.sheet(sheet).concerns(change)), None)


def lead_of(document: Document, path: Path) -> str:
    """How the engine's names for nodes begin there: "encoder.0." in a repeated block, nothing in the main drawing."""
    instances = instances_on(document, path)
    return "".join(f"{node.name}.0." if node.params["repeat"] != 1 else f"{node.name}." for node in instances)
