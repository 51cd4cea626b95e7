"""How a run begins, alone or with others: its data, its model, its threads, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import torch

from nnstudio.data.loading import Loading, bytes_text
from nnstudio.engine.data.datasets import Data, check_fields, load_for
from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model.devices import device_named
from nnstudio.engine.model.estimate import Needs, needs_of, refuse_to_train
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.engine.model.threads import step_flops, threads_for
from nnstudio.engine.model.words import in_words
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.records.keeping import make_keeper
from nnstudio.engine.records.resuming import go_on, resumed
from nnstudio.engine.training.race import Lane, Race, check_count, lane
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

HELD = ("weights", "gradients", "optimizer")
"""What of its memory a run needs also while it is another's turn."""


@dataclass(frozen=True)
class Begun:
    """A run that can be let go, and what the window is told."""

    run: Run
    told: msg.Started


class Starter:
    """Makes runs, and counts them. `loading` gives what the loader of some data gets."""

    def __init__(self, send: Callable[[msg.AnyEvent], None], loading: Callable[[msg.DataRef], Loading]) -> None:
        self._send = send
        self._loading = loading
        self._runs = 0

    def run(self, entrant: msg.Entrant, request: int, stream: Stream) -> Begun:
        """One run, or one that goes on from a checkpoint. Raises what its data and its model raise."""
        built, snapshot = resumed(entrant)
        refuse_to_train(built.model, built.plan)
        loading = self._loading(built.model.data)
        subject = make_subject(built.model, plan=built.plan, number=request, loading=loading)
        return self._begun(subject, built, stream, snapshot, entrant.plan)

    def race(self, request: msg.StartRace, stream: Stream) -> tuple[Race, msg.RaceStarted]:
        """All of them, with data in memory once; the first is looked at. Raises EngineError, naming which is wrong."""
        check_count(len(request.entrants))
        check_room(request.entrants)
        held: dict[bytes, Data] = {}
        lanes: list[Lane] = []
        told: list[msg.Started] = []
        for entrant in request.entrants:
            try:
                begun = self._entered(entrant, request, held, stream if not lanes else Stream(self._send))
            except Exception as error:  # the model's own code may raise anything
                raise _named(entrant, error) from error
            begun.run.tells_weights = not lanes
            lanes.append(lane(begun.run, begun.told.threads))
            told.append(begun.told)
        return Race(lanes, stream), msg.RaceStarted(request=request.id, runs=tuple(told))

    def _entered(self, entrant: msg.Entrant, request: msg.StartRace, held: dict[bytes, Data], stream: Stream) -> Begun:
        built, snapshot = resumed(entrant)
        refuse_to_train(built.model, built.plan)
        data = self._shared(built, held)
        subject = make_subject(built.model, plan=built.plan, number=request.id, data=data)
        return self._begun(subject, built, stream, snapshot, entrant.plan)

    def _shared(self, entrant: msg.Entrant, held: dict[bytes, Data]) -> Data:
        """The data as another of the race has them, or loaded now; on its device."""
        model, device = entrant.model, device_named(entrant.plan.device)
        key = msgspec.msgpack.encode((model.data, model.free, str(device)))
        if key not in held:
            held[key] = load_for(model, self._loading(model.data)).on(device)
        elif model.data.dataset:
            check_fields(model, held[key])
        return held[key]

    def _begun(
        self, subject: Subject, entrant: msg.Entrant, stream: Stream, snapshot: Snapshot | None, asked: msg.Plan
    ) -> Begun:
        """`asked` is the plan to go on by from the snapshot."""
        plan = entrant.plan
        threads = threads_for(step_flops(subject, plan.batch_size))
        torch.set_num_threads(threads)
        self._runs += 1
        keeper = make_keeper(self._runs, entrant, subject.data, self._send)
        run = Run(self._runs, subject, plan, self._send, stream, keeper)
        if snapshot is not None:
            go_on(run, snapshot, None if entrant.keeping.own_plan else asked)
        told = msg.Started(
            request=subject.number,
            run=run.number,
            steps_per_epoch=run.trainer.feed.steps_per_epoch,
            train_samples=subject.data.train_samples,
            test_samples=subject.data.test_samples,
            threads=threads,
            fresh=subject.fresh if entrant.model.weights else (),
            folder=keeper.folder,
            step=run.trainer.steps,
        )
        return Begun(run, told)


def check_room(entrants: tuple[msg.Entrant, ...]) -> None:
    """Raise EngineError, with the figures, where so many runs do not fit into memory together.

    Each holds weights, gradients and what its optimizer keeps; activations are there for the one whose turn it is.
    """
    known: dict[bytes, Needs] = {}
    data: dict[bytes, int] = {}
    own = activations = 0
    for entrant in entrants:
        needs = _needs(entrant, known)
        own += sum(needs.memory[name] for name in HELD)
        activations = max(activations, needs.memory["activations"])
        data[msgspec.msgpack.encode(entrant.model.data)] = needs.memory["data"]
    wanted, free = own + activations + sum(data.values()), min(needs.free for needs in known.values())
    if wanted > free:
        words = f"{len(entrants)} runs need {bytes_text(wanted)} of memory, and {bytes_text(free)} are free."
        raise EngineError(words, fix="Race fewer of them at a time.", kind="memory")


def _needs(entrant: msg.Entrant, known: dict[bytes, Needs]) -> Needs:
    """What one of them takes; the same as another of the same size."""
    model, plan = entrant.model, entrant.plan
    key = msgspec.msgpack.encode((model.source, plan.batch_size, plan.optimizer, plan.precision, plan.device))
    if key not in known:
        try:
            known[key] = needs_of(model, plan)
        except Exception as error:  # the model's own code may raise anything
            raise _named(entrant, error) from error
    return known[key]


def _named(entrant: msg.Entrant, error: Exception) -> EngineError:
    """The error, with which of the runs it is of."""
    told = in_words(error)
    label = entrant.keeping.label
    words = f"{label}: {told.message}" if label else told.message
    return EngineError(words, fix=told.fix, line=told.line, kind=told.kind)
