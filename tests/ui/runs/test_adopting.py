from pathlib import Path

import pytest

from nnstudio.graph.race import Axis, Race
from nnstudio.graph.training import Trained
from nnstudio.protocol import messages as msg
from nnstudio.ui.runs import adopting as module
from nnstudio.ui.runs.adopting import Adopting
from tests.project.test_racing import moons
from tests.ui.studio import open_studio

AXES = (Axis("training.lr", (0.1, 0.02)), Axis("hidden.out_features", (3, 5)))


class Library:
    """Works at once."""

    def do(self, work, done):
        done(work())


@pytest.fixture
def raced(qapp):
    studio = open_studio(moons())
    session = studio.bridge.session
    session.steering.race(Race(AXES))
    for run in session.steering.runs:
        run.take_state(msg.RunState(run=run.number, state="finished", epoch=1, step=10))
    return studio, Adopting(studio.bridge, Library()), session.steering.runs


def test_plan_values_and_weights_are_one_step(raced, monkeypatch):
    studio, adopting, runs = raced
    document, trained = studio.document, Trained(b"weights", (), 3, 0.2)
    read = []
    monkeypatch.setattr(module, "_weights", lambda run, path: read.append(path) or trained)
    for step in (5, 20, 10):
        runs[3].take_checkpoint(msg.CheckpointSaved(run=4, step=step, epoch=1, path=f"/c/{step}", reason="end"))
    assert adopting.why_not(runs[3]) == ""
    adopting.adopt(runs[3])
    assert read == [Path("/c/20")]
    assert (document.plan.lr, studio.param("hidden", "out_features")) == (0.02, 5)
    assert document.trained == trained
    document.undo()
    assert (document.plan.lr, studio.param("hidden", "out_features"), document.trained) == (0.001, 8, None)


def test_one_that_left_no_weights_gives_its_values(raced):
    studio, adopting, runs = raced
    adopting.adopt(runs[1])
    assert (studio.document.plan.lr, studio.param("hidden", "out_features")) == (0.1, 5)
    assert "weights were not kept" in studio.told[-1].message


def test_a_node_that_is_gone_is_told_and_nothing_is_taken(raced):
    studio, adopting, runs = raced
    studio.document.rename("hidden", "first")
    adopting.adopt(runs[3])
    assert "There is no node 'hidden'" in studio.told[-1].message
    assert studio.document.plan.lr == 0.001


def test_not_while_a_run_goes_and_not_of_another_project(raced):
    _, adopting, runs = raced
    runs[0].state = "training"
    assert "Stop it first" in adopting.why_not(runs[1])
    runs[1].entry = None
    assert "of this project" in adopting.why_not(runs[1])
