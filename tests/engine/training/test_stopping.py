import math

import numpy as np
import pytest
from msgspec.structs import replace

from nnstudio.engine.training.account import EpochSums
from nnstudio.engine.training.stopping import Watch
from nnstudio.engine.training.tally import Figures
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg


def done(epoch, **figures):
    metrics = {name: figures.pop(name) for name in ["f1"] if name in figures}
    known = {"test_loss": 1.0} | figures
    return msg.EpochDone(run=1, epoch=epoch, step=epoch, train_loss=1.0, metrics=metrics, **known)


def followed(plan, values, name="test_loss"):
    """Whether each epoch was the best, until it is over."""
    watch, best = Watch(plan), []
    for epoch, value in enumerate(values, 1):
        best.append(watch.take(done(epoch, **{name: value})))
        if watch.over:
            break
    return watch, best


def test_a_run_without_a_limit_is_never_over():
    watch, best = followed(msg.Plan(), [3.0, 2.0, 2.0, math.nan, 5.0, 1.0])
    assert best == [True, True, False, False, False, True]
    assert (watch.best_epoch, watch.over) == (6, False)


def test_it_is_over_after_so_many_epochs_without_improvement():
    watch, best = followed(msg.Plan(early_stopping=2), [3.0, 2.0, 2.5, 2.0, 1.0])
    assert len(best) == 4
    assert watch.words == "Stopped early: the test loss has not improved for 2 epochs. The best was epoch 2."


def test_what_improves_by_less_than_the_least_is_the_best_all_the_same():
    watch, best = followed(msg.Plan(early_stopping=2, min_delta=0.5), [3.0, 2.9, 2.8, 0.0])
    assert best == [True, True, True]
    assert watch.over


@pytest.mark.parametrize("name", ["test_accuracy", "f1"])
def test_accuracies_are_to_rise(name):
    watch, best = followed(msg.Plan(early_stopping=2, monitor=name), [0.5, 0.9, 0.8, 0.7, 0.99], name)
    assert best == [True, True, False, False]
    assert watch.over


def test_without_any_figure_nothing_is_the_best():
    watch, best = followed(msg.Plan(early_stopping=3, monitor="test_accuracy"), [1.0] * 9)
    assert best == [False] * 3
    assert "The best" not in watch.words


def test_figures_that_nobody_knows_are_refused():
    with pytest.raises(EngineError, match="no figure 'beauty'"):
        Watch(msg.Plan(monitor="beauty"))


def test_it_goes_on_as_if_it_had_never_been_away():
    plan = msg.Plan(early_stopping=3)
    first, _ = followed(plan, [3.0, 2.0, 2.5])
    second = Watch(plan)
    second.restore(first.state())
    assert second.state() == first.state()
    assert not second.take(done(4, test_loss=2.2))
    assert second.may_be_over
    assert not second.take(done(5, test_loss=2.2))
    assert second.over


def test_another_measure_begins_anew():
    watch, _ = followed(msg.Plan(early_stopping=3), [0.1, 0.2])
    watch.follow(replace(msg.Plan(), monitor="train_loss"))
    assert watch.take(done(3))


def test_sums_do_not_depend_on_the_pieces():
    rng = np.random.default_rng(0)
    losses, sizes = rng.random(1000).astype("f4"), rng.integers(1, 9, 1000)
    whole, pieces = EpochSums(), EpochSums()
    whole.add(Figures(losses, losses, sizes))
    for start in range(0, 1000, 7):
        part = slice(start, start + 7)
        pieces.add(Figures(losses[part], losses[part], sizes[part]))
    assert pieces.state() == whole.state()
    assert whole.losses == pytest.approx(float(losses.astype("f8") @ sizes))
    assert whole.samples == sizes.sum()
