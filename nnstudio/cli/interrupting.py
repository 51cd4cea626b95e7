"""Ctrl+C, and what asks a process to end: a training stands still and is saved; the second time all ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

INTERRUPTED = 130
"""The exit status, as shells have it."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Inside, a signal is an ordinary KeyboardInterrupt; after `gently`, the first one only sets `asked`."""

    def __init__(self) -> None:
        self.asked = False
        self._nudge: Callable[[], None] | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():  # no other hears signals
            self._before = {number: signal.signal(number, self._take) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def gently(self, nudge: Callable[[], None]) -> None:
        """From now on who waits is nudged the first time."""
        self._nudge = nudge

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self.asked or self._nudge is None:
            raise KeyboardInterrupt
        self.asked = True
        self._nudge()
