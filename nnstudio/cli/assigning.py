"""What --set and its kin change of a project, for this training."""

from __future__ import annotations

import argparse
import json
from typing import Any, NamedTuple

from nnstudio.errors import NNStudioError, UsageError
from nnstudio.graph.document import Document

PLAN = "training"


class Assignment(NamedTuple):
    """`owner` is "training" for the plan, or a node's name."""

    owner: str
    name: str
    value: Any


def assignments(options: argparse.Namespace) -> list[Assignment]:
    """In the order in which they hold. Raises UsageError for what can not be read."""
    known = [(name, getattr(options, name)) for name in ("epochs", "seed")]
    given = [Assignment(PLAN, name, value) for name, value in known if value is not None]
    return given + [_parsed(item) for item in options.set or []]


def assign(document: Document, given: list[Assignment]) -> None:
    """Those of the plan at once, since an optimizer has parameters of its own; of the nodes one after the other.

    Raises UsageError for what the plan or a node does not take.
    """
    plan = {each.name: each.value for each in given if each.owner == PLAN}
    try:
        if plan:
            document.set_plan(**plan)
        for each in given:
            if each.owner != PLAN:
                document.set(each.owner, **{each.name: each.value})
    except NNStudioError as error:
        raise UsageError(error.message, fix=error.fix) from error


def pair(item: str) -> tuple[str, str]:
    """The key, as "training.lr", and what it is to be. Raises UsageError."""
    key, equals, text = item.partition("=")
    if not equals or "." not in key:
        raise UsageError(f"'{item}' is no setting.", fix="Write it as training.lr=0.01 or conv1.out_channels=32.")
    return key, text


def literal(text: str) -> Any:
    """JSON where it is JSON, otherwise the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _parsed(item: str) -> Assignment:
    key, text = pair(item)
    owner, _, name = key.partition(".")
    return Assignment(owner, name, literal(text))
