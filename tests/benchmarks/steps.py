"""Training steps a second: the engine, against the best loop one can write by hand and the usual DataLoader loop.

All with the same source, data, batch and threads, Adam, and a test on the whole test set after each epoch. The rivals
run in a process of their own, as the engine does. Headless: nothing is subscribed to. With panels: the nodes' live
pictures, one node's features, gradient flow or the boundary, and predictions; Loss is fed by every run.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import torch

from nnstudio.engine.data import datasets
from nnstudio.headless import Headless
from nnstudio.protocol import messages as msg
from tests.benchmarks.nets import Net, nets
from tests.benchmarks.table import Row, paired

RUNS = 3


class Rig:
    """One network, in an engine and with its rivals."""

    def __init__(self, net: Net, headless: Headless, folder: Path) -> None:
        self.net, self.headless = net, headless
        self.model = headless.session.model(trained=False)
        self.data = folder / "data.pt"
        self.batch = net.document.plan.batch_size
        self.threads = 1
        found = datasets.load(self.model.data)
        names = {*self.model.inputs, *self.model.targets}
        fields = {part: {name: getattr(found, part)[name].clone() for name in names} for part in ("train", "test")}
        torch.save({**fields, "inputs": list(self.model.inputs), "targets": list(self.model.targets)}, self.data)
        net.document.set_plan(epochs=math.ceil(2 * net.steps / math.ceil(found.train_samples / self.batch)) + 1)

    def ours(self, panels: bool) -> float:
        """Steps a second of the engine, from its first report to the one at the end."""
        numbers = [self.headless.engine.subscribe(probe, options) for probe, options in self._wanted(panels)]
        session = self.headless.session
        reply = self.headless.wait(session.train())
        assert isinstance(reply, msg.Started)
        self.threads = reply.threads
        self.headless.until(lambda: session.run.step > 0)
        first, began = session.run.step, perf_counter()
        self.headless.until(lambda: session.run.step >= first + self.net.steps or not session.run.active)
        rate = (session.run.step - first) / (perf_counter() - began)
        self.headless.stop()
        for number in numbers:
            self.headless.engine.unsubscribe(number)
        return rate

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

    def rival(self, kind: str) -> float:
        """Steps a second of a loop in a process of its own."""
        numbers = [str(number) for number in (self.net.steps, self.batch, self.threads)]
        command = [sys.executable, "-m", "tests.benchmarks.rivals", kind, str(self.data), *numbers]
        done = subprocess.run(command, input=self.model.source, capture_output=True, text=True, timeout=600, check=True)
        return float(done.stdout.split()[-1])


def measure() -> list[Row]:
    """Every network; headless, with panels and the two rivals in turn."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, net in enumerate(nets(Path(folder))):
            with Headless(net.document) as headless:
                headless.engine_ready()
                rows.extend(_rows(Rig(net, headless, Path(folder)), toy=number < 3))
    return rows


def _rows(rig: Rig, toy: bool) -> list[Row]:
    rig.ours(panels=False)
    bare, open_, best, usual = [], [], [], []
    for _ in range(RUNS):
        bare.append(rig.ours(panels=False))
        best.append(rig.rival("best"))
        open_.append(rig.ours(panels=True))
        usual.append(rig.rival("usual"))
    title, threads = rig.net.title, f"{rig.threads} thread{'s' if rig.threads > 1 else ''}"
    by_hand, loader = f"best form {median(best):,.0f}", f"DataLoader {median(usual):,.0f}"
    alone, panels = f"{median(bare):,.0f} steps/s", f"{median(open_):,.0f} steps/s"
    return [
        Row(f"{title}, {threads}, headless", alone, by_hand, paired(bare, best), "≥ 0.98"),
        Row(f"{title}, four panels", panels, by_hand, paired(open_, best), "≥ 0.95"),
        Row(f"{title}, four panels", panels, loader, paired(open_, usual), "≥ 1.20" if toy else ""),
    ]
