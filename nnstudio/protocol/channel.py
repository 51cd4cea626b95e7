"""Whole frames between window and engine, over multiprocessing.connection. Bytes only: nothing can unpickle.

The window opens a Door in a private folder, tells the engine where it is and the key through the engine's
standard input, and lets exactly that engine in.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, BinaryIO

from nnstudio.errors import ProtocolError

MAX_FRAME = 2**30
"""The largest frame, in bytes."""
LOOK_EVERY = 0.05
"""Seconds between two looks at whether a process that should knock is still there."""


class Channel:
    """One end of the line. `send` may be called from any thread, `receive` from one."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, frame: bytes) -> None:
        """Send one frame. Raises ProtocolError where it is too large, OSError where the other end is gone."""
        if len(frame) > MAX_FRAME:
            size = f"{len(frame) / 2**20:.0f} MiB"
            raise ProtocolError(f"A message of {size} is too large to send.", fix="Make the model smaller.")
        with self._sending:
            self._connection.send_bytes(frame)

    def receive(self) -> bytes:
        """The next frame. Raises EOFError when the other end is gone, ProtocolError for one above the limit."""
        try:
            return self._connection.recv_bytes(MAX_FRAME)
        except OSError as error:
            if "bad message length" in str(error):
                raise ProtocolError("A frame is larger than any of ours.") from error
            raise EOFError from error

    def waiting(self, seconds: float) -> bool:
        """Whether a frame, or the end, comes in within that time."""
        try:
            return self._connection.poll(seconds)
        except OSError:
            return True

    def close(self) -> None:
        """Hang up, but not in the middle of a frame."""
        with self._sending, contextlib.suppress(OSError):
            self._connection.close()


class Door:
    """A private address with a key, for one engine. Close it once the engine is in; nothing stays on disk."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._folder = "" if sys.platform == "win32" else _private_folder()
        if self._folder:
            self._listener = Listener(f"{self._folder}/engine.sock", "AF_UNIX", authkey=self._key)
        else:
            self._listener = Listener(None, "AF_PIPE", authkey=self._key)

    @property
    def invitation(self) -> bytes:
        """What the engine reads from its standard input: address and key, a line each."""
        return f"{self._listener.address}\n{self._key.hex()}\n".encode()

    def admit(self, alive: Callable[[], bool]) -> Channel:
        """Wait for the engine. Raises EOFError when it ended before it knocked, or does not know the key."""
        inside = threading.Event()
        threading.Thread(target=self._watch, args=(alive, inside), name="nnstudio-door", daemon=True).start()
        try:
            return Channel(self._listener.accept())
        except (AuthenticationError, OSError) as error:
            raise EOFError from error
        finally:
            inside.set()

    def _watch(self, alive: Callable[[], bool], inside: threading.Event) -> None:
        """Accepting has no time limit, so knock ourselves, without a key, once nobody else can."""
        while not inside.wait(LOOK_EVERY):
            if not alive():
                with contextlib.suppress(OSError):
                    Client(str(self._listener.address)).close()
                return

    def close(self) -> None:
        """Take the address away. Who is inside stays."""
        with contextlib.suppress(OSError):
            self._listener.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def knock(invitation: BinaryIO) -> Channel:
    """The engine's end, from the invitation. Raises ProtocolError without one, OSError where nobody is in."""
    address, key = (invitation.readline().decode().strip() for _ in range(2))
    if not address or not key:
        raise ProtocolError("There is no invitation on standard input.", fix="Let the window start the engine.")
    return Channel(Client(address, authkey=bytes.fromhex(key)))


def _private_folder() -> str:
    """A new folder that only this user may enter, with a path short enough for a socket (about 100 bytes)."""
    folder = tempfile.mkdtemp(prefix="nnstudio-")
    if len(folder.encode()) <= 80:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    return tempfile.mkdtemp(prefix="nnstudio-", dir="/tmp")
