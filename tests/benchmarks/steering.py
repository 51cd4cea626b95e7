"""How soon a run does what it is told, in the real window with the real engine; and epochs a second that are seen.

The first loss on screen: from Train to the picture in which the Loss panel has drawn it. Round trips: from the request
to its reply, or to the event that says it holds, while small steps are going on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from statistics import median
from typing import Any

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.headless import Headless
from nnstudio.project.events import Asked
from nnstudio.protocol import messages as msg
from tests.benchmarks.table import Row

RUNS = 7
PLAYGROUND = 60.0
"""Epochs a second that TensorFlow Playground shows at most: one for each frame of a browser."""


def measure() -> list[Row]:
    """All of it."""
    return [_first_loss(), *_round_trips(), _spiral()]


def _first_loss() -> Row:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from nnstudio import app
    from nnstudio.ui.panels.loss import LossPanel

    application, window = app.open_window(resolve("example:moons"))
    bridge = window.bridge

    def until(done: Callable[[], bool]) -> None:
        while not done():
            application.processEvents()

    def drawn() -> object:
        """The run of which the Loss panel has drawn something."""
        panel = window.docks.panels["loss"]
        assert isinstance(panel, LossPanel)
        return panel.drawn_run if panel.plot is not None and len(panel.plot.curves.train) else None

    until(lambda: bridge.ready is not None)
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        window.run_control.train()
        until(lambda: drawn() is bridge.session.run)
        window.docks.panels["loss"].grab()
        seconds.append(time.perf_counter() - began)
        window.run_control.stop()
        until(lambda: not bridge.session.run.active)
    bridge.session.engine.close()
    return _held("Train to first loss on screen, moons", seconds, 0.3)


def _round_trips() -> list[Row]:
    document = storage.load(resolve("example:moons"))
    document.set_plan(epochs=1_000_000)
    with Headless(document) as headless:
        headless.engine_ready()
        headless.start()
        headless.until(lambda: headless.session.run.step > 500)
        trips: dict[str, list[float]] = {"change lr": [], "pause": [], "step": [], "resume": []}
        late = 0
        for number in range(20):
            trips["change lr"].append(_timed(headless, lambda n=number: _change(headless, 0.001 * (n + 2))))
            trips["pause"].append(_timed(headless, headless.session.pause))
            headless.until(lambda: headless.session.run.state == "paused")
            step = headless.session.run.step
            trips["step"].append(_timed(headless, headless.session.step))
            headless.until(lambda s=step: headless.session.run.step > s)
            late = max(late, headless.session.run.step - step - 1)
            headless.until(lambda: headless.session.run.state == "paused")
            trips["resume"].append(_timed(headless, headless.session.resume))
            headless.until(lambda s=step: headless.session.run.step > s + 50)
        headless.stop()
    rows = [_held(f"round trip: {what}", took, 0.02) for what, took in trips.items()]
    return [*rows, Row("steps too many after one step was asked", str(late), goal="0", reached=late == 0)]


def _held(what: str, took: list[float], limit: float) -> Row:
    told = f"{1000 * median(took):.1f} ms, worst {1000 * max(took):.1f}"
    return Row(what, told, goal=f"≤ {1000 * limit:.0f} ms", reached=median(took) <= limit)


def _change(headless: Headless, lr: float) -> Future[Any]:
    """Edit the plan, as a person does; gives what the session asks of the engine for it."""
    asked: list[Future[Any]] = []
    end = headless.session.subscribe(lambda event: asked.append(event.future) if isinstance(event, Asked) else None)
    headless.session.document.set_plan(lr=lr)
    end()
    return asked[0]


def _timed(headless: Headless, ask: Callable[[], Future[Any]]) -> float:
    began = time.perf_counter()
    headless.wait(ask())
    return time.perf_counter() - began


def _spiral() -> Row:
    document = storage.load(resolve("example:spiral"))
    document.set_plan(epochs=100_000)
    with Headless(document) as headless:
        headless.engine_ready()
        frames = 0
        numbers = [
            headless.engine.subscribe("boundary", {"resolution": 64}),
            headless.engine.subscribe("activations", {"nodes": [], "sample": 0, "channels": 8}),
        ]
        headless.start()
        headless.until(lambda: len(headless.session.run.epochs) > 20)
        first, began = len(headless.session.run.epochs), time.perf_counter()
        for event in headless.events():
            frames += isinstance(event, msg.ProbeFrame) and event.subscription in numbers
            if time.perf_counter() - began > 4.0:
                break
        seconds = time.perf_counter() - began
        rate = (len(headless.session.run.epochs) - first) / seconds
        headless.stop()
    return Row(
        "spiral, boundary and neurons open",
        f"{rate:,.0f} epochs/s, {frames / seconds:.0f} frames/s",
        f"TensorFlow Playground {PLAYGROUND:.0f}",
        rate / PLAYGROUND,
        "≥ 1.0",
    )
