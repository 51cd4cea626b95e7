"""The engine is killed at any moment: the window's side lives, the drawing is as it was, and the run goes on.

What goes on is the run that would have been, to the last bit; and nothing is left behind.
"""

import os
import random
import signal
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from nnstudio.errors import EngineError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.writing import graph_bytes
from nnstudio.headless import Headless
from nnstudio.paths import resource
from nnstudio.protocol import client
from nnstudio.protocol import messages as msg
from nnstudio.runs.checkpoints import read_head
from nnstudio.runs.reading import WholeRun, read_run
from nnstudio.runs.wishes import Wishes

MOMENTS = ("training", "pausing", "saving", "exporting", "starting")


def with_dropout(epochs: int) -> Document:
    """Whatever is not as it was shows in its losses."""
    document = storage.load(resource("examples", "moons.nnstudio.json"))
    document.disconnect(document.links_into("head", "x")[0])
    document.add("Dropout", "dropout")
    document.connect("tanh2", "dropout")
    document.connect("dropout", "head")
    document.set_plan(epochs=epochs, batch_size=10, seed=4)
    return document


class Victim:
    """A project in training, whose engine is killed again and again."""

    def __init__(self, headless: Headless, base: Path, seed: int) -> None:
        self.headless, self.session = headless, headless.session
        self.base = base
        self.exports = base / "exports"
        self.exports.mkdir()
        self.session.steering.wishes = Wishes(folder=str(base / "runs"))
        self.random = random.Random(seed)
        self.drawing = graph_bytes(self.session.document)
        self.point: Path | None = None
        """The checkpoint from which the run goes on."""

    @property
    def run(self):
        return self.session.run

    def start(self) -> Future[msg.AnyReply]:
        """From the beginning, or from where a dead engine has left the run."""
        if self.point is None:
            return self.session.train()
        return self.session.steering.go_on(self.point, read_head(self.point), ())

    def kept(self) -> WholeRun:
        return read_run(Path(self.run.folder))

    def finish(self) -> WholeRun:
        """Train to the end."""
        self.headless.wait(self.start())
        self.headless.until(lambda: not self.run.active)
        assert self.run.state == "finished"
        self.headless.until(lambda: any(saved.reason == "end" for saved in self.run.checkpoints))
        return self.kept()

    def kill(self, moment: str) -> None:
        """Let the run come to that moment, and kill the engine a little later."""
        started = self.start()
        if moment != "starting":
            self.headless.wait(started)
            first, more = self.run.first_step, self.random.randint(50, 250)
            self.headless.until(lambda: self.run.step >= first + more or not self.run.active)
            self._do(moment)
        time.sleep(self.random.uniform(0.0, 0.03))
        pid = self.headless.engine.pid
        os.kill(pid, signal.SIGKILL)
        self.headless.ready = None
        self.headless.engine_ready()
        with suppress(EngineError):
            self.session.steering.start_failed(started.exception())
        self._check(pid)

    def _do(self, moment: str) -> None:
        if moment == "pausing":
            self.session.pause()
        elif moment == "saving":
            self.session.steering.save_checkpoint()
        elif moment == "exporting":
            self.session.pause()
            self.session.export(self.random.choice(["python", "safetensors"]), self.exports / "model")

    def _check(self, pid: int) -> None:
        assert not psutil.pid_exists(pid)
        assert graph_bytes(self.session.document) == self.drawing
        assert self.run.state in ("failed", "finished")
        assert not [path for path in self.exports.iterdir() if path.name.startswith(".")]
        if self.run.folder and Path(self.run.folder).exists():
            kept = self.kept()
            assert kept.state in ("interrupted", "finished")
            last = kept.last_checkpoint
            if last is not None and kept.state == "interrupted":
                self.point = kept.checkpoint_path(last)


@pytest.mark.slow
def test_closing_the_engine_keeps_the_run_where_it_was(tmp_path):
    with Headless(with_dropout(400)) as headless:
        headless.engine_ready()
        victim = Victim(headless, tmp_path, seed=1)
        headless.wait(victim.start())
        headless.until(lambda: victim.run.step > 200)
        headless.engine.close()
        kept = victim.kept()
        assert (kept.state, kept.record.state) == ("interrupted", "paused")
        assert kept.last_checkpoint is not None
        assert kept.last_checkpoint.reason == "paused"
        assert kept.last_checkpoint.step == kept.record.step == len(kept.losses) > 200


def rows(kept: WholeRun) -> list[tuple[float | None, ...]]:
    return [(row.epoch, row.step, row.train_loss, row.test_loss, row.train_accuracy) for row in kept.epochs]


@pytest.mark.parametrize(
    ("kills", "epochs"), [(5, 40), pytest.param(50, 400, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])]
)
def test_a_killed_engine_costs_nothing(tmp_path, monkeypatch, kills, epochs):
    monkeypatch.setattr(client, "DEATHS_WITHIN", 0.0)  # it is started again however often it dies
    others = {child.pid for child in psutil.Process().children()}
    with Headless(with_dropout(epochs)) as headless:
        headless.engine_ready()
        victim = Victim(headless, tmp_path, seed=kills)
        plain = victim.finish()
        moments = [MOMENTS[i % len(MOMENTS)] for i in range(kills)]
        victim.random.shuffle(moments)
        for moment in moments:
            victim.kill(moment)
        assert {child.pid for child in psutil.Process().children()} - others == {headless.engine.pid}
        assert victim.point is not None
        last = victim.finish()
    assert last.record.resumed
    np.testing.assert_array_equal(last.losses, plain.losses)
    assert rows(last) == rows(plain)
    strays = [path for path in tmp_path.rglob(".nnstudio-*") if "nnstudio-home" not in path.parts]
    assert strays == []
    assert {child.pid for child in psutil.Process().children()} <= others
