"""What `nnstudio train` is to do, read from its options before any engine is started."""

from __future__ import annotations

import argparse
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from nnstudio.cli.assigning import PLAN, Assignment, assign, assignments
from nnstudio.cli.origins import Origin, origin
from nnstudio.cli.races import metric_of, race_of
from nnstudio.cli.recorded import wishes
from nnstudio.cli.shared import folder, load
from nnstudio.errors import NoSuchNode, UsageError
from nnstudio.examples import resolve
from nnstudio.graph.document import Document
from nnstudio.graph.race import Race
from nnstudio.headless import refuse_unread, trust_for
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.runs.naming import clean_name
from nnstudio.runs.record import DRAWING
from nnstudio.runs.wishes import Wishes
from nnstudio.trust import Trust


@dataclass(frozen=True)
class Job:
    """`name` is what the trained project is called; `again` the options that also hold when it goes on later.

    `late` is what a run that goes on takes over when it stands where it is to go on from.
    """

    document: Document
    name: str
    trust: Trust
    wishes: Wishes
    device: str
    out: Path | None
    on: bool = False
    source: Origin | None = None
    late: list[Assignment] = field(default_factory=list)
    again: tuple[str, ...] = ()
    race: Race | None = None
    by: str = ""
    """The figure by which the runs of a race are sorted."""

    def start(self, session: Session, *, paused: bool) -> Future[msg.AnyReply]:
        """Ask for it; if `paused` it stands before its first step. Raises CompileError while there are problems."""
        if self.race is not None:
            return session.steering.race(self.race)
        if self.source is None:
            return session.steering.train(anew=not self.on, paused=paused)
        source = self.source
        return session.steering.go_on(source.checkpoint, source.head, source.earlier, paused=paused)

    def take_over(self) -> None:
        """While the run stands before its first step."""
        assign(self.document, self.late)


def job_of(options: argparse.Namespace) -> Job:
    """Raises UsageError for options that make no sense, and StorageError for a file that can not be read."""
    _check(options)
    kept = _kept(options)
    source = origin(options.resume, kept.base) if options.resume else None
    document = _document(options, source)
    late = _assign(document, source, assignments(options))
    if options.on and document.trained is None:
        raise UsageError("The project is not trained, so there are no weights to train on from.", fix="Leave out --on.")
    trust = trust_for(document, allow=options.allow_code)
    refuse_unread(document, trust, options.file or str(source.folder / DRAWING if source and source.folder else ""))
    race, by = race_of(options, document), metric_of(options, document)
    folder(options.runs, "--runs")
    return Job(
        document=document,
        name=_name(options, document),
        trust=trust,
        wishes=kept,
        device=options.device or (source.device if source is not None else "cpu"),
        out=folder(options.out),
        on=options.on,
        source=source,
        late=late,
        again=_again(options),
        race=race,
        by=by,
    )


def _check(options: argparse.Namespace) -> None:
    if not options.file and not options.resume:
        raise UsageError("There is nothing to train.", fix="Give a project file, example:NAME, or --resume PATH.")
    if options.on and options.resume:
        raise UsageError("--on and --resume are two ways to go on.", fix="Leave one of them out.")
    if options.no_record and (options.runs or options.tensorboard):
        raise UsageError("What is not recorded has no folder.", fix="Leave out --no-record, or the other option.")


def _kept(options: argparse.Namespace) -> Wishes:
    """How the run is recorded: as the settings say, but for what is wished for now."""
    kept = wishes(options.runs)
    kept.keep = (kept.keep or options.tensorboard) and not options.no_record
    kept.tensorboard = kept.tensorboard or options.tensorboard
    return kept


def _document(options: argparse.Namespace, source: Origin | None) -> Document:
    """The project; one that goes on has the plan of its run."""
    if source is None:
        return load(options.file)
    document = load(options.file) if options.file else source.drawing()
    source.take_plan(document)
    return document


def _assign(document: Document, source: Origin | None, given: list[Assignment]) -> list[Assignment]:
    """Do it, but for what a run takes over on its way: that is given back."""
    late = [each for each in given if source is not None and _is_live(document, each)]
    assign(document, [each for each in given if each not in late])
    if source is not None:
        source.refuse(given, document)
    return late


def _is_live(document: Document, given: Assignment) -> bool:
    """Whether it is a layer's parameter that can change while a run goes on, such as the share of a dropout."""
    if given.owner == PLAN:
        return False
    try:
        node = document.node(given.owner)
    except NoSuchNode:
        return False  # refused with its reason, when it is set
    known = () if node.block else node.layer.params_for(node.params)
    return any(param.name == given.name and param.live for param in known)


def _name(options: argparse.Namespace, document: Document) -> str:
    if not options.file:
        return clean_name(document.title)
    return resolve(options.file).name.removesuffix(".json").removesuffix(".nnstudio")


def _again(options: argparse.Namespace) -> tuple[str, ...]:
    words: list[str] = []
    for name in ("runs", "out"):
        if getattr(options, name):
            words += [f"--{name}", getattr(options, name)]
    return (*words, *(["--allow-code"] if options.allow_code else []))
