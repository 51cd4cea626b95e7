"""Several runs side by side, from the options of `nnstudio train`; and which of them is kept."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from nnstudio.errors import NNStudioError, UsageError
from nnstudio.graph.document import Document
from nnstudio.graph.race import PLAN, Axis, Race, Span, entries, literal
from nnstudio.graph.storage import document_from
from nnstudio.graph.training import Trained
from nnstudio.graph.writing import graph_bytes
from nnstudio.metrics.registry import monitors
from nnstudio.params import IntParam, Value
from nnstudio.project import racing
from nnstudio.project.run import Run
from nnstudio.runs.checkpoints import read_head, read_weights

_RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+?)(:(?P<count>\d+))?(?P<log>:log)?")
_FIX = "Write it as training.lr=0.1,0.01 or dropout1.p=0.1..0.5, in a grid 0.1..0.5:9, or 0.0001..0.1:log."


def race_of(options: argparse.Namespace, document: Document) -> Race | None:
    """The race that is wanted, if one is. Raises UsageError for what can not be run, also for a single run of it."""
    race = _race(options, document)
    if race is None:
        return None
    if options.on or options.resume:
        raise UsageError("The runs of a race begin anew.", fix="Leave out --on and --resume.")
    if options.out and options.no_record:
        raise UsageError("The best run of a race is kept from its record.", fix="Leave out --out, or --no-record.")
    try:
        _try_out(race, document)
    except NNStudioError as error:
        raise UsageError(error.message, fix=error.fix) from error
    return race


def metric_of(options: argparse.Namespace, document: Document) -> str:
    """By what the runs are sorted: what the plan watches, if nothing else is wanted. Raises UsageError."""
    by = options.by or str(document.plan.values["monitor"])
    if by not in monitors():
        raise UsageError(f"There is no figure '{by}' to sort by.", fix=f"There are: {', '.join(monitors())}.")
    return by


def adopt(document: Document, run: Run) -> None:
    """Let the project be as that run left it, by its last checkpoint. Raises StorageError."""
    saved = max(run.checkpoints, key=lambda each: each.step)
    head = read_head(Path(saved.path))
    trained = Trained(read_weights(Path(saved.path)), run.history, head.data.seed, head.data.test_split)
    if run.entry is not None:
        racing.take(document, run.entry)
    document.set_trained(trained)


def _race(options: argparse.Namespace, document: Document) -> Race | None:
    repeats = 1 if options.repeat is None else options.repeat
    if options.race:
        if (options.sweep, options.random, options.repeat) != (None, None, None):
            raise UsageError("--race is the project's own.", fix="Leave out --sweep, --random and --repeat.")
        if document.race is None:
            raise UsageError("The project has no race.", fix="Say what varies with --sweep, or draw one in the window.")
        return document.race
    if options.random is not None and not options.sweep:
        raise UsageError("There is nothing to draw from.", fix="Say what varies with --sweep.")
    if not options.sweep:
        return Race(repeats=repeats) if options.repeat is not None else None
    axes = tuple(_axis(item, document) for item in options.sweep)
    if options.random is None:
        return Race(axes, repeats=repeats)
    return Race(axes, "random", draws=options.random, repeats=repeats, seed=document.plan.seed)


def _try_out(race: Race, document: Document) -> None:
    """Every run's values, in a copy. Raises what is wrong with them."""
    scratch = document_from(graph_bytes(document))
    for entry in entries(race, document.plan.seed):
        racing.take(scratch, entry)
        scratch.undo()


def _axis(item: str, document: Document) -> Axis:
    path, equals, text = item.partition("=")
    if not equals or not text:
        raise UsageError(f"'{item}' says not what varies.", fix=_FIX)
    span = _RANGE.fullmatch(text)
    if span is None:
        return Axis(path, _values(text))
    low, high = literal(span["low"]), literal(span["high"])
    if isinstance(low, bool | str | None) or isinstance(high, bool | str | None):
        raise UsageError(f"'{text}' does not go from a number to another.", fix=_FIX)
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    count = int(span["count"] or Span.count)
    return Axis(path, span=Span(low, high, count, bool(span["log"])), whole=_is_whole(path, document))


def _values(text: str) -> tuple[Value, ...]:
    """A list of JSON's own values, such as pairs of numbers; otherwise words and numbers between commas."""
    try:
        found = json.loads(f"[{text}]")
    except (ValueError, RecursionError):
        return tuple(literal(part.strip()) for part in text.split(","))
    return tuple(tuple(value) if isinstance(value, list) else value for value in found)


def _is_whole(path: str, document: Document) -> bool:
    """Whether it takes whole numbers alone. What is wrong with the path is told when it is tried out."""
    owner, _, name = path.rpartition(".")
    try:
        if owner == PLAN:
            return isinstance(document.plan.params[name], IntParam)
        node = document.node(owner)
        return not node.block and isinstance(node.layer.params_for(node.params)[name], IntParam)
    except NNStudioError:
        return False
