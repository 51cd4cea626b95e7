"""Data sets of a person's own files: which parameter names the file, and what is said where none is chosen yet."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.compiler.result import Fix, Problem
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.params import PathParam

FIND = "find"
"""The kind of fix that lets the person choose a file."""


def path_param(node: Node) -> str:
    """The parameter of a Dataset node that names its file; empty where it reads none."""
    if node.type != DATASET:
        return ""
    return next((param.name for param in node.layer.params_for(node.params) if isinstance(param, PathParam)), "")


def path_of(node: Node) -> str:
    """The file that a Dataset node reads; empty where it reads none, or none is chosen."""
    return str(node.params.get(path_param(node), ""))


def finding(node: Node, label: str, path: str = "") -> Fix:
    """The person chooses a file for the node, or looks at this one."""
    return Fix(FIND, label, node.id, params={"path": path} if path else {})


def without_file(document: Document) -> Iterator[Problem]:
    """Dataset nodes of own files for which none is chosen."""
    for node in document.nodes.values():
        if path_param(node) and not path_of(node) and not node.muted:
            message = f"'{node.name}' has no file to read yet."
            yield Problem(node.id, "", message, "Choose a file.", remedy=finding(node, "Choose a file…"))
