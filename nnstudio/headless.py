"""A session with a real engine and no window: what the command line, scripts and tests drive.

with Headless(storage.load(path)) as headless: headless.train()
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import TracebackType

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.custom import code_of, typed_nodes
from nnstudio.compiler.result import Compiled
from nnstudio.errors import CompileError, EngineError, NNStudioError
from nnstudio.graph.document import Document
from nnstudio.graph.race import Race
from nnstudio.project.measuring import Measuring
from nnstudio.project.run import Run
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient
from nnstudio.trust import Trust

Heard = msg.AnyEvent | EngineChange
LOOK_EVERY = 0.5
"""Seconds between two looks at whether Ctrl+C was pressed: Windows does not wake who waits for longer."""


class Headless:
    """Owns an engine and a session; events are handled while one of its methods waits."""

    def __init__(self, document: Document, trust: Trust | None = None) -> None:
        self._heard: queue.SimpleQueue[Heard | None] = queue.SimpleQueue()
        self.engine = EngineClient(self._heard.put)
        self.session = Session(document, self.engine, trust=trust)
        self.ready: msg.EngineReady | None = None
        self._started: Future[msg.AnyReply] | None = None

    def __enter__(self) -> Headless:
        self.engine.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    def events(self, timeout: float = 600.0) -> Iterator[Heard | None]:
        """Everything the engine says, after the session has taken it in; None for every `nudge`.

        Raises EngineError after `timeout` s of silence.
        """
        while True:
            event = self._next(timeout)
            if isinstance(event, msg.EngineReady):
                self.ready = event
            if event is not None:
                self.session.handle(event)
            yield event

    def nudge(self) -> None:
        """Let who waits for events look up. From any thread, and from a signal's handler."""
        self._heard.put(None)

    def _next(self, timeout: float) -> Heard | None:
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                return self._heard.get(timeout=max(0.0, min(left, LOOK_EVERY)))
            except queue.Empty:
                if left <= LOOK_EVERY:
                    message = f"The engine has said nothing for {timeout:g} s."
                    raise EngineError(message, fix="Start it again.") from None

    def until(self, done: Callable[[], bool], timeout: float = 600.0) -> None:
        """Handle events until `done`. Raises EngineError when the engine has given up, or after `timeout` s."""
        end = time.monotonic() + timeout
        while not done():
            left = end - time.monotonic()
            if left <= 0:
                raise EngineError(f"The engine was not done after {timeout:g} s.", fix="Start it again.")
            event = next(self.events(left))
            if isinstance(event, EngineChange) and event.state == "stopped":
                raise EngineError(event.message)

    def wait(self, future: Future[msg.AnyReply], timeout: float = 600.0) -> msg.AnyReply:
        """The reply. Raises what the engine refused with, and EngineError after `timeout` s."""
        try:
            return future.result(timeout)
        except TimeoutError:
            raise EngineError(f"The engine has not answered for {timeout:g} s.", fix="Start it again.") from None

    def engine_ready(self) -> msg.EngineReady:
        """What the engine offers, once it is up."""
        self.until(lambda: self.ready is not None)
        assert self.ready is not None
        return self.ready

    def understood(self) -> Compiled:
        """The drawing, once the engine has measured what was typed in."""
        compiled = self.session.compiled
        if self.session.measuring.waiting:
            self.until(lambda: not self.session.measuring.waiting)
            compiled = self.session.compiled
        return compiled

    def values(self) -> msg.ProbeFrame:
        """Values and gradients of everything, as the model stands: see probes.gradients. Raises EngineError.

        For a model that is loaded, or whose run stands still.
        """
        number = self.engine.subscribe("gradients", {})
        try:
            for event in self.events(60.0):
                if isinstance(event, msg.ProbeFrame) and event.subscription == number:
                    if event.problem:
                        raise EngineError(event.problem)
                    return event
                if isinstance(event, EngineChange) and event.state == "stopped":
                    raise EngineError(event.message)
        finally:
            self.engine.unsubscribe(number)
        raise AssertionError("events never end")

    def start(self) -> None:
        """Start a training, and wait until it runs. Raises CompileError, and EngineError when the engine refuses."""
        self.understood()
        self._await_start(self.session.train())

    def _await_start(self, started: Future[msg.AnyReply]) -> None:
        self._started = started
        try:
            self.wait(started)
        except NNStudioError as error:
            raise self.session.steering.start_failed(error) from error

    def race(self, race: Race) -> tuple[Run, ...]:
        """Train all runs of a race to their ends; one that fails does so alone.

        Raises DocumentError and CompileError, naming the run that can not be, and EngineError where the engine refuses.
        """
        self.start_race(race)
        self.until(lambda: not self.session.steering.active)
        return self.session.steering.runs

    def start_race(self, race: Race) -> None:
        """Start a race, and wait until it runs. Raises as `race` does."""
        self.understood()
        self._await_start(self.session.steering.race(race))

    def stop(self) -> None:
        """End the run, also one that still waits for its data, and wait for its end. Raises EngineError."""
        self.wait(self.session.stop())
        error = self._started.exception() if self._started is not None else None  # it was answered before
        if isinstance(error, NNStudioError):
            self.session.steering.start_failed(error)
        self.until(lambda: not self.session.run.active)

    @property
    def over(self) -> bool:
        """Whether the run is at its end, or stands still in trouble, which nobody here can help it out of."""
        run = self.session.run
        return not run.active or (run.state == "paused" and bool(run.trouble))

    def end(self) -> None:
        """A run that stands still in trouble has failed; the weights of its last good step are kept."""
        run = self.session.run
        if run.active and self.over:
            message, fix = run.message, run.fix.replace("and resume", "and train again")
            self.stop()
            run.fail(message, fix)

    def train(self) -> None:
        """Train to the end. Raises CompileError, and EngineError when the run fails."""
        self.start()
        self.until(lambda: self.over)
        self.end()
        if self.session.run.state == "failed":
            raise EngineError(self.session.run.message, fix=self.session.run.fix)


def run_race(document: Document, race: Race, trust: Trust | None = None) -> tuple[Run, ...]:
    """Train the network of a document in several ways, side by side. Raises as Headless.race does."""
    with Headless(document, trust) as headless:
        return headless.race(race)


# Code that was typed in


def trust_for(document: Document, *, allow: bool) -> Trust:
    """What was allowed in the window holds here too; with `allow`, what the project holds may run this once."""
    trust = Trust.load()
    return trust.for_now(map(code_of, typed_nodes(document))) if allow else trust


def refuse_unread(document: Document, trust: Trust, reference: str) -> None:
    """Raise CompileError for code that the person has not allowed, so that no engine is even started for it."""
    unread = [node for node in Measuring(trust).unread(document) if not node.muted]
    if unread:
        message = f"{unread[0].type} '{unread[0].name}' holds code that came with the project and has not run."
        fix = f"Read it with `nnstudio source {reference}`, then run again with --allow-code."
        raise CompileError(message, fix=fix)


def understood(document: Document, trust: Trust) -> Compiled:
    """The project, compiled. An engine is started only where code that may run has to be measured."""
    measuring = Measuring(trust)
    compiled = compile_document(document, measuring)
    if not measuring.waiting:
        return compiled
    with Headless(document, trust) as headless:
        return headless.understood()
