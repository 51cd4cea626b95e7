"""The message loop: answers requests, and trains in between."""

from __future__ import annotations

import gc
import os
import sys

import torch

from nnstudio.engine.data.fitting import fit_to_look
from nnstudio.engine.exporting import export
from nnstudio.engine.inbox import Inbox
from nnstudio.engine.jobs import DataRequest, Jobs, refusal
from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.looking.walk import record_first
from nnstudio.engine.model import weights
from nnstudio.engine.model.custom import measure
from nnstudio.engine.model.devices import devices
from nnstudio.engine.model.estimate import Estimates, refuse_to_look
from nnstudio.engine.model.measure import describe
from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.engine.records.scribe import wait_until_written
from nnstudio.engine.training.race import Race
from nnstudio.engine.training.retouching import set_weight
from nnstudio.engine.training.run import Run
from nnstudio.engine.training.starting import Starter
from nnstudio.engine.warm import warm_up
from nnstudio.errors import EngineError, ProtocolError
from nnstudio.export.spec import exports
from nnstudio.probes.spec import probes
from nnstudio.protocol import messages as msg
from nnstudio.protocol.channel import Channel

CALM_AFTER = 2.0
"""Seconds without a request after which what may be needed later is loaded."""


class Engine:
    """One subject at a time, which probes look at, and at most one run of it, or a race that it leads."""

    def __init__(self, channel: Channel, inbox: Inbox) -> None:
        self._channel = channel
        self._inbox = inbox
        inbox.to_be_saved = self._to_be_saved
        self._stream = Stream(self._send)
        self._jobs = Jobs(self._send, inbox.given_up)
        self._subject: Subject | None = None
        self._run: Run | Race | None = None
        self._estimates = Estimates()
        self._starter = Starter(self._send, lambda data: self._jobs.loading(data, msg.MODEL_KEY))

    def serve(self) -> None:
        """For as long as the process lives: the inbox ends it."""
        # Adam's mean of a weight whose gradient stays zero comes down to numbers too small for a processor to be quick
        # with: a step took twice as long. Holds for this thread, and for those that it starts.
        torch.set_flush_denormal(True)
        self._send(hello())
        warm_up(self._calm)
        gc.freeze()  # torch's half a million objects stay: no need to walk over them in every collection
        while True:
            if not self._inbox.empty():
                self._answer(self._inbox.get())
            elif self._run is not None and self._run.state == "training":
                self._run.advance()
            elif self._subject is not None and self._stream.stale:
                self._stream.show_stale(self._subject)
            elif self._run is not None and self._run.active and self._run.retouched:
                self._run.tell_retouched()
            else:
                self._answer(self._inbox.get())

    def _calm(self) -> bool:
        """Whether nothing goes on, and nothing was asked for a while."""
        going = self._run is not None and self._run.state == "training"
        return not going and self._inbox.silence > CALM_AFTER

    def _answer(self, request: msg.AnyRequest | ProtocolError) -> None:
        """Exactly one reply, whatever happens."""
        if isinstance(request, ProtocolError):
            self._send(msg.Failed(request=0, message=request.message, fix=request.fix))
            return
        if isinstance(request, msg.Shutdown):
            self._leave()
            return
        if isinstance(request, DataRequest):
            self._jobs.put(request)
            return
        try:
            self._send(self._reply(request))
        except Exception as error:  # noqa: BLE001  # a bug in one request must not end the engine
            self._send(refusal(request.id, error))
            return
        if isinstance(request, msg.Start | msg.StartRace) and self._run is not None:
            self._run.begin(paused=isinstance(request, msg.Start) and request.paused)

    def _reply(self, request: msg.AnyRequest) -> msg.AnyReply:
        if isinstance(request, msg.Start):
            return self._start(request)
        if isinstance(request, msg.StartRace):
            return self._start_race(request)
        with random_state_kept():
            match request:
                case msg.Describe():
                    return describe(request.model, request.id)
                case msg.Estimate():
                    return self._estimates.answer(request, self._alone)
                case msg.Measure():
                    self._send(measure(request))
                case msg.Record():
                    return self._record(request)
                case msg.ChangeWeight():
                    return self._change_weight(request)
                case msg.Export():
                    return export(request, self._exported(request.model))
            self._do(request)
        return msg.Done(request=request.id)

    def _do(self, request: msg.AnyRequest) -> None:
        match request:
            case msg.Load():
                self._load(request)
            case msg.Subscribe():
                self._stream.subscribe(request)
            case msg.Unsubscribe():
                self._stream.unsubscribe(request.subscription)
            case msg.Stop():
                self._stop(request.run)
            case msg.Pause() | msg.Resume() | msg.Step() | msg.ChangePlan() | msg.ChangeLayer() | msg.SaveCheckpoint():
                self._steer(self._going(), request)

    def _steer(self, run: Run | Race, request: msg.AnyRequest) -> None:
        match request:
            case msg.Pause():
                run.pause()
            case msg.Resume():
                run.go()
            case msg.Step():
                run.step(epoch=request.epoch)
            case msg.ChangePlan():
                run.change(request.plan)
            case msg.ChangeLayer():
                run.change_layer(request.layer, request.values)
            case msg.SaveCheckpoint():
                run.save()

    def _stop(self, number: int) -> None:
        if isinstance(self._run, Race):
            self._run.stop(number)
        elif self._run is not None and number in (0, self._run.number):
            self._run.stop()

    def _leave(self) -> None:
        """The window goes: what is going on is kept, to be gone on with another day."""
        try:
            if self._run is not None:
                self._run.pause()
            wait_until_written()
        finally:
            self._inbox.saved.set()

    def _to_be_saved(self) -> bool:
        """Whether something would be lost if the process ended now."""
        return self._run is not None and bool(self._run.keeper.folder)

    def _load(self, request: msg.Load) -> None:
        if self._run is not None and self._run.active:
            raise EngineError("A run is going.", fix="Stop it first.")
        self._run = None
        refuse_to_look(request.model)
        self._subject = make_subject(
            request.model, number=request.id, loading=self._jobs.loading(request.model.data, msg.MODEL_KEY)
        )
        fit_to_look(self._subject)
        self._stream.changed()

    @property
    def _alone(self) -> Run | None:
        """The run, where it is no race: the steps of one of those tell nothing of how long they take by themselves."""
        return self._run if isinstance(self._run, Run) else None

    def _start(self, request: msg.Start) -> msg.Started:
        self._end()
        begun = self._starter.run(msg.Entrant(request.model, request.plan, request.keeping), request.id, self._stream)
        self._run, self._subject = begun.run, begun.run.subject
        return begun.told

    def _start_race(self, request: msg.StartRace) -> msg.RaceStarted:
        self._end()
        race, told = self._starter.race(request, self._stream)
        self._run, self._subject = race, race.lead.subject
        return told

    def _end(self) -> None:
        """What is going gives way to what is asked for; its weights are wanted by nobody any more."""
        over = self._run is not None
        if self._run is not None:
            self._run.stop(keep_weights=False)
        self._estimates.learn(self._alone)
        self._run = self._subject = None
        if over:
            gc.collect()  # a run and its parts know each other: it would lie there beside the next one for long

    def _record(self, request: msg.Record) -> msg.Recorded:
        if self._run is not None and self._run.active:
            return self._run.record(request.sample, request.id)
        if self._subject is None:
            raise EngineError("No model is looked at.", fix="Open a drawing first.")
        return record_first(self._subject, sample=request.sample, request=request.id)

    def _change_weight(self, request: msg.ChangeWeight) -> msg.AnyReply:
        if self._subject is None:
            raise EngineError("There is no model yet.", fix="Wait until the drawing is understood.")
        if self._run is not None and self._run.active:
            self._run.change_weight(request)
        else:
            set_weight(self._subject.model, request.name, request.value, request.index)
        self._stream.changed()
        if request.tell:
            return msg.Weighed(request=request.id, data=weights.save(self._subject.model))
        return msg.Done(request=request.id)

    def _going(self) -> Run | Race:
        if self._run is None or not self._run.active:
            raise EngineError("No run is going.", fix="Start one first.")
        return self._run

    def _exported(self, model: msg.Model) -> Subject:
        """The model as it was sent; without weights, with those of the current run of the same source."""
        refuse_to_look(model)
        subject = make_subject(model)
        fit_to_look(subject)
        current = self._subject
        if not model.weights and current is not None and current.spec.source == model.source:
            weights.load(subject.model, weights.save(current.model))
            subject.fresh = () if current.step else current.fresh
        return subject

    def _send(self, message: msg.AnyMessage) -> None:
        try:
            self._channel.send(msg.encode(message))
        except OSError:
            if not self._to_be_saved():
                sys.exit(0)  # the window is gone; the inbox is about to notice too, and lets a run be kept first


def hello() -> msg.EngineReady:
    """What this engine has to offer."""
    return msg.EngineReady(
        torch=str(torch.__version__),
        devices=devices(),
        probes=tuple(sorted(probes())),
        exports=tuple(msg.ExportKind(e.kind, e.title, e.suffix, e.summary) for e in exports().values()),
        pid=os.getpid(),
    )
