"""Training steps a second: the engine, against the best loop one can write by hand and the usual DataLoader loop.

All with the same source, data, batch and threads, Adam, and a test on the whole test set after each epoch. The rivals
run in processes of their own, as the engine does. They take short turns, while the others stand still: a
machine's speed drifts by a tenth within a minute, which is more than what is to be measured. All begin anew a few
times, as one process is up to a tenth quicker than the next of the same kind, by how its memory happens to lie.

Headless: nothing is subscribed to. With panels: the nodes' live pictures, one node's features, gradient flow or the
boundary, and predictions; Loss is fed by every run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
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

TIMES, ROUNDS = 3, 5
"""How often all processes begin anew, and turns in each."""
SHORT = 0.5
"""Seconds of a turn, which has at least FEWEST steps."""
FEWEST = 6
LONG = 16
"""With panels there is one turn, as long as so many short ones: a dear frame is due once in many seconds."""


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
    found = Found()
    for _ in range(TIMES):
        with Headless(net.document) as headless:
            headless.engine_ready()
            rig = Rig(net, headless, folder)
            facts = (rig.source, rig.data, rig.batch, rig.threads)
            with Rival("best", *facts) as best, Rival("usual", *facts) as usual:
                found.add(rig, best, usual)
    return found.rows(f"{net.title}, {rig.threads} thread{'s' if rig.threads > 1 else ''}", toy=toy)


@dataclass
class Found:
    """Steps a second of each turn, beside those of the rivals right before or around it."""

    bare: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)
    panels: list[float] = field(default_factory=list)
    around: dict[str, list[float]] = field(default_factory=lambda: {"best form": [], "DataLoader": []})

    def add(self, rig: Rig, best: Rival, usual: Rival) -> None:
        """The turns of some processes."""
        steps = FEWEST
        for _ in range(3):  # the first ones are slow
            steps = max(FEWEST, int(best.rate(steps) * SHORT))
        usual.rate(steps)
        rig.rate(steps, panels=False)
        for _ in range(ROUNDS):
            self.bare.append(rig.rate(steps, panels=False))
            self.by_hand.append(best.rate(steps))
        rivals = dict(zip(self.around, (best, usual), strict=True))
        before = {name: rival.rate(2 * steps) for name, rival in rivals.items()}
        self.panels.append(rig.rate(LONG * steps, panels=True))
        for name, rival in rivals.items():
            self.around[name].append((before[name] + rival.rate(2 * steps)) / 2)

    def rows(self, title: str, *, toy: bool) -> list[Row]:
        """Medians, and the medians of the ratios."""
        goals = {"best form": "≥ 0.95", "DataLoader": "≥ 1.20" if toy else ""}
        alone, by_hand = f"{median(self.bare):,.0f} steps/s", f"best form {median(self.by_hand):,.0f}"
        found = [Row(f"{title}, headless", alone, by_hand, paired(self.bare, self.by_hand), "≥ 0.98")]
        told = f"{median(self.panels):,.0f} steps/s"
        for name, rates in self.around.items():
            rival = f"{name} {median(rates):,.0f}"
            found.append(Row(f"{title}, four panels", told, rival, paired(self.panels, rates), goals[name]))
        return found
