"""Each metric against its definition, written out by hand, and against torch; and answers of every odd kind."""

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnstudio.errors import BadParameter
from nnstudio.graph.training import EpochRow, TrainingPlan
from nnstudio.metrics.classification import k_of
from nnstudio.metrics.registry import computed, figure, higher_is_better, metrics, metrics_of, monitors
from nnstudio.metrics.spec import Judged

TASKS = ("classes", "tokens", "logit", "probability", "values")


def of_classes(target, probabilities):
    scores = np.array(probabilities, np.float64)
    return Judged("classes", np.array(target), scores.argmax(1), np.arange(len(scores)), scores)


def of_two(target, scores, task="probability"):
    scores = np.array(scores, np.float64)
    predicted = (scores > (0.5 if task == "probability" else 0.0)).astype(np.int64)
    return Judged(task, np.array(target), predicted, np.arange(len(scores)), scores)


def of_values(target, predicted):
    target, predicted = (np.array(each, np.float64).reshape(len(target), -1) for each in (target, predicted))
    return Judged("values", target, predicted, np.arange(len(target)))


def of_tokens(target, predicted, sample, surprise=None):
    known = None if surprise is None else np.array(surprise)
    return Judged("tokens", np.array(target), np.array(predicted), np.array(sample), surprise=known)


def value(name, judged):
    return metrics()[name].of(judged)


def random_classes(classes=7, samples=60):
    random = np.random.default_rng(4)
    scores = random.dirichlet(np.ones(classes), samples)
    return of_classes(random.integers(classes, size=samples), scores), scores


# By hand


def test_classes_by_hand():
    judged = of_classes([0, 0, 1, 2], [[0.7, 0.2, 0.1], [0.1, 0.5, 0.4], [0.2, 0.6, 0.2], [0.5, 0.4, 0.1]])
    assert value("precision", judged) == pytest.approx(np.mean([1 / 2, 1 / 2, 0]))
    assert value("recall", judged) == pytest.approx(np.mean([1 / 2, 1, 0]))
    assert value("f1", judged) == pytest.approx(np.mean([1 / 2, 2 / 3, 0]))
    assert value("top_k", judged) == pytest.approx(2 / 4)  # the two likeliest
    pairs = [[0.7 > 0.2, 0.7 > 0.5, 0.1 > 0.2, 0.1 > 0.5], [0.6 > 0.2, 0.6 > 0.5, 0.6 > 0.4], [0, 0, 0]]
    pairs[2] = [(0.1 == 0.1) / 2, 0.1 > 0.4, 0.1 > 0.2]
    assert value("auc", judged) == pytest.approx(np.mean([np.mean(each) for each in pairs]))


def test_two_classes_by_hand():
    judged = of_two([1, 1, 1, 0, 0], [0.9, 0.8, 0.3, 0.6, 0.1])
    assert value("precision", judged) == pytest.approx(2 / 3)
    assert value("recall", judged) == pytest.approx(2 / 3)
    assert value("f1", judged) == pytest.approx(2 / 3)
    assert value("auc", judged) == pytest.approx(5 / 6)
    assert value("auc", of_two([1, 1, 0], [3.0, -1.0, -2.0], "logit")) == 1.0


def test_numbers_by_hand():
    judged = of_values([1.0, 2.0, 6.0], [1.0, 4.0, 5.0])
    assert value("mse", judged) == pytest.approx(5 / 3)
    assert value("mae", judged) == pytest.approx(1.0)
    assert value("r2", judged) == pytest.approx(1 - 5 / 14)


def test_numbers_against_torch():
    random = torch.Generator().manual_seed(1)
    target, predicted = torch.randn(50, 4, generator=random), torch.randn(50, 4, generator=random)
    judged = of_values(target.numpy(), predicted.numpy())
    assert value("mse", judged) == pytest.approx(torch.nn.functional.mse_loss(predicted, target).item(), rel=1e-5)
    assert value("mae", judged) == pytest.approx(torch.nn.functional.l1_loss(predicted, target).item(), rel=1e-5)
    off, spread = (predicted - target).square().sum(), (target - target.mean(0)).square().sum()
    assert value("r2", judged) == pytest.approx(1 - (off / spread).item(), rel=1e-5)


def test_tokens_by_hand():
    judged = of_tokens([1, 2, 3, 4], [1, 2, 3, 0], [0, 0, 1, 1], [0.0, math.log(4), math.log(2), math.log(8)])
    assert value("token_accuracy", judged) == pytest.approx(3 / 4)
    assert value("exact_match", judged) == pytest.approx(1 / 2)
    assert value("bits_per_character", judged) == pytest.approx((0 + 2 + 1 + 3) / 4)
    assert value("perplexity", judged) == pytest.approx(2 ** (6 / 4))


def test_top_k_is_five_where_there_are_more_than_five_classes():
    judged, scores = random_classes()
    likeliest = torch.from_numpy(scores).topk(5).indices
    hits = (likeliest == torch.from_numpy(judged.target)[:, None]).any(1)
    assert value("top_k", judged) == pytest.approx(hits.double().mean().item())
    assert (k_of(5), k_of(6)) == (2, 5)


def test_auc_is_that_of_scikit_learn_where_it_has_one():
    from sklearn.metrics import roc_auc_score

    judged, scores = random_classes()
    expected = roc_auc_score(judged.target, scores, multi_class="ovr", average="macro")
    assert value("auc", judged) == pytest.approx(expected)


# Odd answers


def test_a_class_that_no_test_sample_has_is_no_reason_for_silence():
    judged = of_classes([0, 1, 0], [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    found = computed(judged, tuple(metrics_of("classes")))
    assert found["auc"] == pytest.approx(np.mean([1 / 2, 1]))
    assert set(found) == {"top_k", "precision", "recall", "f1", "auc"}


def test_what_is_not_defined_is_left_out():
    assert value("auc", of_classes([1, 1], [[0.5, 0.5, 0], [0.1, 0.9, 0]])) is None
    assert value("auc", of_two([0, 0], [0.5, 0.1])) is None
    assert value("auc", of_two([0, 1], [np.nan, 0.1])) is None
    assert value("top_k", of_classes([0, 1], [[0.5, 0.5], [0.1, 0.9]])) is None
    assert value("r2", of_values([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])) is None
    assert value("r2", of_values([2.0], [1.0])) is None
    assert value("mse", of_values([2.0, 1.0], [np.nan, 1.0])) is None
    assert value("perplexity", of_tokens([1], [1], [0], [np.nan])) is None
    assert value("perplexity", of_tokens([1], [1], [0], [1e6])) is None


@st.composite
def anything(draw):
    """Answers of any task, with whatever numbers a network may give."""
    task, samples = draw(st.sampled_from(TASKS)), draw(st.integers(0, 6))
    numbers = st.floats(width=32)
    if task == "values":
        arrays = hnp.arrays(np.float64, (samples, draw(st.integers(1, 3))), elements=numbers)
        return Judged(task, draw(arrays), draw(arrays), np.arange(samples))
    classes = 2 if task in ("logit", "probability") else draw(st.integers(1, 7))
    labels = hnp.arrays(np.int64, samples, elements=st.integers(0, classes - 1))
    shape = {"classes": (samples, classes), "tokens": (samples,)}.get(task, (samples,))
    made = draw(hnp.arrays(np.float64, shape, elements=numbers))
    scores, surprise = (None, made) if task == "tokens" else (made, None)
    return Judged(task, draw(labels), draw(labels), np.sort(draw(labels)), scores, surprise)


@given(anything())
def test_there_is_never_an_exception_a_warning_or_a_number_that_is_none(judged):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = computed(judged, tuple(metrics_of(judged.task)))
    assert all(math.isfinite(each) for each in found.values())
    assert all(0 <= found[name] <= 1 for name in found.keys() & {"precision", "recall", "f1", "auc", "top_k"})


# What is declared


def test_every_task_has_figures():
    assert {task: bool(metrics_of(task)) for task in TASKS} == dict.fromkeys(TASKS, True)
    assert all(set(metric.tasks) <= set(TASKS) for metric in metrics().values())


def test_values_in_words():
    assert metrics()["f1"].text(0.9724) == "97.2 %"
    assert metrics()["mse"].text(0.031249) == "0.03125"


def test_a_run_can_watch_any_figure():
    row = EpochRow(1, 0.5, 0.4, test_accuracy=0.9, metrics={"f1": 0.8})
    assert figure(row, "test_loss") == 0.4
    assert figure(row, "test_accuracy") == 0.9
    assert figure(row, "f1") == 0.8
    assert figure(row, "auc") is None
    assert [name for name in monitors() if not higher_is_better(name)] == [
        "test_loss",
        "train_loss",
        "perplexity",
        "bits_per_character",
        "mse",
        "mae",
    ]


def test_the_plan_offers_them():
    assert TrainingPlan().changed({"monitor": "f1"}).value("monitor") == "f1"
    with pytest.raises(BadParameter, match="monitor"):
        TrainingPlan().changed({"monitor": "accuracy"})
