"""Half an hour of training with every panel open: neither of the two processes grows.

NNSTUDIO_SOAK_SECONDS makes it shorter, to try it. The first run goes for a third of the time, until what is kept of it
has its full size; that is the warm-up. Then runs begin anew, or train on, every few minutes.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from itertools import cycle
from statistics import median

import psutil
import pytest
from pytestqt.qtbot import QtBot

from nnstudio import app
from nnstudio.examples import resolve
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow

SECONDS = float(os.environ.get("NNSTUDIO_SOAK_SECONDS", "1800"))
ROUNDS = 12
"""Runs, of two projects in turn."""
WARM_UP = SECONDS / 3
MOST = 1.05
CHANGE_EVERY_MS = 5000
RATES = (0.001, 0.002, 0.005)


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    _, window = app.open_window(resolve("example:spiral"), settings=Settings(hints=False))
    monkeypatch.setattr(window.projects, "may_leave", lambda: True)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.bridge.ready is not None, timeout=60_000)
    window.projects.open_example(resolve("example:digits-cnn"))
    for session in window.bridge.sessions:
        session.document.set_plan(epochs=1_000_000)
    for docks in window.docks.groups.values():
        for dock in docks:  # side by side: a panel behind another would not follow
            dock.show()
            dock.raise_()
            qtbot.wait(50)
            dock.setFloating(True)
            qtbot.wait(50)
    yield window
    engine = window.bridge.session.engine
    assert isinstance(engine, EngineClient)
    engine.close()


@pytest.mark.slow
@pytest.mark.timeout(int(SECONDS) + 300)
def test_half_an_hour_of_training_needs_no_more_memory_than_a_few_minutes(qtbot: QtBot, window: MainWindow) -> None:
    bridge, rates = window.bridge, cycle(RATES)
    assert bridge.ready is not None
    processes = {"window": psutil.Process(), "engine": psutil.Process(bridge.ready.pid)}
    seen: dict[str, list[float]] = {name: [] for name in processes}
    steps = 0
    for number in range(ROUNDS):
        session = bridge.sessions[number % 2]
        bridge.show(session)
        begin(qtbot, window, anew=number % 4 < 2)
        end = time.monotonic() + ((SECONDS - WARM_UP) / (ROUNDS - 1) if number else WARM_UP)
        while time.monotonic() < end:
            session.document.set_plan(lr=next(rates))
            qtbot.wait(CHANGE_EVERY_MS)
        assert bridge.session.run.state == "training"
        assert [key for key, panel in window.docks.panels.items() if not panel.looking] == []
        gc.collect()
        for name, process in processes.items():
            seen[name].append(process.memory_info().rss / 2**20)
        steps += bridge.session.run.step
        print(f"round {number}: {steps:,} steps", {name: f"{values[-1]:.1f} MB" for name, values in seen.items()})
        window.run_control.stop()
        qtbot.waitUntil(lambda: not bridge.session.run.active, timeout=60_000)
    for name, values in seen.items():
        warm, late = median(values[1:4]), median(values[-3:])
        print(f"{name}: {warm:.1f} MB, {late:.1f} MB in the end, {100 * (late / warm - 1):+.1f} %")
        assert late < MOST * warm, (name, values)


def begin(qtbot: QtBot, window: MainWindow, *, anew: bool) -> None:
    """A run of the project that is shown, which has drawn something."""
    run = window.bridge.session.run
    qtbot.waitUntil(lambda: window.run_control.can_train(), timeout=60_000)
    if anew or not window.run_control.can_train_on():
        window.run_control.train()
    else:
        window.run_control.train_on()
    qtbot.waitUntil(lambda: window.bridge.session.run is not run, timeout=60_000)
    qtbot.waitUntil(lambda: len(window.bridge.session.run.losses) > 0, timeout=60_000)
