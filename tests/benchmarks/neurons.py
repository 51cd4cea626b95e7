"""The Neurons panel on the spiral in training: how often it shows another state, and what that leaves of the steps.

The real window with the real engine, and no other panel open. A panel has twenty frames a second at most, and probes a
share of a run's time: so what a frame takes of the engine's processor decides, and is measured apart from the clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import Any

import torch

from nnstudio.engine.looking.stream import BUDGET, Subscription, frame
from nnstudio.engine.model.subject import make_subject
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.probes.spec import probes
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from tests.benchmarks.table import Row, paired

ROUNDS, SECONDS = 3, 4.0
SIZE = (900, 480)
"""With room for sixteen units a layer."""
WANTED = 20.0
LOOKS = 100
OPTIONS: dict[str, msg.Option] = {"units": 16, "resolution": 28, "layers": 12}
"""As the panel asks in training."""


def measure() -> list[Row]:
    """Frames a second, steps a second beside those without the panel, and a frame's cost."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    document = storage.load(resolve("example:spiral"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spiral.nnstudio.json"
        document.set_plan(epochs=1_000_000)
        storage.save(document, path)
        return [_cost(document), *_measure(path)]


def _cost(document: Document) -> Row:
    """What the probe takes of the processor."""
    subject = make_subject(Session(document, FakeEngine()).model())
    wanted = Subscription(msg.Subscribe(subscription=1, probe="neurons", options=OPTIONS), probes()["neurons"])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in so small a run
    spent = []
    for _ in range(LOOKS):
        began = thread_time()
        frame(wanted, subject)
        spent.append(thread_time() - began)
    torch.set_num_threads(threads)
    cost, room = 1000 * median(spent), 1000 * BUDGET / WANTED
    words = f"budget {room:.0f} ms for {WANTED:.0f} a second"
    return Row("a frame of the Neurons probe, spiral", f"{cost:.2f} ms", words, cost / room, "≤ 0.80")


def _measure(path: Path) -> list[Row]:
    from nnstudio import app
    from nnstudio.settings import Settings

    application, window = app.open_window(path, settings=Settings(hints=False, keep_runs=False))
    window.projects.may_leave = lambda: True  # type: ignore[method-assign]  # nobody is asked
    bridge = window.bridge

    def until(done: Callable[[], bool]) -> None:
        while not done():
            application.processEvents()

    until(lambda: bridge.ready is not None and window.run_control.can_train())
    dock = _alone(window)
    window.run_control.train()
    until(lambda: bridge.session.run.step > 100)
    rates = [_round(bridge, dock, until) for _ in range(ROUNDS)]
    window.run_control.stop()
    until(lambda: not bridge.session.run.active)
    bridge.session.engine.close()
    bare, looked, shown = ([*each] for each in zip(*rates, strict=True))
    steps, rate = f"{median(looked):.0f} steps/s", median(shown)
    return [
        Row("spiral in the Neurons panel", f"{rate:.1f} frames/s", f"{WANTED:.0f} frames/s", rate / WANTED, "≥ 0.90"),
        Row("spiral with the Neurons panel", steps, f"closed {median(bare):.0f}", paired(looked, bare), "≥ 0.85"),
    ]


def _alone(window: Any) -> Any:
    """The panel's dock, and no other."""
    docks = window.docks.panels.docks
    for dock in docks.values():
        dock.hide()
    docks["neurons"].setFloating(True)
    docks["neurons"].setGeometry(40, 40, *SIZE)
    return docks["neurons"]


def _round(bridge: Any, dock: Any, until: Callable[[Callable[[], bool]], None]) -> tuple[float, float, float]:
    """Steps a second with the panel closed and open, and its frames a second."""
    dock.hide()
    bare, _ = _watched(bridge, lambda: None)
    dock.show()
    until(lambda: not dock.panel().is_empty)
    return bare, *_watched(bridge, lambda: dock.panel().view.units)


def _watched(bridge: Any, shown: Callable[[], object]) -> tuple[float, float]:
    """Steps a second, and how many states were shown, while the window goes on as for a person."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, states, last = QEventLoop(), 0, shown()

    def look() -> None:
        nonlocal states, last
        states, last = states + (shown() is not last), shown()

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    first, began = bridge.session.run.step, perf_counter()
    QTimer.singleShot(int(1000 * SECONDS), loop.quit)
    loop.exec()
    spent = perf_counter() - began
    return (bridge.session.run.step - first) / spent, states / spent
