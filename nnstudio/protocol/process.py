"""One engine process from the outside: start it, let it in, end it, and say in plain words how it died."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from nnstudio.protocol.channel import Channel, Door

PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
COMMAND = (sys.executable, "-P", "-m", "nnstudio.engine")
"""-P: a file called torch.py in the user's folder is not ours to import."""
LAST_LINE_BYTES = 4096


class EngineProcess:
    """A running engine. Its output goes to `log`, or to a nameless temporary file."""

    def __init__(self, command: Sequence[str], log: Path | None = None) -> None:
        """Start it. Raises OSError where it cannot be started."""
        self._log: IO[bytes] = log.open("a+b") if log else tempfile.TemporaryFile("a+b")  # noqa: SIM115  # lives with us
        self._log_start = self._log.seek(0, os.SEEK_END)
        self._door = Door()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            self._door.close()
            self._log.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def connect(self) -> Channel:
        """Let the engine in. Raises EOFError when it ends before it is in."""
        try:
            assert self._process.stdin is not None
            with contextlib.suppress(OSError), self._process.stdin as letter_box:
                letter_box.write(self._door.invitation)
            return self._door.admit(self.alive)
        finally:
            self._door.close()

    def end(self, grace: float = 0.0) -> None:
        """See it end: by itself within `grace` seconds, else when asked to, else by force."""
        for urge in (None, self._process.terminate, self._process.kill):
            if urge is not None:
                urge()
            try:
                self._process.wait(grace)
                return
            except subprocess.TimeoutExpired:
                grace = 0.5
        self._process.wait()

    def bury(self) -> str:
        """How it ended, as a sentence; takes its last files away. Call it once, when the line is dead."""
        self.end(grace=0.2)
        self._door.close()
        line = self._last_line()
        self._log.close()
        return death_words(self._process.returncode, line)

    def _last_line(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(self._log_start, size - LAST_LINE_BYTES))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


def death_words(status: int, last_line: str = "") -> str:
    """An exit status as a sentence. Negative is a signal, as subprocess has it."""
    if status < 0:
        return _signal_words(-status)
    if status > 0xFF:
        return f"The engine crashed (code {status:#x})."
    if status == 0:
        return "The engine ended by itself."
    return f"The engine ended with status {status}" + (f": {last_line.rstrip('.')}." if last_line else ".")


def _signal_words(number: int) -> str:
    if number == getattr(signal, "SIGKILL", 9):
        return f"The engine was killed (signal {number}), as happens where the memory runs out."
    if number in (signal.SIGTERM, signal.SIGINT):
        return f"The engine was told to end from outside (signal {number})."
    return f"The engine crashed (signal {number})."


def _environment() -> dict[str, str]:
    """The child finds the same nnstudio as we do, wherever it was started."""
    paths = [PACKAGE_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
