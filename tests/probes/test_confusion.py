"""Who is taken for whom, and how sure: against scikit-learn and sums by hand."""

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from tests.probes.small import chain, linear, look_at, look_at_digits, split, tensors

LOOK = probes()["confusion"].look


def test_the_matrix_and_the_classes_are_scikit_learns() -> None:
    look = look_at_digits()
    found = LOOK(look, {})
    true, said = look.test["label"].numpy(), look.model(look.test["image"]).argmax(1).numpy()
    assert found.arrays["kept"].tolist() == list(range(10))
    assert np.array_equal(found.arrays["counts"], confusion_matrix(true, said, labels=range(10)))
    support = precision_recall_fscore_support(true, said, labels=range(10), zero_division=0)[3]
    assert np.array_equal(found.arrays["support"], support)
    assert np.array_equal(found.arrays["predicted"], np.bincount(said, minlength=10))
    assert np.array_equal(found.arrays["right"], np.diag(found.arrays["counts"]))
    assert (found.facts["total"], found.facts["right"]) == (360, int((true == said).sum()))


def test_the_calibration_error_is_that_of_guo_and_others() -> None:
    look = look_at_digits()
    found = LOOK(look, {})
    sure, said = look.model(look.test["image"]).softmax(1).double().max(1)
    right = (said == look.test["label"]).double()
    error = 0.0
    for number in range(10):  # the definition, bin by bin
        inside = (sure > number / 10) & (sure <= (number + 1) / 10)
        assert found.arrays["bin_count"][number] == int(inside.sum())
        if inside.any():
            assert found.arrays["bin_confidence"][number] == pytest.approx(float(sure[inside].mean()))
            assert found.arrays["bin_accuracy"][number] == pytest.approx(float(right[inside].mean()))
            error += float(inside.sum()) / 360 * abs(float(right[inside].mean()) - float(sure[inside].mean()))
    assert found.facts["ece"] == pytest.approx(error)
    assert int(found.arrays["bin_count"].sum()) == 360


def test_one_logit_has_two_classes() -> None:
    train, test = split(tensors("moons"), 100)
    look = look_at(chain(out=linear([[1.0, -1.0]], [0.1])), train, test, field="point", task="logit")
    found = LOOK(look, {})
    said = (look.model(test["point"])[:, 0] > 0).long().numpy()
    assert np.array_equal(found.arrays["counts"], confusion_matrix(test["label"].numpy(), said))
    assert found.arrays["bin_count"][:5].sum() == 0  # who is less than half sure says the other one


def look_at_tokens(ignore: int | None = None):
    from dataclasses import replace

    import msgspec

    torch.manual_seed(0)
    rows = torch.randint(6, (40, 5))
    data = {"text": rows, "next": rows.roll(-1, 1)}
    look = look_at(chain(embedding=nn.Embedding(6, 6)), data, data, field="text", task="tokens", target="next")
    return replace(look, spec=msgspec.structs.replace(look.spec, ignore=ignore))


def test_of_sequences_each_place_counts_unless_it_is_ignored() -> None:
    look = look_at_tokens()
    said = look.model(look.test["text"]).argmax(-1).reshape(-1).numpy()
    true = look.test["next"].reshape(-1).numpy()
    found = LOOK(look, {})
    assert found.facts["total"] == 200
    assert np.array_equal(found.arrays["counts"], confusion_matrix(true, said, labels=found.arrays["kept"]))
    some = LOOK(look_at_tokens(ignore=2), {})
    assert some.facts["total"] == int((true != 2).sum())
    places = some.arrays["classes"].tolist()
    assert some.arrays["support"][places.index(2)] == 0 if 2 in places else True


def test_of_sequences_as_many_are_looked_at_as_have_so_many_places() -> None:
    whole, part = LOOK(look_at_tokens(), {}), LOOK(look_at_tokens(), {"places": 34})
    assert (whole.facts["samples"], whole.facts["all_samples"]) == (40, 40)
    assert (part.facts["samples"], part.facts["all_samples"], part.facts["total"]) == (6, 40, 30)
    assert LOOK(look_at_tokens(), {"places": -1}).facts["samples"] == 1


def test_of_many_classes_the_most_frequent_are_shown() -> None:
    look = look_at_tokens()
    found = LOOK(look, {"classes": 3})
    true = look.test["next"].reshape(-1).numpy()
    said = look.model(look.test["text"]).argmax(-1).reshape(-1).numpy()
    kept = found.arrays["kept"].tolist()
    counts = np.bincount(true, minlength=6)
    assert sorted(counts[kept], reverse=True) == sorted(counts, reverse=True)[:3]
    assert np.array_equal(found.arrays["counts"], confusion_matrix(true, said, labels=kept))
    assert found.facts["class_count"] == 6
    assert len(found.arrays["support"]) == 6


def test_numbers_are_no_classes() -> None:
    data = {"x": torch.rand(4, 2), "y": torch.rand(4, 1)}
    look = look_at(chain(out=nn.Linear(2, 1)), data, data, field="x", task="values", target="y")
    with pytest.raises(DataError, match="predicts numbers"):
        LOOK(look, {})


def test_what_is_no_number_is_not_judged() -> None:
    look = look_at_digits()
    with torch.no_grad():
        next(look.model.parameters()).fill_(torch.nan)
    with pytest.raises(DataError, match="no finite numbers"):
        LOOK(look, {})
