"""Training steps a second: the engine with panels subscribed, against a hand-written and the usual DataLoader loop.

All three: the digits example, batch 32, Adam, one thread, a test on the whole test set after each epoch, the loss of
every step kept. The rivals run in a process of their own, as the engine does. Subscribed is what the window subscribes
to: the nodes' live pictures, Features and Predictions; Loss is fed by every run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.headless import Headless
from tests.benchmarks.table import Row, paired

EPOCHS = 30
RUNS = 5


def _engine(headless: Headless) -> float:
    headless.wait(headless.session.train())
    began = time.perf_counter()
    headless.until(lambda: not headless.session.run.active)
    assert headless.session.run.state == "finished", headless.session.run.message
    return headless.session.run.step / (time.perf_counter() - began)


def _rival(kind: str, source: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.rivals", kind, str(EPOCHS)]
    done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=300, check=True)
    return float(done.stdout.split()[-1])


def measure() -> list[Row]:
    """The three in turn."""
    document = storage.load(resolve("example:digits-cnn"))
    document.set_plan(epochs=EPOCHS)
    ours: list[float] = []
    hand: list[float] = []
    loader: list[float] = []
    with Headless(document) as headless:
        headless.engine_ready()
        source = headless.session.compiled.source
        for probe, options in (
            ("activations", {"nodes": [], "sample": 0, "channels": 8}),
            ("activations", {"nodes": ["conv1"], "sample": 0, "channels": 0}),
            ("predictions", {"count": 24, "page": 0}),
        ):
            headless.engine.subscribe(probe, options)
        _engine(headless)
        for _ in range(RUNS):
            ours.append(_engine(headless))
            hand.append(_rival("hand", source))
            loader.append(_rival("loader", source))
    mine = f"{median(ours):,.0f} steps/s"
    by_hand, usual = f"hand-written loop {median(hand):,.0f}", f"DataLoader loop {median(loader):,.0f}"
    return [
        Row("steps/s with Loss, Features, Predictions", mine, by_hand, paired(ours, hand), "≥ 0.90"),
        Row("the same", mine, usual, paired(ours, loader), "≥ 1.00"),
    ]
