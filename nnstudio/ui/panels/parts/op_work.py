"""The layout of a large graph, worked out in a thread of its own: the window never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from PySide6.QtCore import QObject

from nnstudio.graph.layout.parts import Stopped
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.op_layout import Placed, Plan


class OpWork(QObject):
    """Of several layouts that are begun one after the other, only the last is heard of."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._stop: threading.Event | None = None

    @property
    def active(self) -> bool:
        """Whether a layout is on its way."""
        return self._stop is not None

    def begin(self, plan: Plan, call: Callable[[Placed], None]) -> None:
        """Call `call` with the layout, in the window's thread, unless another is begun before."""
        self.stop()
        stop = self._stop = threading.Event()
        future: Future[Placed] = Future()
        self._bridge.when(future, partial(self._worked_out, stop, call))

        def check() -> None:
            if stop.is_set():
                raise Stopped

        def run() -> None:
            try:
                future.set_result(plan.run(check))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the window's thread hears of it
                future.set_exception(error)

        threading.Thread(target=run, name="nnstudio-operations", daemon=True).start()

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _worked_out(self, stop: threading.Event, call: Callable[[Placed], None], future: Future[Placed]) -> None:
        if self._stop is stop:
            self._stop = None
            call(future.result())
