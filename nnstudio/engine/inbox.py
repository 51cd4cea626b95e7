"""What the window asks, as it comes in, on a thread of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import NoReturn

from nnstudio.errors import ProtocolError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.channel import Channel

LONGEST_SAVING = 1.5
"""Seconds that the end waits for a run to be kept; the window waits for little more."""


class Inbox(threading.Thread):
    """Ends the whole process, even in mid-step, when the window says so or is gone: no orphans."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(name="inbox", daemon=True)
        self._channel = channel
        self._queue: SimpleQueue[msg.AnyRequest | ProtocolError] = SimpleQueue()
        self._given_up: set[str] = set()
        self._heard = time.monotonic()
        self.to_be_saved: Callable[[], bool] = lambda: False
        """Whether a run would be lost, so that the end waits a moment for a Shutdown to be taken from here."""
        self.saved = threading.Event()
        """Set when that is done."""
        self.empty = self._queue.empty
        self.get = self._queue.get

    def run(self) -> None:
        """Read until the end."""
        while True:
            try:
                request = msg.decode_request(self._channel.receive())
            except ProtocolError as error:
                self._queue.put(error)
                continue
            except EOFError:
                self._end()
            if isinstance(request, msg.Shutdown):
                self._end()
            self._note(request)
            self._queue.put(request)

    @property
    def silence(self) -> float:
        """Seconds since the last request came in."""
        return time.monotonic() - self._heard

    def given_up(self, key: str) -> bool:
        """Whether the work of that key is not wanted any more: known at once, also in the middle of that work."""
        return key in self._given_up

    def _note(self, request: msg.AnyRequest) -> None:
        self._heard = time.monotonic()
        if isinstance(request, msg.Cancel):
            self._given_up.add(request.key)
        elif isinstance(request, msg.Load | msg.Start | msg.StartRace):
            self._given_up.discard(msg.MODEL_KEY)  # it waits for data anew
        else:
            self._given_up.discard(getattr(request, "key", ""))

    def _end(self) -> NoReturn:
        """At once, or soon where there is a run to keep: the main thread may be deep inside torch."""
        if self.to_be_saved():
            self._queue.put(msg.Shutdown())
            self.saved.wait(LONGEST_SAVING)
        os._exit(0)
