"""Carries out the fix of a problem, as an ordinary edit that can be undone."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue import registry
from nnstudio.compiler.check import datasets_in
from nnstudio.compiler.result import Fix, Problem
from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node, Position

GAP = 220.0
"""How far to the right a node goes that is added behind another."""


_KINDS = ("insert", "set", "append", "connect")
"""The fixes that are edits."""


def apply_fix(document: Document, problem: Problem) -> None:
    """One undo step, named as the fix is. Raises DocumentError where the problem has no known fix."""
    fix = problem.remedy
    if fix is None or fix.kind not in _KINDS:
        raise DocumentError("There is no fix for this that can be made by itself.")
    with document.transaction(fix.label):
        if fix.kind == "insert":
            _insert(document.sheet_of(fix.node), fix)
        elif fix.kind == "set":
            document.set(fix.node, **fix.params)
        elif fix.kind == "connect":
            document.connect(str(fix.params["source"]), f"{fix.node}.{fix.port}")
        else:
            _append(document, fix)


def _insert(document: Sheet, fix: Fix) -> None:
    target = document.node(fix.node)
    cure = registry.layer(fix.layer)
    params: dict[str, Any] = dict(fix.params)
    values = cure.check(params)
    port, output = cure.inputs_for(values)[0].name, cure.outputs_for(values)[0].name
    for slot, link in enumerate(document.links_into(target, fix.port)):
        source = document.node(link.source)
        new = document.add(fix.layer, at=_between(source, target), **params)
        document.disconnect(link)
        document.connect(f"{link.source}.{link.output}", f"{new.id}.{port}")
        document.connect(f"{new.id}.{output}", f"{target.id}.{fix.port}", slot=slot)


def _append(document: Document, fix: Fix) -> None:
    """A loss behind the last layer, with its target from the data."""
    last = document.node(fix.node)
    new = document.add(fix.layer, at=(last.at[0] + GAP, last.at[1]))
    document.connect(last, new)
    for dataset in datasets_in(document)[:1]:
        try:
            document.connect(dataset, new)
        except LinkRefused:
            continue


def _between(source: Node, target: Node) -> Position:
    """Halfway; below the row where there is no room."""
    x, y = (source.at[0] + target.at[0]) / 2, (source.at[1] + target.at[1]) / 2
    crowded = abs(target.at[0] - source.at[0]) < 1.5 * GAP
    return (x, y + 80.0) if crowded else (x, y)
