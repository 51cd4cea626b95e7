"""What looking costs: a GPT of 112 K weights in the real window, with twelve panels open and with none.

Steps a second of the run, and frames a second of the window: how often a timer that wants sixty is served while all
panels follow.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from nnstudio.graph import storage
from tests.benchmarks.nets import nets
from tests.benchmarks.table import Row, paired

PANELS = 12
ROUNDS, SECONDS = 3, 6.0
NET = 4
"""Which of the networks: the smaller GPT."""
FIRST = ("loss", "accuracy", "gradients", "features", "weights", "attention", "graph", "tensor", "predictions", "try")
"""Opened first; then others, until there are twelve."""


def measure() -> list[Row]:
    """Both."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gpt.nnstudio.json"
        document = nets(Path(folder))[NET].document
        document.set_plan(epochs=1_000_000)
        storage.save(document, path)
        return _measure(path)


def _measure(path: Path) -> list[Row]:
    from nnstudio import app
    from nnstudio.settings import Settings

    application, window = app.open_window(path, settings=Settings(hints=False, keep_runs=False))
    window.projects.may_leave = lambda: True  # type: ignore[method-assign]  # nobody is asked
    window.resize(1920, 1080)
    bridge = window.bridge

    def until(done: Callable[[], bool]) -> None:
        while not done():
            application.processEvents()

    until(lambda: bridge.ready is not None and window.run_control.can_train())
    docks = _docks(window)
    _show(docks, True)
    window.run_control.train()
    until(lambda: bridge.session.run.step > 20)
    bare, looked, frames = [], [], []
    for _ in range(ROUNDS):
        _show(docks, False)
        bare.append(_watched(application, window)[0])
        _show(docks, True)
        steps, shown = _watched(application, window)
        looked.append(steps)
        frames.append(shown)
        following = sum(dock.panel().looking and not dock.panel().is_empty for dock in docks)
    window.run_control.stop()
    until(lambda: not bridge.session.run.active)
    bridge.session.engine.close()
    what = f"GPT of 112 K, {following} of {len(docks)} panels showing"
    ours, alone = f"{median(looked):.1f} steps/s", f"none open {median(bare):.1f}"
    rate = median(frames)
    return [
        Row(what, ours, alone, paired(looked, bare), "≥ 0.85"),
        Row(f"{what}: the window", f"{rate:.0f} frames/s", "30 frames/s", rate / 30, "≥ 1.00"),
    ]


def _docks(window: Any) -> list[Any]:
    """Twelve, floating side by side, so that each is seen."""
    found = window.docks.panels.docks
    keys = [key for key in (*FIRST, *found) if key in found and key not in ("code", "problems", "paint")]
    docks = [found[key] for key in dict.fromkeys(keys)][:PANELS]
    for place, dock in enumerate(docks):
        dock.setFloating(True)
        dock.setGeometry(480 * (place % 4), 340 * (place // 4), 470, 330)
    return docks


def _show(docks: list[Any], shown: bool) -> None:
    for dock in docks:
        dock.setVisible(shown)
        if shown:
            dock.raise_()


def _watched(application: Any, window: Any) -> tuple[float, float]:
    """Steps and frames a second, after a second to settle."""
    from PySide6.QtCore import Qt, QTimer

    _spin(application, 1.0)
    frames = 0

    def tick() -> None:
        nonlocal frames
        frames += 1
        window.canvas.viewport().update()

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=16)
    timer.timeout.connect(tick)
    timer.start()
    run = window.bridge.session.run
    first, began = run.step, time.perf_counter()
    _spin(application, SECONDS)
    spent = time.perf_counter() - began
    timer.stop()
    return (run.step - first) / spent, frames / spent


def _spin(application: Any, seconds: float) -> None:
    """Let the program go on; it sleeps while there is nothing to do, as it does for a person."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()
