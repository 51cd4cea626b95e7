"""Where imported data go in the drawing: one step, whatever it takes."""

from __future__ import annotations

import re

from nnstudio.catalogue import registry
from nnstudio.data.registry import dataset
from nnstudio.data.spec import Field
from nnstudio.graph import rules
from nnstudio.graph.document import Document
from nnstudio.graph.naming import freed
from nnstudio.graph.nodes import DATASET, Node, Position
from nnstudio.params import Values

STANDARDIZE = "Standardize"
GAP = 220.0
"""How far to the right of the data its numbers are standardized."""


def can_standardize() -> bool:
    """Whether there is a layer for it."""
    return STANDARDIZE in registry.layers()


def waiting_for_data(document: Document) -> str:
    """The one Dataset node, where it has no wire yet: it is what the data are for. Else an empty id."""
    found = [node for node in document.nodes.values() if node.type == DATASET]
    alone = len(found) == 1 and not document.links_of(found[0])
    return found[0].id if alone else ""


def put(document: Document, node: str, at: Position, words: str, data: tuple[str, Values, str], *,
        standardize: bool = False) -> Node:  # fmt: skip
    """Data into a Dataset node, or into a new one at a place. `data` is the data set, its parameters, and a name.

    One undo step of that name. Raises CatalogueError and DocumentError.
    """
    kind, values, name = data
    with document.transaction(words):
        if node in document.nodes:
            placed = document.set(node, dataset=kind, **values)
        else:
            placed = document.add(DATASET, freed(node_name(name, kind), document.names), at, dataset=kind, **values)
        if standardize:
            _standardize(document, placed)
    return document.node(placed.id)


def node_name(name: str, otherwise: str) -> str:
    """A file's name as that of a node: `My Iris (2).csv` is my_iris_2."""
    stem = name.split(".")[0]
    words = "_".join(re.findall(r"[a-z0-9]+", stem.lower()))[: rules.LONGEST_NAME - 8]
    return words if rules.may_be_name(words) else otherwise


def _standardize(document: Document, node: Node) -> None:
    """A layer between the inputs and all they lead to."""
    field = _numbers(node)
    if field is None:
        return
    links = [link for link in document.links_of(node) if (link.source, link.output) == (node.id, field.name)]
    if any(document.node(link.target).type == STANDARDIZE for link in links):
        return
    layer = document.add(STANDARDIZE, at=(node.at[0] + GAP, node.at[1]))
    for link in links:
        document.disconnect(link)
        document.connect(f"{layer.id}.{layer.outputs[0].name}", f"{link.target}.{link.input}")
    document.connect(f"{node.id}.{field.name}", layer)


def _numbers(node: Node) -> Field | None:
    """The field that the network sees, where it is numbers."""
    fields = dataset(str(node.params["dataset"])).fields_for(node.params)
    return next((each for each in fields if each.dtype == "float32" and each.kind in ("vector", "sequence")), None)
