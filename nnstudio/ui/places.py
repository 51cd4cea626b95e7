"""Ways into blocks: which drawing a person is in, by the instances gone through to get there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node

Path: TypeAlias = tuple[str, ...]
"""Ids of the instances gone through, the outermost first; empty in the main drawing."""


@dataclass(frozen=True)
class Seat:
    """Where a person was in a project, to be found again when it is shown again."""

    path: Path = ()
    selection: tuple[str, ...] = ()
    sample: int = 0


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
    """The shortest change of place to a drawing; None where no instance leads to it.

    As few instances as possible are gone through, and as few drawings left; among equals the oldest instance is taken.
    """
    if sheet and sheet not in document.blocks:
        return None
    depths = {each.block: depth for depth, each in enumerate(sheets_on(document, here))}
    ways: dict[str, Path] = {sheet: ()}
    seen = {sheet}
    while ways:
        met = [around for around in ways if around in depths]
        if met:
            last = max(met, key=depths.__getitem__)
            return (*here[: depths[last]], *ways[last])
        ways = _outwards(document, ways, seen)
    return None


def _outwards(document: Document, ways: Mapping[str, Path], seen: set[str]) -> dict[str, Path]:
    """The drawings with instances of those, each with a way in; only what was not seen before, which is seen then."""
    found: dict[str, Path] = {}
    for block, way in ways.items():
        for node in document.instances(block):
            around = document.sheet_of(node.id).block
            if around not in seen:
                seen.add(around)
                found[around] = (node.id, *way)
    return found


def way_to_node(document: Document, node: str, here: Path) -> Path | None:
    """The way to the drawing a node lies in; None where there is no such node, or no way."""
    return way_to(document, document.sheet_of(node).block, here) if node in document else None


def sheet_of_change(document: Document, change: ch.Change) -> str | None:
    """The drawing that an edit concerns; None for one of the project as a whole, and for what follows from others.

    To be asked while the change is told.
    """
    match change:
        case ch.NodeAdded(_, sheet) | ch.NodeRemoved(_, sheet):
            return sheet
        case ch.MarkAdded(_, sheet) | ch.MarkRemoved(_, sheet) | ch.MarkChanged(sheet):
            return sheet
        case ch.LinkAdded(link) | ch.LinkRemoved(link) | ch.WaySet(link):
            return document.sheet_of(link.target).block
        case ch.ParamSet(key) | ch.ParamsReplaced(key) | ch.NodeRenamed(key) | ch.NodeMuted(key):
            return document.sheet_of(key).block
        case ch.NodeMoved(key) | ch.TuningSet(key) | ch.LooksSet(key):
            return document.sheet_of(key).block
    return None


def lead_of(document: Document, path: Path) -> str:
    """How the engine's names for nodes begin there: "encoder.0." in a repeated block, nothing in the main drawing."""
    instances = instances_on(document, path)
    return "".join(f"{node.name}.0." if node.params["repeat"] != 1 else f"{node.name}." for node in instances)


def touched(document: Document, act: Callable[[], object]) -> list[str | None]:
    """Do something, and tell which drawings it has changed, each once: None for what belongs to none."""
    found: list[str | None] = []
    end = document.subscribe(lambda change: found.append(sheet_of_change(document, change)))
    try:
        act()
    finally:
        end()
    return list(dict.fromkeys(found))
