"""A race as the engine gets it: a model and a plan for each of its runs, made from the document and what varies.

The document itself is not touched: values are set in a copy, one run after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Protocol

from nnstudio.compiler.result import Compiled
from nnstudio.errors import CompileError, DocumentError, NNStudioError
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.race import Entry, Race, entries
from nnstudio.graph.storage import document_from
from nnstudio.graph.writing import graph_bytes
from nnstudio.project.carrying import model_message, plan_message
from nnstudio.project.run import Run
from nnstudio.protocol import messages as msg


class Project(Protocol):
    """What a Session is for a race."""

    document: Document

    @property
    def compiled(self) -> Compiled: ...

    def understand(self, document: Document) -> Compiled:
        """Another drawing, compiled as the project's own."""


@dataclass(frozen=True)
class Ready:
    """One run of a race, ready for the engine. `drawing` is the project's text with its values set.

    `own` says that it is of the project that races, and not of another on the same data.
    """

    entry: Entry
    model: msg.Model
    plan: msg.Plan
    drawing: str = field(default="", repr=False)
    own: bool = True


def line_up(project: Project, race: Race, others: Sequence[Project] = (), device: str = "cpu") -> list[Ready]:
    """All runs of a race, and of the networks of other projects with the same seeds: so they have the same samples.

    Raises DocumentError for what can not be raced, and CompileError, saying of which run a value can not be taken, or
    gives a drawing with a problem.
    """
    plan = project.document.plan
    own = entries(race, plan.seed)
    if others:
        own = tuple(
            replace(entry, label=_joined(project, entry.label), group=_joined(project, entry.group)) for entry in own
        )
    found = _ready(project, own, device)
    split = {"test_split": plan.test_split}
    for other in others:
        repeats = entries(Race(repeats=race.repeats), plan.seed)
        named = [
            Entry(_joined(other, each.label), other.document.title, {"seed": plan.seed, **split, **each.plan})
            for each in repeats
        ]
        found += [replace(each, own=False) for each in _ready(other, named, device)]
    return found


def word() -> str:
    """One word for all runs of a race, another one each time."""
    return token_hex(4)


def request(contestants: Sequence[Ready], race: str, keeping: Callable[..., msg.Keeping]) -> msg.StartRace:
    """What starts them; `keeping` tells where each is recorded, by its label, the race's word and its drawing."""
    return msg.StartRace(
        entrants=tuple(
            msg.Entrant(each.model, each.plan, keeping(label=each.entry.label, race=race, drawing=each.drawing))
            for each in contestants
        )
    )


def runs(contestants: Sequence[Ready], race: str) -> tuple[Run, ...]:
    """As they are before the engine has begun them."""
    return tuple(
        Run(
            state="starting",
            label=each.entry.label,
            group=each.entry.group,
            race=race,
            entry=each.entry if each.own else None,
        )
        for each in contestants
    )


def _ready(project: Project, runs: Sequence[Entry], device: str) -> list[Ready]:
    scratch = document_from(graph_bytes(project.document))
    made = []
    for entry in runs:
        with _blamed(entry), _set(scratch, entry):
            understood = project.understand(scratch) if entry.nodes else project.compiled
            _check(understood)
            drawing = graph_bytes(scratch).decode()
            made.append(Ready(entry, model_message(scratch, understood, None), plan_message(scratch, device), drawing))
    return made


def _joined(project: Project, label: str) -> str:
    return " · ".join(filter(None, (project.document.title, label)))


@dataclass(frozen=True)
class Cost:
    """What a race would take: seconds in all, 0 where nobody knows; and bytes, of those that are free."""

    seconds: float
    memory: int
    free: int


def total(estimate: msg.Estimated, epochs: Sequence[int]) -> Cost:
    """Of runs of so many epochs each, by what one by the plan takes. Data are shared."""
    shared = estimate.memory.get("data", 0)
    own = sum(estimate.memory.values()) - shared
    return Cost(estimate.epoch_seconds * sum(epochs), shared + own * len(epochs), estimate.free)


def take(document: Document, entry: Entry) -> None:
    """Set the values of an entry in the document, as one undo step. Raises BadParameter and DocumentError."""
    with document.transaction(f"Use {entry.label}" if entry.label else "Use a run"):
        if entry.plan:
            document.set_plan(**entry.plan)
        for path, name, value in entry.nodes:
            sheet, node = _find(document, path)
            sheet.set(node, **{name: value})


def _find(document: Document, path: str) -> tuple[Sheet, str]:
    """The node of that name; one in a block by the names of the instances around it. Raises DocumentError."""
    sheet: Sheet = document
    *around, last = path.split(".")
    for name in around:
        block = sheet.node(name).block if name in sheet.names else ""
        if not block:
            raise DocumentError(f"There is no block '{name}', so no node '{path}'.", fix="Choose it anew.")
        sheet = document.sheet(block)
    if last not in sheet.names:
        raise DocumentError(f"There is no node '{path}'.", fix="Choose it anew: it may have another name now.")
    return sheet, last


@contextmanager
def _set(scratch: Document, entry: Entry) -> Iterator[None]:
    """Inside, the values of the entry hold."""
    take(scratch, entry)
    try:
        yield
    finally:
        scratch.undo()  # does nothing where all was so before


@contextmanager
def _blamed(entry: Entry) -> Iterator[None]:
    try:
        yield
    except NNStudioError as error:
        words = f"{entry.label}: {error.message}" if entry.label else error.message
        raise CompileError(words, fix=error.fix) from error


def _check(compiled: Compiled) -> None:
    """Raise CompileError where it can not be trained."""
    if compiled.errors:
        raise CompileError(compiled.errors[0].message, fix=compiled.errors[0].fix)
    if not compiled.has_loss:
        raise CompileError("There is no loss, so there is nothing to train.", fix="Add a loss at the end.")
    free = compiled.signature.free
    if free:
        message = f"There is no data for the input '{free[0].name}', so there is nothing to train on."
        raise CompileError(message, fix="Use a Dataset in its place.")
