"""The window's end of the engine: starts it, asks it, listens to it, and starts it again when it dies.

Two threads: one lives with the engine (starts it, reads, notices its death), one writes. The caller never
waits.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from nnstudio.errors import EngineClosed, EngineDied, EngineError, NNStudioError, ProtocolError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.channel import Channel
from nnstudio.protocol.process import COMMAND, EngineProcess

State: TypeAlias = Literal["starting", "ready", "lost", "stopped"]
DEATHS = 3
DEATHS_WITHIN = 20.0
"""Seconds. After that many deaths in that time the engine is not started again."""
LOOK_EVERY = 0.2
"""Seconds between two looks at whether a silent engine is still there."""
GRACE = 2.0
"""Seconds for the engine to shut down by itself."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EngineChange:
    """How the engine is: "starting", "ready", "lost" (and being started again) or "stopped" (and not)."""

    state: State
    message: str = ""


Heard: TypeAlias = msg.AnyEvent | EngineChange


@dataclass
class _Asked:
    request: msg.AnyRequest
    future: Future[msg.AnyReply] = field(default_factory=Future)

    def fail(self, error: NNStudioError) -> None:
        if not self.future.done() and (self.future.running() or self.future.set_running_or_notify_cancel()):
            self.future.set_exception(error)


class EngineClient:
    """One engine, restarted as needed.

    `on_event` is called on the reader thread with everything that happens. `command` starts another engine than
    ours; `log` is the file that gets the engine's output.
    """

    def __init__(
        self, on_event: Callable[[Heard], None], command: Sequence[str] | None = None, log: Path | None = None
    ) -> None:
        self._on_event = on_event
        self._command = tuple(command or COMMAND)
        self._log = log
        self._lock = threading.Condition()
        self._ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._outbox: deque[_Asked] = deque()
        self._sent: dict[int, _Asked] = {}
        self._subscriptions: dict[int, msg.Subscribe] = {}
        self._process: EngineProcess | None = None
        self._channel: Channel | None = None
        self._refusal = ""
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    # For the window

    @property
    def ready(self) -> bool:
        """Whether a request would be answered right away."""
        return self._channel is not None

    @property
    def pid(self) -> int | None:
        """The engine's process id, or None when there is none."""
        process = self._process
        return process.pid if process else None

    def start(self) -> None:
        """Start the engine in the background. Does nothing while one is running."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive() and not self._refusal:
                return
            self._closing.clear()
            self._refusal = ""
            self._thread = threading.Thread(target=self._live, name="nnstudio-engine", daemon=True)
            self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """End the engine and wait for its end, 3 s at most. What is still asked fails with EngineClosed."""
        with self._lock:
            self._closing.set()
            process, thread, polite = self._process, self._thread, self._channel is not None
            if polite:
                self._outbox.appendleft(_Asked(msg.Shutdown()))
            self._lock.notify_all()
        if process is not None:
            process.end(GRACE if polite else 0.0)
        if thread is not None and thread is not threading.current_thread():
            thread.join(GRACE)
        self._fail(EngineClosed("The engine was closed."))
        atexit.unregister(self.close)

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]:
        """Queue a request. The future gets the reply, or EngineError where the engine refuses.

        What is asked while an engine starts waits until it is ready. An engine's death, also in starting, fails all
        that was asked before with EngineDied; subscriptions alone are for every engine.
        """
        asked = _Asked(msgspec.structs.replace(request, id=next(self._ids)))
        with self._lock:
            refusal = "The engine was closed." if self._closing.is_set() else self._refusal
            if not refusal:
                self._outbox.append(asked)
                self._lock.notify_all()
        if refusal:
            asked.fail(EngineDied(refusal))
        return asked.future

    def subscribe(self, probe: str, options: Mapping[str, msg.Option]) -> int:
        """Ask for a probe's frames, now and after every restart. Returns the subscription's number."""
        number = next(self._numbers)
        self._want(msg.Subscribe(subscription=number, probe=probe, options=dict(options)))
        return number

    def update(self, subscription: int, options: Mapping[str, msg.Option]) -> None:
        """Other options for a subscription. Does nothing where it is over."""
        wanted = self._subscriptions.get(subscription)
        if wanted is not None:
            self._want(msgspec.structs.replace(wanted, options=dict(options)))

    def unsubscribe(self, subscription: int) -> None:
        """No more frames for it."""
        if self._subscriptions.pop(subscription, None) is not None and self.ready:
            self.ask(msg.Unsubscribe(subscription=subscription))

    def _want(self, wanted: msg.Subscribe) -> None:
        with self._lock:
            self._subscriptions[wanted.subscription] = wanted
            if not self.ready:
                return  # asked for, like all others, as soon as there is an engine
        self._request_frames(wanted)

    def _request_frames(self, wanted: msg.Subscribe) -> None:
        def answered(future: Future[msg.AnyReply]) -> None:
            error = None if future.cancelled() else future.exception()
            if error is not None and not isinstance(error, EngineDied):
                self._tell(msg.ProbeFrame(subscription=wanted.subscription, step=0, problem=str(error)))

        self.ask(wanted).add_done_callback(answered)

    # The thread that lives with the engine

    def _live(self) -> None:
        deaths: deque[float] = deque(maxlen=DEATHS)
        while not self._closing.is_set():
            self._tell(EngineChange("starting"))
            words = self._one_life()
            if self._closing.is_set():
                return
            deaths.append(time.monotonic())
            hopeless = len(deaths) == DEATHS and deaths[-1] - deaths[0] < DEATHS_WITHIN
            self._lost(words, hopeless)
            if hopeless:
                return

    def _lost(self, words: str, hopeless: bool) -> None:
        if not hopeless:
            self._fail(EngineDied(words, fix="It is being started again."))
            self._tell(EngineChange("lost", f"{words} It is being started again."))
            return
        often = f"It died {DEATHS} times within {DEATHS_WITHIN:g} s"
        advice = f"{often} and is not started again. Start it once the cause is gone."
        with self._lock:
            self._refusal = f"{words} {advice}"
        self._fail(EngineDied(words, fix=advice))
        self._tell(EngineChange("stopped", self._refusal))

    def _one_life(self) -> str:
        """Start an engine and listen until it dies. Returns how it died."""
        try:
            process = EngineProcess(self._command, self._log)
        except OSError as error:
            return f"The engine could not be started: {error.strerror or error}."
        with self._lock:
            self._process = process
            if self._closing.is_set():
                process.end()
        try:
            broken = self._listen(process)
        finally:
            with self._lock:
                self._channel, self._process = None, None
                self._lock.notify_all()
            words = process.bury()
        return broken or words

    def _listen(self, process: EngineProcess) -> str:
        """Deliver what comes in until the end. Returns what is wrong where the engine spoke nonsense."""
        try:
            channel = process.connect()
        except EOFError:
            return ""
        try:
            while True:
                if channel.waiting(LOOK_EVERY):
                    self._deliver(msg.decode_message(channel.receive()), channel)
                elif not process.alive():
                    return ""
        except EOFError:
            return ""
        except ProtocolError as error:
            process.end()
            return f"The engine sent something that is no message of ours and was ended. {error}"
        finally:
            channel.close()

    def _deliver(self, message: msg.AnyMessage, channel: Channel) -> None:
        if isinstance(message, msg.Reply):
            self._answer(message)
            return
        if isinstance(message, msg.EngineReady):
            self._now_ready(channel)  # first: whoever hears of EngineReady can act
        self._tell(message)

    def _now_ready(self, channel: Channel) -> None:
        with self._lock:
            self._channel = channel
            wanted, waiting = list(self._subscriptions.values()), list(self._outbox)
            self._outbox.clear()
        for subscription in wanted:
            self._request_frames(subscription)
        with self._lock:
            self._outbox.extend(waiting)
        threading.Thread(target=self._write, args=(channel,), name="nnstudio-writer", daemon=True).start()
        self._tell(EngineChange("ready"))

    def _answer(self, reply: msg.AnyReply) -> None:
        with self._lock:
            asked = self._sent.pop(reply.request, None)
        if asked is None:
            _log.warning("an answer to nothing: %r", reply)
        elif isinstance(reply, msg.Failed):
            asked.fail(EngineError(reply.message, fix=reply.fix, line=reply.line, kind=reply.kind))
        else:
            asked.future.set_result(reply)

    def _fail(self, error: NNStudioError) -> None:
        """Fail everything asked so far, sent or queued: what died with one engine is not done by the next.

        Told before the death itself, so that whoever hears of that knows: what is still open is for the next engine.
        """
        with self._lock:
            lost = [*self._sent.values(), *self._outbox]
            self._sent.clear()
            self._outbox.clear()
        for asked in lost:
            asked.fail(error)

    def _tell(self, event: Heard) -> None:
        if self._closing.is_set():
            return
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001  # a listener's bug must not cost the engine
            _log.exception("a listener failed on %s", type(event).__name__)

    # The thread that writes

    def _write(self, channel: Channel) -> None:
        while (asked := self._next(channel)) is not None:
            try:
                channel.send(msg.encode(asked.request))
            except ProtocolError as error:
                with self._lock:
                    self._sent.pop(asked.request.id, None)
                asked.fail(error)
            except OSError:
                return  # the reading thread notices too, and fails what was sent

    def _next(self, channel: Channel) -> _Asked | None:
        """The next request, as sent from now on; None when this engine is gone."""
        with self._lock:
            while channel is self._channel:
                if not self._outbox:
                    self._lock.wait()
                    continue
                asked = self._outbox.popleft()
                if asked.future.set_running_or_notify_cancel():
                    self._sent[asked.request.id] = asked
                    return asked
            return None
