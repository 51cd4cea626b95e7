"""An engine that is none, for the window's tests: answers at once, on the caller's thread."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np

from nnstudio.errors import EngineDied, EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, Heard

PROBES = ("activations", "attention", "boundary", "confusion", "features", "gradients", "predictions", "weights")
KINDS = (
    msg.ExportKind("python", "Python source", ".py", "The model as PyTorch source."),
    msg.ExportKind("onnx", "ONNX", ".onnx", "For other runtimes."),
)


class FakeEngine:
    """Same interface as EngineClient. `asked` keeps every request; `refuse` makes the next one fail.

    `replies` has what answers requests of a type otherwise than here, from the request and the number of the reply.
    """

    def __init__(self, on_event: Callable[[Heard], None] = lambda event: None) -> None:
        self.on_event = on_event
        self.asked: list[msg.AnyRequest] = []
        self.subscriptions: dict[int, msg.Subscribe] = {}
        self.refuse: EngineError | None = None
        self.replies: dict[type[msg.AnyRequest], Callable[[Any, int], msg.AnyReply]] = {}
        self.devices: tuple[str, ...] = ("cpu",)
        self.ready = False
        self.pid: int | None = None
        self.run = self._others = 0
        self.subject = 0
        self._begun = False
        self._numbers = itertools.count(1)
        self._ids = itertools.count(1)

    def start(self) -> None:
        """Up at once."""
        self.on_event(EngineChange("starting"))
        self.ready, self.pid = True, 1
        self.on_event(EngineChange("ready"))
        self.on_event(msg.EngineReady(torch="0.0", devices=self.devices, probes=PROBES, exports=KINDS, pid=1))

    def close(self) -> None:
        """Down at once."""
        self.ready, self.pid = False, None

    def die(self, *, for_good: bool = False) -> None:
        """As if the process were killed; unless `for_good`, a new one is up at once."""
        self.ready, self.pid = False, None
        message = "The engine was killed (signal 9)."
        self.on_event(EngineChange("stopped" if for_good else "lost", message))
        if not for_good:
            self.start()

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]:
        """Answered before it returns."""
        future: Future[msg.AnyReply] = Future()
        self.asked.append(request)
        refusal, self.refuse = self.refuse, None
        if refusal is None and not self.ready:
            refusal = EngineDied("The engine is not running.")
        if refusal is not None:
            future.set_exception(refusal)
        else:
            _settle(future, self._reply(request))
        return future

    def subscribe(self, probe: str, options: Mapping[str, msg.Option]) -> int:
        """Remembered; frames come with `frame`."""
        number = next(self._numbers)
        self.subscriptions[number] = msg.Subscribe(subscription=number, probe=probe, options=dict(options))
        return number

    def update(self, subscription: int, options: Mapping[str, msg.Option]) -> None:
        """Other options."""
        probe = self.subscriptions[subscription].probe
        self.subscriptions[subscription] = msg.Subscribe(subscription=subscription, probe=probe, options=dict(options))

    def unsubscribe(self, subscription: int) -> None:
        """Forgotten."""
        self.subscriptions.pop(subscription, None)

    def frame(
        self,
        probe: str,
        arrays: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] | None = None,
        facts: Mapping[str, msg.Option] | None = None,
        *,
        step: int = 0,
        problem: str = "",
    ) -> None:
        """Send a frame to every subscription of that probe."""
        packed = {name: msg.Array.of(array) for name, array in (arrays or {}).items()}
        for number, wanted in list(self.subscriptions.items()):
            if wanted.probe == probe:
                frame = msg.ProbeFrame(
                    subscription=number,
                    step=step,
                    subject=self.subject,
                    arrays=packed,
                    facts=dict(facts or {}),
                    problem=problem,
                )
                self.on_event(frame)

    def play(self, epochs: int = 3, steps_per_epoch: int = 10, weights: bytes = b"") -> None:
        """A whole run from "training" to "finished", with losses that fall and accuracies that rise."""
        self.run += not self._begun
        self._begun = False
        self.state("training")
        for epoch in range(1, epochs + 1):
            steps = np.arange((epoch - 1) * steps_per_epoch, epoch * steps_per_epoch, dtype=np.float32)
            losses = np.exp(-steps / steps_per_epoch)
            self.on_event(
                msg.Progress(
                    run=self.run,
                    epoch=epoch,
                    step=epoch * steps_per_epoch,
                    total_steps=epochs * steps_per_epoch,
                    steps_per_second=1000.0,
                    losses=msg.Array.of(losses),
                    accuracies=msg.Array.of(1 - losses / 2),
                    lr=0.001,
                )
            )
            self.on_event(_epoch(self.run, epoch, steps_per_epoch))
        self.on_event(msg.Weights(run=self.run, epoch=epochs, data=weights))
        self.state("finished", epochs, epochs * steps_per_epoch)

    def state(self, state: str, epoch: int = 0, step: int = 0, message: str = "", fix: str = "") -> None:
        """One RunState of the current run."""
        self.on_event(msg.RunState(run=self.run, state=state, epoch=epoch, step=step, message=message, fix=fix))

    def measured(self, request: msg.Measure) -> msg.Measured:
        """Every output is what came in first; no weights. Tests put another function in its place."""
        first = request.inputs[0] if request.inputs else msg.Entry("", ())
        return msg.Measured(key=request.key, outputs=(msg.Sized(first.shape, first.dtype),) * request.outputs)

    def started(self, run: int) -> msg.Started:
        """Of the run of that number."""
        return msg.Started(
            request=self.subject, run=run, steps_per_epoch=10, train_samples=320, test_samples=80, threads=1
        )

    def _begin(self, request: msg.Start | msg.StartRace, number: int) -> msg.AnyReply:
        """Runs are counted on; of a race the first is the current one."""
        self._begun = True
        self.run, self._others = self.run + self._others + 1, 0
        if isinstance(request, msg.Start):
            return self.started(self.run)
        self._others = len(request.entrants) - 1
        numbers = range(self.run, self.run + len(request.entrants))
        return msg.RaceStarted(request=number, runs=tuple(map(self.started, numbers)))

    def _reply(self, request: msg.AnyRequest) -> msg.AnyReply:
        number = next(self._ids)
        if isinstance(request, msg.Load | msg.Start | msg.StartRace):
            self.subject = number
        if type(request) in self.replies:
            return self.replies[type(request)](request, number)
        match request:
            case msg.Start() | msg.StartRace():
                return self._begin(request, number)
            case msg.Describe():
                return msg.Described(request=number, shapes={}, parameters={}, flops=0)
            case msg.Measure():
                self.on_event(self.measured(request))
            case msg.PreviewData():
                point = msg.Array.of(np.zeros((request.count, 2), np.float32))
                return msg.DataPreview(request=number, arrays={"point": point}, samples=400, train=320, test=80)
            case msg.SummarizeData():
                return msg.DataSummary(request=number, arrays={}, facts={})
            case msg.InspectFile():
                return msg.Inspected(request=number, dataset=request.dataset, params=request.reading)
            case msg.Export():
                return msg.Exported(request=number, kind=request.kind, files=(request.path,), size=1024, difference=0.0)
        return msg.Done(request=number)


def _settle(future: Future[msg.AnyReply], reply: msg.AnyReply) -> None:
    """As the client does."""
    if isinstance(reply, msg.Failed):
        future.set_exception(EngineError(reply.message, fix=reply.fix, line=reply.line, kind=reply.kind))
    else:
        future.set_result(reply)


def _epoch(run: int, epoch: int, steps_per_epoch: int) -> msg.EpochDone:
    loss = float(np.exp(-epoch))
    return msg.EpochDone(
        run=run,
        epoch=epoch,
        step=epoch * steps_per_epoch,
        train_loss=loss,
        test_loss=loss * 1.1,
        train_accuracy=1 - loss / 2,
        test_accuracy=1 - loss / 1.8,
        seconds=0.01,
    )
