"""Training steps a second: the engine, against the best loop one can write by hand and the usual DataLoader loop.

All with the same source, data, batch and threads, Adam, and a test on the whole test set after each epoch. The rivals
run in processes of their own, as the engine does. They take short turns, while the others stand still: a
machine's speed drifts by a tenth within a minute, which is more than what is to be measured.

Headless: nothing is subscribed to. With panels: the nodes' live pictures, one node's features, gradient flow or the
boundary, and predictions; Loss is fed by every run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from types import TracebackType

import torch

from nnstudio.engine.data import datasets
from nnstudio.headless import Headless
from nnstudio.protocol import messages as msg
from tests.benchmarks.nets import Net, nets
from tests.benchmarks.table import Row, paired

ROUNDS = 12
SHORT = 0.5
"""Seconds of a turn, which has at least FEWEST steps."""
FEWEST = 6
LONG_ROUNDS, LONG = 4, 16
"""With panels a turn is as long as so many short ones: a dear frame is due once in many seconds."""


class Rival:
    """A loop in a process of its own, which stands still until it is asked."""

    def __init__(self, kind: str, source: Path, data: Path, batch: int, threads: int) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.rivals", kind, str(source), str(data)]
        self._process = subprocess.Popen(
            [*command, str(batch), str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Rival:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def rate(self, steps: int) -> float:
        """Steps a second, of so many."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(steps, file=self._process.stdin, flush=True)
        return steps / float(self._process.stdout.readline())


class Rig:
    """One network in an engine, whose run stands still until it is asked."""

    def __init__(self, net: Net, headless: Headless, folder: Path) -> None:
        self.net, self._headless = net, headless
        model = headless.session.model(trained=False)
        self.source, self.data = folder / "model.py", folder / "data.pt"
        self.source.write_text(model.source, encoding="utf-8")
        self.batch = net.document.plan.batch_size
        found = datasets.load(model.data)
        names = {*model.inputs, *model.targets}
        fields = {part: {name: getattr(found, part)[name].clone() for name in names} for part in ("train", "test")}
        torch.save({**fields, "inputs": list(model.inputs), "targets": list(model.targets)}, self.data)
        net.document.set_plan(epochs=10**6)
        reply = headless.wait(headless.session.train())
        assert isinstance(reply, msg.Started)
        self.threads = reply.threads
        self.pause()

    def pause(self) -> None:
        """Stand still, with everything shown that panels want of that."""
        session = self._headless.session
        self._headless.wait(session.pause())
        self._headless.until(lambda: session.run.state == "paused")

    def rate(self, steps: int, *, panels: bool) -> float:
        """Steps a second, from a report to the one of the last of so many steps."""
        session, engine = self._headless.session, self._headless.engine
        numbers = [engine.subscribe(probe, options) for probe, options in self._wanted(panels)]
        begun = session.run.step
        self._headless.wait(session.resume())
        self._shown(set(numbers), begun)
        first, began = session.run.step, perf_counter()
        self._headless.until(lambda: session.run.step >= first + steps)
        rate = (session.run.step - first) / (perf_counter() - began)
        self.pause()
        for number in numbers:
            engine.unsubscribe(number)
        return rate

    def _shown(self, waiting: set[int], begun: int) -> None:
        """When it has set off and every panel has its first frame, which comes at once: from then on a budget holds."""
        for event in self._headless.events():
            if isinstance(event, msg.ProbeFrame) and event.step > begun:
                waiting.discard(event.subscription)
            if not waiting and self._headless.session.run.step > begun:
                return

    def _wanted(self, panels: bool) -> list[tuple[str, dict[str, msg.Option]]]:
        if not panels:
            return []
        last: tuple[str, dict[str, msg.Option]] = ("flow", {})
        if self.net.plane:
            last = ("boundary", {"resolution": 64})
        return [
            ("activations", {"nodes": [], "sample": 0, "channels": 8}),
            ("activations", {"nodes": [self.net.node], "sample": 0, "channels": 0}),
            ("predictions", {"count": 24, "page": 0}),
            last,
        ]


def measure() -> list[Row]:
    """Every network."""
    with tempfile.TemporaryDirectory() as folder:
        return [row for n, net in enumerate(nets(Path(folder))) for row in measure_net(net, Path(folder), toy=n < 3)]


def measure_net(net: Net, folder: Path, *, toy: bool) -> list[Row]:
    """Headless, the two rivals, and with panels, in turn."""
    with Headless(net.document) as headless:
        headless.engine_ready()
        rig = Rig(net, headless, folder)
        facts = (rig.source, rig.data, rig.batch, rig.threads)
        with Rival("best", *facts) as best, Rival("usual", *facts) as usual:
            return _rows(rig, best, usual, toy=toy)


def _rows(rig: Rig, best: Rival, usual: Rival, *, toy: bool) -> list[Row]:
    steps = FEWEST
    for _ in range(3):  # the first ones are slow
        steps = max(FEWEST, int(best.rate(steps) * SHORT))
    usual.rate(steps)
    rig.rate(steps, panels=False)
    bare, hand = [], []
    for _ in range(ROUNDS):
        bare.append(rig.rate(steps, panels=False))
        hand.append(best.rate(steps))
    title, threads = rig.net.title, f"{rig.threads} thread{'s' if rig.threads > 1 else ''}"
    alone, by_hand = f"{median(bare):,.0f} steps/s", f"best form {median(hand):,.0f}"
    headless = Row(f"{title}, {threads}, headless", alone, by_hand, paired(bare, hand), "≥ 0.98")
    return [headless, *_with_panels(rig, {"best form": best, "DataLoader": usual}, steps, toy=toy)]


def _with_panels(rig: Rig, rivals: dict[str, Rival], steps: int, *, toy: bool) -> list[Row]:
    """Long turns, each against the mean of the rivals' right before and right after it."""
    ours: list[float] = []
    theirs = {name: [rival.rate(2 * steps)] for name, rival in rivals.items()}
    for _ in range(LONG_ROUNDS):
        ours.append(rig.rate(LONG * steps, panels=True))
        for name, rival in rivals.items():
            theirs[name].append(rival.rate(2 * steps))
    goals = {"best form": "≥ 0.95", "DataLoader": "≥ 1.20" if toy else ""}
    told = f"{median(ours):,.0f} steps/s"
    return [
        Row(
            f"{rig.net.title}, four panels",
            told,
            f"{name} {median(rates):,.0f}",
            paired(ours, [(a + b) / 2 for a, b in pairwise(rates)]),
            goals[name],
        )
        for name, rates in theirs.items()
    ]
