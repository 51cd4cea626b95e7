"""What is collected of the test set, and when figures are made of it."""

import sys

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training import judging
from nnstudio.engine.training.judging import FIRST_AFTER, LOADING, SHARE, Answers, Figuring
from nnstudio.engine.training.metrics import evaluate
from nnstudio.metrics.registry import metrics_of


def figures(task, batches, ignore=None):
    answers = Answers(task, ignore, tuple(metrics_of(task)))
    for prediction, target in batches:
        answers.add(prediction, target)
    return answers.figures()


def test_figures_of_a_model_go_over_the_whole_test_set(digits):
    subject = make_subject(digits)
    names = tuple(metrics_of("classes"))
    found = evaluate(subject.model, digits, subject.data.test, 32, names)
    plain = evaluate(subject.model, digits, subject.data.test, 32)
    assert (found.loss, found.accuracy) == (plain.loss, plain.accuracy)
    assert plain.metrics == {}
    assert found.cost > plain.cost == 0.0
    with torch.no_grad():
        scores = subject.model.eval()(subject.data.test["image"])
    label = subject.data.test["label"]
    near = (scores.topk(5).indices == label[:, None]).any(1)
    assert found.metrics["top_k"] == pytest.approx(near.double().mean().item())
    recalls = [(scores.argmax(1) == each)[label == each].double().mean().item() for each in range(10)]
    assert found.metrics["recall"] == pytest.approx(np.mean(recalls))
    assert set(found.metrics) == {"top_k", "precision", "recall", "f1", "auc"}


def test_padding_does_not_count():
    scores = torch.full((2, 3, 4), -9.0)
    for place, said in enumerate([1, 2, 0, 3, 3, 3]):
        scores[place // 3, place % 3, said] = 9.0
    target = torch.tensor([[1, 2, 3], [3, 0, 0]])  # 0 is padding
    found = figures("tokens", [(scores[:1], target[:1]), (scores[1:], target[1:])], ignore=0)
    assert found["token_accuracy"] == pytest.approx(3 / 4)
    assert found["exact_match"] == pytest.approx(1 / 2)
    loss = nn.functional.cross_entropy(scores.reshape(-1, 4), target.reshape(-1), ignore_index=0)
    assert found["perplexity"] == pytest.approx(loss.exp().item(), rel=1e-5)


def test_classes_of_pictures_lie_second():
    random = torch.Generator().manual_seed(0)
    scores, target = torch.randn(4, 3, 5, 5, generator=random), torch.randint(3, (4, 5, 5), generator=random)
    found = figures("classes", [(scores, target)])
    recalls = [(scores.argmax(1) == each)[target == each].double().mean().item() for each in range(3)]
    assert found["recall"] == pytest.approx(np.mean(recalls))


@pytest.mark.parametrize(("task", "line"), [("logit", 0.0), ("probability", 0.5)])
def test_two_classes_by_one_number(task, line):
    prediction = torch.tensor([[0.9], [0.6], [0.4], [-0.2]])
    target = torch.tensor([1, 0, 1, 0])
    said = prediction[:, 0] > line
    found = figures(task, [(prediction, target)])
    assert found["recall"] == pytest.approx((said & (target == 1)).sum().item() / 2)
    assert found["auc"] == pytest.approx(3 / 4)


def test_numbers_of_any_shape():
    target = torch.arange(12.0).reshape(3, 2, 2)
    assert figures("values", [(target + 2, target)])["mse"] == pytest.approx(4.0)
    assert figures("values", [(torch.ones(3, 1), torch.zeros(3))])["mae"] == pytest.approx(1.0)


def test_what_does_not_go_together_has_no_figures():
    assert figures("values", [(torch.ones(3, 2), torch.ones(3))]) == {}
    assert figures("tokens", [(torch.ones(3, 2, 5), torch.ones(3, 2).long() * 7)]) == {}
    assert figures("classes", [(torch.ones(3, 2), torch.zeros(4).long())]) == {}
    assert figures("classes", []) == {}


def test_nothing_but_padding():
    assert figures("tokens", [(torch.ones(1, 2, 5), torch.zeros(1, 2).long())], ignore=0) == {}


def test_what_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr(judging, "MOST_NUMBERS", 50)
    batch = (torch.eye(6), torch.arange(6))
    assert figures("classes", [batch])["auc"] == 1.0
    assert set(figures("classes", [batch, batch])) == {"precision", "recall", "f1"}
    assert figures("values", [(torch.ones(9, 9), torch.ones(9, 9))]) == {}


def test_numbers_that_are_none_give_no_figures(digits, capfd):
    subject = make_subject(digits)
    with torch.no_grad():
        subject.model.head.weight.fill_(float("nan"))
    found = evaluate(subject.model, digits, subject.data.test, 32, tuple(metrics_of("classes")))
    assert "auc" not in found.metrics
    assert capfd.readouterr() == ("", "")


def test_a_target_that_is_computed_has_no_figures(digits):
    subject = make_subject(digits)
    spec = msgspec.structs.replace(digits, target="", task="values")
    assert evaluate(subject.model, spec, subject.data.test, 32, ("mse",)).metrics == {}


# When


def test_figures_keep_within_their_share_of_the_time():
    import sklearn.metrics  # noqa: F401  # nothing has to be loaded any more

    figuring = Figuring("classes", 100.0)
    everything = figuring.wanted(0.0, "", waited_for=True)
    assert set(everything) == {"top_k", "precision", "recall", "f1", "auc"}
    assert figuring.wanted(100.0, "test_loss", waited_for=False) == ()
    assert figuring.wanted(100.0, "f1", waited_for=False) == ("f1",)
    assert figuring.wanted(100.0, "mse", waited_for=False) == ()
    first = 100.0 + FIRST_AFTER
    assert figuring.wanted(first, "f1", waited_for=False) == everything
    figuring.took(0.03, first)
    assert figuring.wanted(first + 0.9, "", waited_for=False) == ()
    assert figuring.wanted(first + 0.03 / SHARE, "", waited_for=False) == everything


def test_loading_what_makes_them_counts_too(monkeypatch):
    monkeypatch.delitem(sys.modules, "sklearn.metrics", raising=False)
    figuring = Figuring("values", 0.0)
    assert figuring.wanted(LOADING / SHARE - 1, "", waited_for=False) == ()
    assert figuring.wanted(LOADING / SHARE, "", waited_for=False) == ("mse", "mae", "r2")
