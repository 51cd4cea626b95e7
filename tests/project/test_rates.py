"""The learning rate over a run: what is kept of it, and in how little room."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.project.rates import MOST, Rates
from nnstudio.project.run import Run
from nnstudio.protocol import messages as msg
from tests.project.test_run import begun, told


def rates(*told: tuple[int, float]) -> Rates:
    made = Rates()
    for step, rate in told:
        made.take(step, rate)
    return made


def test_between_places_it_is_straight_and_of_a_level_only_the_ends_are_kept() -> None:
    made = rates((1, 0.1), (5, 0.1), (9, 0.1), (20, 0.1), (30, 0.2))
    assert [column.tolist() for column in made.places()] == [[1, 20, 30], [0.1, 0.1, 0.2]]
    assert made.at([0, 10, 25, 99]).tolist() == pytest.approx([0.1, 0.1, 0.15, 0.2])
    assert np.isnan(Rates().at(3))


def test_a_run_that_goes_back_forgets_what_came_after() -> None:
    run = begun()
    run.take_progress(told(10, [1.0] * 10))
    run.take_progress(told(20, [1.0] * 10))
    run.take_progress(
        msg.Progress(
            run=1,
            epoch=1,
            step=11,
            total_steps=100,
            steps_per_second=1.0,
            losses=msg.Array.of(np.ones(1, np.float32)),
            accuracies=msg.Array.of(np.ones(1, np.float32)),
            lr=0.05,
        )
    )
    assert [column.tolist() for column in run.rates.places()] == [[10, 11], [0.1, 0.05]]


def test_of_very_many_every_other_place_is_kept() -> None:
    made = rates(*((step, 1 / (step + 1)) for step in range(3 * MOST)))
    assert len(made) <= MOST
    assert float(made.at(3 * MOST - 1)) == pytest.approx(1 / (3 * MOST))
    assert float(made.at(MOST)) == pytest.approx(1 / (MOST + 1), rel=0.01)
    made.keep(100)
    assert len(made) <= 100
    assert float(made.at(3 * MOST - 1)) == pytest.approx(1 / (3 * MOST))


def test_a_run_at_rest_keeps_few() -> None:
    run = Run()
    for step in range(2000):
        run.rates.take(step, float(step))
    run.rest()
    assert len(run.rates) <= 128
