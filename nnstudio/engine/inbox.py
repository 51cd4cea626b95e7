"""What the window asks, as it comes in, on a thread of its own."""

from __future__ import annotations

import os
import threading
import time
from queue import SimpleQueue
from typing import NoReturn

from nnstudio.errors import ProtocolError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.channel import Channel


class Inbox(threading.Thread):
    """Ends the whole process, even in mid-step, when the window says so or is gone: no orphans."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(name="inbox", daemon=True)
        self._channel = channel
        self._queue: SimpleQueue[msg.AnyRequest | ProtocolError] = SimpleQueue()
        self._given_up: set[str] = set()
        self._heard = time.monotonic()
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
                _end()
            if isinstance(request, msg.Shutdown):
                _end()
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
        elif isinstance(request, msg.Load | msg.Start):
            self._given_up.discard(msg.MODEL_KEY)  # it waits for data anew
        else:
            self._given_up.discard(getattr(request, "key", ""))


def _end() -> NoReturn:
    """At once: nothing here needs saving, and the main thread may be deep inside torch."""
    os._exit(0)
