"""A run, put together from what the engine tells: where its steps lie, how it goes back, what it follows."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.graph.training import EpochRow
from nnstudio.project.run import MOST_EPOCHS, Course, Run, thinned
from nnstudio.protocol import messages as msg


def started(step: int = 0, per_epoch: int = 10) -> msg.Started:
    return msg.Started(
        request=1, run=1, steps_per_epoch=per_epoch, train_samples=100, test_samples=10, threads=1, step=step
    )


def told(step: int, losses: list[float], epoch: int = 1) -> msg.Progress:
    values = msg.Array.of(np.array(losses, np.float32))
    return msg.Progress(
        run=1, epoch=epoch, step=step, total_steps=100, steps_per_second=1.0, losses=values, accuracies=values, lr=0.1
    )


def epoch_done(epoch: int, step: int) -> msg.EpochDone:
    return msg.EpochDone(run=1, epoch=epoch, step=step, train_loss=1.0, test_loss=1.0)


def begun(step: int = 0) -> Run:
    run = Run()
    run.take_started(started(step))
    return run


def test_steps_lie_in_epochs_at_the_pace_that_was_told() -> None:
    run = begun()
    assert run.course.epochs([1, 10, 25]).tolist() == [0.1, 1.0, 2.5]
    assert run.course.steps([0.1, 2.5]).tolist() == [1.0, 25.0]


def test_a_larger_batch_makes_epochs_of_fewer_steps_from_there_on() -> None:
    run = begun()
    run.take_progress(told(15, [1.0] * 15))
    run.take_change(msg.Changed(run=1, step=15, what="batch_size", before="10", after="20"))
    assert run.course.epochs([15, 20]).tolist() == [1.5, 2.5]
    run.take_epoch(epoch_done(2, 18))  # the last batch of the epoch is a small one
    assert run.course.epochs([15, 18, 23]).tolist() == [1.5, 2.0, 3.0]
    assert run.course.steps([2.0, 3.0]).tolist() == [18.0, 23.0]


def test_a_run_that_goes_back_forgets_what_came_after() -> None:
    run = begun()
    run.take_progress(told(25, list(range(25))))
    for epoch in (1, 2):
        run.take_epoch(epoch_done(epoch, 10 * epoch))
    run.take_change(msg.Changed(run=1, step=22, what="batch_size", before="10", after="20"))
    run.take_progress(told(16, [7.0]))
    assert run.losses == [*range(15), 7.0]
    assert [row.epoch for row in run.epochs] == [1]
    assert run.changes == []
    assert run.course.epochs([30]).tolist() == [3.0]


def test_a_resumed_run_begins_where_its_checkpoint_is() -> None:
    run = begun(30)
    run.take_progress(told(33, [3.0, 2.0, 1.0]))
    assert (run.first_step, run.losses) == (30, [3.0, 2.0, 1.0])
    assert run.course.epochs([31, 33]).tolist() == [3.1, 3.3]


def test_training_on_counts_epochs_on() -> None:
    run = Run()
    run.follow([EpochRow(1, 0.5, 0.6), EpochRow(2, 0.4, 0.5)])
    run.take_started(started())
    run.take_epoch(epoch_done(1, 10))
    assert [row.epoch for row in run.history] == [1, 2, 3]
    assert run.course.epochs([10]).tolist() == [3.0]


def test_without_a_told_pace_the_first_epoch_tells_it() -> None:
    run = Run()
    run.take_epoch(epoch_done(1, 8))
    assert run.course.pace == 8.0


@pytest.mark.parametrize("steps", [0, 5, [1, 2]])
def test_an_unknown_pace_divides_by_nothing(steps: object) -> None:
    assert np.isfinite(Course().epochs(steps)).all()  # type: ignore[arg-type]


def test_of_thousands_of_epochs_some_are_kept_and_the_best_and_those_with_figures_among_them() -> None:
    rows = [
        EpochRow(n, 1.0, 0.5 if n == 777 else 1.0, metrics={"f1": 1.0} if n % 100 == 1 else {}) for n in range(1, 9999)
    ]
    kept = thinned(rows)
    assert MOST_EPOCHS / 4 < len(kept) <= MOST_EPOCHS
    assert [row.epoch for row in kept] == sorted(row.epoch for row in kept)
    assert (kept[0], kept[-1]) == (rows[0], rows[-1])
    assert sum(bool(row.metrics) for row in kept) == 100
    assert 777 in [row.epoch for row in kept]
    assert thinned(rows[:MOST_EPOCHS]) == rows[:MOST_EPOCHS]


def test_a_run_of_thousands_of_epochs_keeps_some_and_knows_how_many_there_were() -> None:
    run = begun()
    for epoch in range(1, MOST_EPOCHS + 100):
        run.take_epoch(epoch_done(epoch, 10 * epoch))
    assert len(run.epochs) < MOST_EPOCHS
    assert run.epochs_done == run.epochs[-1].epoch == MOST_EPOCHS + 99
    assert len(run.course._places) < 3
    run.rest()
    assert (len(run.epochs) <= 128, run.epochs_done) == (True, MOST_EPOCHS + 99)


def test_a_run_that_trained_on_and_is_over_keeps_few_of_the_epochs_before_it() -> None:
    """Else every time somebody trains on, thousands of rows of the run before stay for ever."""
    run = Run()
    run.follow([EpochRow(n, 1.0, 0.5 if n == 777 else 1.0) for n in range(1, MOST_EPOCHS + 1)])
    assert len(run.earlier) == MOST_EPOCHS
    run.take_started(started())
    run.take_epoch(epoch_done(1, 10))
    run.rest()
    assert len(run.earlier) <= 128
    assert {1, 777, MOST_EPOCHS} <= {row.epoch for row in run.earlier}
    assert (run.epochs_before, run.epochs_done) == (MOST_EPOCHS, 1)
    assert [row.epoch for row in run.history][-1] == MOST_EPOCHS + 1
