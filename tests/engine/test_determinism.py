"""On the CPU a run has the same losses to the last bit, whatever is done to it that changes nothing."""

import random

import numpy as np
import pytest
from msgspec.structs import replace

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.records import checkpoint
from nnstudio.engine.records.resuming import go_on, resumed
from nnstudio.engine.training.run import Run
from nnstudio.protocol import messages as msg
from nnstudio.training.registry import optimizers

LSTM = """import torch
from torch import nn


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 12, num_layers=2, dropout=0.2, batch_first=True)
        self.head = nn.Linear(12, 10)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        lstm = self.lstm(image[:, 0])[0]  # N×8×12
        head = self.head(lstm[:, -1])  # N×10
        return head

    def compute_loss(self, head: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(head, label)
"""
PLAN = msg.Plan(epochs=2, seed=5, batch_size=20, early_stopping=9, clip_norm=1.0, schedule="cosine")


class Trial:
    """A run in this process, with what it tells."""

    def __init__(self, model, plan, resume=""):
        self.sent = []
        entrant, snapshot = resumed(msg.Entrant(model, plan, msg.Keeping(resume=str(resume), own_plan=True)))
        subject = make_subject(entrant.model, plan=entrant.plan)
        self.run = Run(1, subject, entrant.plan, self.sent.append, Stream(self.sent.append))
        if snapshot is not None:
            go_on(self.run, snapshot, None)
        self.run.begin()

    def to(self, step):
        while self.run.state == "training" and self.run.trainer.steps < step:
            self.run.advance()
        return self

    def finish(self):
        return self.to(10**9)

    def leave(self, path):
        """Leave a checkpoint, as an engine does before it is gone."""
        self.run.pause()
        checkpoint.write(self.run.snapshot(), path)
        return path

    @property
    def losses(self):
        return np.concatenate([each.losses.numpy() for each in self.sent if isinstance(each, msg.Progress)])

    @property
    def rows(self):
        done = [each for each in self.sent if isinstance(each, msg.EpochDone)]
        return [replace(each, seconds=0.0, metrics={}) for each in done]


def steps(trial, seed):
    return sorted(random.Random(seed).sample(range(1, trial.run.total_steps), 5))


def hold(model, plan, folder):
    """It is held for a run of that model by that plan."""
    plain = Trial(model, plan).finish()
    assert plain.run.state == "finished"
    paused = Trial(model, plan)
    for step in steps(paused, 1):
        paused.to(step).run.pause()
        paused.run.go()
    paused.finish()
    np.testing.assert_array_equal(paused.losses, plain.losses)
    assert paused.rows == plain.rows
    lives = [Trial(model, plan)]
    for step in steps(lives[0], 2):
        path = lives[-1].to(step).leave(folder / f"{step}.safetensors")
        lives.append(Trial(model, msg.Plan(lr=7.0, epochs=99), resume=path))
    lives[-1].finish()
    np.testing.assert_array_equal(np.concatenate([life.losses for life in lives]), plain.losses)
    assert [row for life in lives for row in life.rows] == plain.rows


def test_pausing_and_going_on_from_checkpoints_change_no_bit(moons, tmp_path):
    hold(moons, PLAN, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(optimizers()))
def test_with_every_optimizer(moons, tmp_path, name):
    kind = optimizers()[name]
    hold(moons, replace(PLAN, optimizer=name, lr=kind.lr, weight_decay=kind.weight_decay or 0.0), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("schedule", ["plateau", "one_cycle", "step"])
def test_with_schedules(moons, tmp_path, schedule):
    hold(moons, replace(PLAN, schedule=schedule, restore_best=True), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CNN", "LSTM"])
def test_with_other_networks(digits, tmp_path, name):
    model = digits if name == "CNN" else replace(digits, source=LSTM, class_name="Rows")
    hold(model, PLAN, tmp_path)
