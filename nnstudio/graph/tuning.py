"""How the weights of a node are trained, where that is not as the plan says: frozen, or at a rate of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from nnstudio.errors import DocumentError
from nnstudio.graph.nodes import Node
from nnstudio.params import Bool, Float, ParamSet

TUNING = ParamSet(
    (
        Bool("frozen", False, "Its weights stay as they are; training changes the others."),
        Float("lr", None, "A learning rate of its own. Empty: the plan's.", low=0.0, high=1000.0, optional=True),
    )
)
"""What can be set; `nodes.Tuning` holds it."""


def checked_tuning(values: Mapping[str, object]) -> dict[str, Any]:
    """Those values, checked. Raises BadParameter."""
    return {name: TUNING[name].check(value) for name, value in values.items()}


def check_tunable(node: Node) -> None:
    """Raise DocumentError for a node that can have no weights."""
    if not node.layer.may_learn:
        words = f"'{node.name}' has no weights: nothing of it can be frozen or have a learning rate."
        raise DocumentError(words, fix="Choose a node with weights, such as a Linear or a Conv2d.")


def tuning_verb(given: Mapping[str, object], nodes: Iterable[Node]) -> str:
    """What the step is called that sets these, before the names of the nodes."""
    changed = [name for name, value in given.items() if any(asdict(node.tuning)[name] != value for node in nodes)]
    if changed == ["frozen"]:
        return "Freeze" if given["frozen"] else "Unfreeze"
    return "Set lr of"
