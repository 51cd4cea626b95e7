"""Opening a document of 1,000 nodes in the real window, and panning over it; offscreen, so the CPU paints."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median, quantiles

from nnstudio.graph.document import Document
from tests.benchmarks.table import Row

NODES = 1_000
FRAMES = 120
COLUMNS = 40


def drawing(count: int) -> Document:
    """A chain of Linear and ReLU in rows, as a person might lay it out."""
    document = Document("large")
    with document.transaction("build"):
        data = before = document.add("Dataset", dataset="moons", at=(-232.0, 0.0))
        for number in range(count - 2):
            kind, more = ("ReLU", {}) if number % 2 else ("Linear", {"out_features": 16})
            at = (232.0 * (number % COLUMNS), 160.0 * (number // COLUMNS))
            node = document.add(kind, at=at, **more)
            document.connect(before, node)
            before = node
        loss = document.add("CrossEntropyLoss", at=(232.0 * COLUMNS, 160.0 * (count // COLUMNS)))
        document.connect(before, loss)
        document.connect(data, loss)
    document.history.clear()
    return document


def run() -> dict[str, list[float]]:
    """In this process: seconds to open and for each frame."""
    from nnstudio import app
    from nnstudio.protocol.fake import FakeEngine
    from nnstudio.session import Session
    from nnstudio.settings import Settings

    engine = FakeEngine()
    application, window = app.open_window(engine=engine, settings=Settings(theme="dark"))
    window.resize(1440, 900)
    application.processEvents()
    document = drawing(NODES)
    began = time.perf_counter()
    window.bridge.open(Session(document, engine))
    application.processEvents()
    window.grab()
    opened = time.perf_counter() - began
    results = {"open": [opened]}
    canvas = window.canvas
    for name, prepare in (("all", canvas.fit_all), ("near", canvas.reset_zoom)):
        prepare()
        application.processEvents()
        results[name] = [_frame(canvas, number) for number in range(FRAMES)]
    return results


def _frame(canvas: object, number: int) -> float:
    """One step of panning: back and forth, so that there is always somewhere to go."""
    step = 7 if number % 60 < 30 else -7
    began = time.perf_counter()
    bar = canvas.horizontalScrollBar()  # type: ignore[attr-defined]
    bar.setValue(bar.value() + step)
    canvas.viewport().repaint()  # type: ignore[attr-defined]
    return 1000 * (time.perf_counter() - began)


def measure() -> list[Row]:
    """In a process of its own, so that nothing measured before weighs on it."""
    command = [sys.executable, "-m", "tests.benchmarks.canvas"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    results = json.loads(done.stdout.splitlines()[-1])
    rows = [Row(f"open {NODES:,} nodes in the window", f"{results['open'][0]:.2f} s")]
    for name, words in (("all", "all in view"), ("near", "at 100 %")):
        frames = results[name]
        p95 = quantiles(frames, n=20)[18]
        rows.append(
            Row(f"pan over {NODES:,} nodes, {words}", f"{median(frames):.1f} ms a frame, 95 % under {p95:.1f} ms")
        )
    return rows


if __name__ == "__main__":
    print(json.dumps(run()))
