"""What the window asks, as it comes in, on a thread of its own."""

from __future__ import annotations

import os
import threading
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
            self._queue.put(request)


def _end() -> NoReturn:
    """At once: nothing here needs saving, and the main thread may be deep inside torch."""
    os._exit(0)
