"""How far numbers are off: against scikit-learn and numpy."""

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import Look, probes
from tests.probes.small import chain, linear, look_at, look_at_digits, split, tensors

LOOK = probes()["residuals"].look


def look_at_diabetes() -> Look:
    train, test = split(tensors("diabetes"), 88)
    torch.manual_seed(0)
    return look_at(chain(out=nn.Linear(10, 1)), train, test, field="x", task="values", target="y")


def test_the_figures_are_scikit_learns() -> None:
    look = look_at_diabetes()
    found = LOOK(look, {})
    true, said = look.test["y"][:, 0].double().numpy(), look.model(look.test["x"])[:, 0].double().numpy()
    assert np.allclose(found.arrays["true"], true)
    assert np.allclose(found.arrays["predicted"], said)
    assert found.facts["mae"] == pytest.approx(mean_absolute_error(true, said))
    assert found.facts["rmse"] == pytest.approx(mean_squared_error(true, said) ** 0.5)
    assert found.facts["r2"] == pytest.approx(r2_score(true, said))
    assert found.facts["bias"] == pytest.approx((said - true).mean())


def test_the_histogram_holds_all_and_is_even_about_zero() -> None:
    look = look_at_diabetes()
    found = LOOK(look, {})
    edges, off = found.arrays["edges"], found.arrays["predicted"] - found.arrays["true"]
    assert edges[0] == -edges[-1] == -np.abs(off).max()
    assert found.arrays["counts"].tolist() == np.histogram(off, edges)[0].tolist()
    assert found.arrays["counts"].sum() == 88


def test_of_several_numbers_one_can_be_judged() -> None:
    data = {
        "x": torch.tensor([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]),
        "y": torch.tensor([[1.0, 0.0], [3.0, 0.0], [1.0, 0.0]]),
    }
    look = look_at(
        chain(out=linear([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])), data, data, field="x", task="values", target="y"
    )
    both, first = LOOK(look, {}), LOOK(look, {"column": 0})
    assert both.facts["total"] == 6
    assert both.arrays["index"].tolist() == [0, 0, 1, 1, 2, 2]
    assert first.facts["mae"] == pytest.approx(1 / 3)
    assert first.facts["columns"] == 2
    second = LOOK(look, {"column": 1})
    assert "r2" not in second.facts  # all are alike: nothing is to be explained
    assert second.facts["bias"] == pytest.approx(7 / 3)


def test_many_points_are_chosen_evenly() -> None:
    rows = torch.arange(5000.0)[:, None]
    data = {"x": rows, "y": rows}
    look = look_at(chain(out=linear([[1.0]], [0.5])), data, data, field="x", task="values", target="y")
    found = LOOK(look, {})
    assert found.arrays["index"].tolist() == list(range(0, 5000, 3))
    assert found.facts["total"] == found.arrays["counts"].sum() == 5000


def test_classes_and_nonsense_are_told() -> None:
    with pytest.raises(DataError, match="tells classes"):
        LOOK(look_at_digits(), {})
    look = look_at_diabetes()
    look.model.out.bias.data.fill_(float("nan"))
    with pytest.raises(DataError, match="no finite numbers"):
        LOOK(look, {})
