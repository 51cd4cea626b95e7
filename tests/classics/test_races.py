"""Races of the curriculum, with the real engine: what each run of them is known to show."""

from __future__ import annotations

from collections import defaultdict

import pytest

from nnstudio.examples import examples
from nnstudio.graph.document import Document
from nnstudio.graph.race import Axis, Race
from nnstudio.graph.storage import load
from nnstudio.headless import run_race
from nnstudio.ui.racing.presets import PRESETS

pytestmark = pytest.mark.slow


def xor() -> Document:
    """Two inputs, some hidden units, one output: all four cases are learned."""
    document = Document("xor seeds")
    document.add("Dataset", "xor", dataset="gates", gate="XOR")
    document.add("Linear", "hidden", out_features=2)
    document.add("Sigmoid", "sigmoid")
    document.add("Linear", "head", out_features=1)
    document.add("BCEWithLogitsLoss", "loss")
    for source, target in (("xor.inputs", "hidden"), ("hidden", "sigmoid"), ("sigmoid", "head")):
        document.connect(source, target)
    document.connect("head", "loss.prediction")
    document.connect("xor.output", "loss.target")
    document.set_plan(optimizer="SGD", lr=1.0, batch_size=4, epochs=1000)
    return document


@pytest.mark.timeout(900)
def test_xor_with_two_hidden_units_gets_stuck_for_some_seeds_and_hardly_ever_with_four():
    runs = run_race(xor(), Race((Axis("hidden.out_features", (2, 4)),), repeats=20))
    right = defaultdict(list)
    for run in runs:
        assert run.state == "finished"
        right[run.group].append(run.epochs[-1].test_accuracy)
    two, four = right["out_features 2"], right["out_features 4"]
    assert len(two) == len(four) == 20
    assert 0.75 in two
    assert two.count(1.0) < 15
    assert four.count(1.0) >= 17


def test_adam_is_ahead_in_the_first_epochs():
    document = load(examples()["moons"])
    document.set_plan(epochs=8)
    runs = run_race(document, PRESETS[0].change(Race()))
    losses = {run.label: [row.train_loss for row in run.epochs] for run in runs}
    for epoch in range(1, 8):
        assert losses["Adam"][epoch] < losses["SGD momentum=0.9"][epoch] < losses["SGD"][epoch]
