"""What the document, the compiler and the run have to say, sorted for the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from nnstudio.compiler.result import Problem
from nnstudio.graph.changes import WEIGHTS_ONLY, PlanSet, Retitled
from nnstudio.project.session import Run
from nnstudio.ui.canvas import texts


def is_edit(change: object) -> bool:
    """Whether a change of the document is to be seen in a drawing. Weights that come from a run are not."""
    return not isinstance(change, (*WEIGHTS_ONLY, PlanSet, Retitled))


def by_node(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    """A node's problems in their order."""
    listed = sorted(problems, key=attrgetter("node"))
    return {node: tuple(found) for node, found in groupby(listed, key=attrgetter("node"))}


def latest_loss(run: Run) -> str:
    """The loss as it stands on a card; empty before there is one."""
    value = run.losses[-1] if run.losses else run.epochs[-1].train_loss if run.epochs else None
    return texts.loss_text(value) if value is not None else ""
