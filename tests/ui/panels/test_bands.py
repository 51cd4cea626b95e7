"""Runs that differ in the seed alone: their mean and band, in the panels of curves."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnstudio.graph.race import Axis, Race
from nnstudio.project.run import Run
from nnstudio.protocol import messages as msg
from nnstudio.ui.panels.parts.bands import band, groups

LR = Axis("training.lr", (0.1, 0.01))


def curve(*values):
    return np.arange(1.0, len(values) + 1), np.array(values, float)


def test_a_band_is_a_deviation_wide_and_inside_of_all_runs():
    found = band("b", "accent", [curve(1.0, 2.0), curve(3.0, 2.0), curve(2.0, np.nan, 7.0)])
    assert found.epochs.tolist() == [1, 2, 3]
    assert found.mean.tolist() == [2, 2, 7]
    spread = np.sqrt(2 / 3)
    assert found.high == pytest.approx([2 + spread, 2, 7])
    assert found.low == pytest.approx([2 - spread, 2, 7])
    assert found.at(1.5) == (2.0, pytest.approx(spread / 2))
    assert np.isnan(found.at(4.0)[0])
    tight = band("b", "accent", [curve(1.0)] * 9 + [curve(2.0)])
    assert (tight.low[0], tight.mean[0]) == (1.0, 1.1)
    assert len(band("b", "accent", []).epochs) == len(band("b", "accent", [curve(np.nan)]).epochs) == 0


def test_only_runs_of_one_race_make_a_group():
    runs = [Run(race="a", group="x"), Run(race="a", group="y"), Run(race="b", group="x"), Run(), Run()]
    assert groups(runs) == []
    last = Run(race="a", group="x")
    assert groups([*runs, last]) == [[runs[0], last]]


@pytest.fixture
def raced(studio):
    """Two learning rates with two seeds each, of which all have come to the second epoch."""
    panel = studio.panel("loss")
    studio.bridge.session.steering.race(Race((LR,), repeats=2))
    for number in (1, 2, 3, 4):
        studio.bridge.deliver(msg.RunState(run=number, state="training", epoch=0, step=0))
        losses = np.full(20, float(number), np.float32)
        array = msg.Array.of(losses)
        told = {"total_steps": 20, "steps_per_second": 1.0, "losses": array, "accuracies": array}
        studio.bridge.deliver(msg.Progress(run=number, epoch=2, step=20, **told))
        for epoch in (1, 2):
            done = {"train_loss": number / epoch, "test_loss": 10.0 * number}
            studio.bridge.deliver(msg.EpochDone(run=number, epoch=epoch, step=10 * epoch, **done))
    studio.settle()
    return studio, panel


def test_each_group_is_one_curve(raced):
    _, panel = raced
    assert panel.seeds.sub_menu.menuAction().isVisible()
    means = [(10**y).round(3).tolist() for _, y in panel.plot.shown_bands()]
    assert means == [[1.5, 0.75], [3.5, 1.75]]
    assert panel.plot.shown_besides() == []
    assert len(panel.plot.shown()["raw"][0]) == 0
    assert [key.text for key in panel.legend.keys] == ["lr 0.1", "lr 0.01"]
    told = panel.plot.describe(QPointF(1.0, 0.0))
    assert "lr 0.1, mean of 2 seeds: 1.5 ± 0.5" in told.splitlines()
    low, high = panel.plot.view.viewRange()[1]
    assert low < np.log10(0.5)
    assert high > np.log10(4)


def test_the_test_set_can_be_drawn_instead(raced):
    studio, panel = raced
    panel.others.choose("test")
    studio.settle()
    assert [(10**y).round(3).tolist() for _, y in panel.plot.shown_bands()] == [[15, 15], [35, 35]]


def test_each_seed_can_be_seen(raced):
    studio, panel = raced
    panel.seeds.choose("each")
    studio.settle()
    assert panel.plot.shown_bands() == []
    assert len(panel.plot.shown_besides()) == 3
    assert len(panel.plot.shown()["raw"][0]) == 20


def test_the_mean_goes_as_far_as_all_that_go_on(raced):
    studio, panel = raced
    studio.bridge.deliver(msg.EpochDone(run=1, epoch=3, step=30, train_loss=9.0, test_loss=9.0))
    studio.settle()
    assert len(panel.plot.shown_bands()[0][0]) == 2
    studio.bridge.deliver(msg.RunState(run=2, state="failed", epoch=2, step=20))
    studio.settle()
    assert len(panel.plot.shown_bands()[0][0]) == 3


def test_hidden_ones_do_not_count(raced):
    studio, panel = raced
    studio.bridge.session.steering.runs[3].visible = False
    studio.bridge.runs_changed.emit()
    studio.settle()
    assert len(panel.plot.shown_bands()) == 1
    assert len(panel.plot.shown_besides()) == 1
