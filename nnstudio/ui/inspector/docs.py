"""What the inspector tells of a node: of its kind, and of a Dataset what its samples are and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field
from nnstudio.graph.nodes import DATASET, Node

_MOST_COLUMNS = 40


@dataclass(frozen=True)
class Docs:
    """One text for each line; an empty one is not shown."""

    summary: str
    help: str
    formula: str = ""
    origin: str = ""
    """Where it was first described, or where data come from and how they may be used."""


def docs_of(node: Node) -> Docs:
    """What is to be told of that node."""
    layer = node.layer
    declared = datasets().get(str(node.params.get("dataset", ""))) if node.type == DATASET else None
    if declared is None:
        return Docs(layer.summary, layer.help, layer.formula, layer.paper)
    columns = (_columns(field) for field in declared.fields_for(node.params) if len(field.columns) > 1)
    help = "\n\n".join(filter(None, (declared.help, *columns, layer.help)))
    return Docs(declared.summary, help, origin=_origin(declared))


def _columns(field: Field) -> str:
    """The names of the numbers, as long as a person reads them."""
    shown = [*field.columns[:_MOST_COLUMNS], *("…" for _ in field.columns[_MOST_COLUMNS:][:1])]
    words = QCoreApplication.translate("Inspector", "Columns of {0}: {1}")
    return words.format(field.name, ", ".join(shown))


def _origin(declared: DatasetType) -> str:
    words = QCoreApplication.translate("Inspector", "Licence: {0}").format(declared.licence) if declared.licence else ""
    return "\n".join(filter(None, (declared.source, words)))
