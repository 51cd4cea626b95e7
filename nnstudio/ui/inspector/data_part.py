"""What a Dataset node's data take: how many samples there are, and how much memory they need."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnstudio.data.loading import bytes_text
from nnstudio.data.registry import datasets
from nnstudio.errors import NNStudioError
from nnstudio.graph.nodes import DATASET, Node


def amount_of(node: Node) -> str:
    """`1,797 samples · 474 kB in memory`; empty for all other nodes, and where only loading tells."""
    kind = datasets().get(str(node.params.get("dataset", ""))) if node.type == DATASET else None
    if kind is None:
        return ""
    try:
        samples, size = kind.samples_for(node.params), kind.bytes_for(node.params)
    except NNStudioError:  # told at the parameter
        return ""
    if not samples:
        return ""
    words = QCoreApplication.translate("Inspector", "{0} samples · {1} in memory")
    return words.format(f"{samples:,}", bytes_text(size))
