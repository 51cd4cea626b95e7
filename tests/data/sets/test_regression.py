"""The recipes give the figures that the notes tell."""

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.errors import BadParameter


def load(name, seed=0, **values):
    declared = dataset(name)
    loaded = declared.load(declared.params.check(values), Loading(seed))
    return {key: array.astype(np.float64) for key, array in loaded.arrays.items()}


def fitted(features, target):
    """Least squares with a constant at the end: coefficients, and the loss."""
    rows = np.column_stack([features, np.ones(len(features))])
    found, *_ = np.linalg.lstsq(rows, target[:, 0], rcond=None)
    return found, float(np.mean((rows @ found - target[:, 0]) ** 2))


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_first_person_gives_the_first_example_of_the_notes(seed):
    data = load("height_weight", seed)
    height, weight = data["height"][0, 0], data["weight"][0, 0]
    assert round(weight**2) == 2286
    slope = -2 * height * weight
    assert round(slope) == -15395
    assert round(-1e-5 * slope, 2) == 0.15


def test_weights_lie_about_a_third_of_heights():
    data = load("height_weight", samples=5000)
    height, weight = data["height"], data["weight"]
    assert (height * weight).sum() / (height**2).sum() == pytest.approx(0.32, abs=2e-3)
    assert (np.abs(weight / (0.32 * height) - 1) <= 0.15 + 1e-6).all()
    assert (load("height_weight", noise=0.0)["weight"] / load("height_weight")["height"]).std() < 1e-6


def test_other_coefficients_give_the_same_loss():
    """100,000 steps of gradient descent from 0 with a rate of 1e-4, of all rows at once."""
    data = load("height_sex_weight")
    rows, target = np.column_stack([data["person"], np.ones(1000)]), data["weight"][:, 0]
    weights, square, mixed = np.zeros(3), 2 * rows.T @ rows / 1000, 2 * rows.T @ target / 1000
    for _ in range(100_000):
        weights -= 1e-4 * (square @ weights - mixed)
    assert weights == pytest.approx([36.2, -10.0, 19.9], abs=0.2)
    loss = np.mean((rows @ weights - target) ** 2)
    _, best = fitted(data["person"], data["weight"])
    assert loss == pytest.approx(6.1, abs=0.1)
    assert loss - best < 1.0


def test_logistic_regression_of_hearts_ends_at_the_figures():
    data = load("heart_disease", seed=5)
    rows, ill = np.column_stack([data["habits"], np.ones(100)]), data["disease"]
    weights = np.array([-1.0, 0.0, 7.0])
    for _ in range(30):  # Newton's method
        risk = 1 / (1 + np.exp(-(rows @ weights)))
        curvature = (rows * (risk * (1 - risk))[:, None]).T @ rows
        weights -= np.linalg.solve(curvature, rows.T @ (risk - ill))
    loss = -np.mean(ill * np.log(risk) + (1 - ill) * np.log(1 - risk))
    assert weights == pytest.approx([-2.07, -0.42, 16.25], abs=0.01)
    assert loss == pytest.approx(0.13, abs=0.005)


def test_one_layer_over_the_powers_finds_the_coefficients():
    data = load("polynomial", samples=5000, coefficients=(1.0, -2.0, 0.5, 3.0))
    assert data["powers"].shape == (5000, 3)
    assert data["powers"][:, 0] == pytest.approx(data["x"][:, 0])
    found, loss = fitted(data["powers"], data["y"])
    assert found == pytest.approx([-2.0, 0.5, 3.0, 1.0], abs=0.05)
    assert loss == pytest.approx(0.04, abs=0.005)


def test_coefficients_of_the_seed_are_short_numbers_and_the_same_for_any_noise():
    one = load("polynomial", 3, order=4, noise=0.0)
    found, loss = fitted(one["powers"], one["y"])
    assert loss < 1e-9
    assert found == pytest.approx(found.round(1), abs=1e-4)
    other = load("polynomial", 4, order=4, noise=0.0)
    assert not np.allclose(found, fitted(other["powers"], other["y"])[0], atol=0.05)


def test_fields_follow_the_order():
    polynomial = dataset("polynomial")
    assert polynomial.field("powers", {"order": 5}).columns == ("x", "x²", "x³", "x⁴", "x⁵")
    assert polynomial.field("powers", {"order": 5, "coefficients": (1.0, 2.0)}).shape == (1,)


@pytest.mark.parametrize("wrong", [[1], [], 3, [[1, 2], [3, 4]], list(range(11)), ["a", "b"]])
def test_coefficients_are_a_row_of_numbers(wrong):
    with pytest.raises(BadParameter, match="2 to 10 numbers"):
        dataset("polynomial").params.check({"coefficients": wrong})


def test_curves_and_planes_are_what_they_are_called():
    sine = load("sine", noise=0.0, waves=2.0)
    assert sine["y"] == pytest.approx(np.sin(2 * np.pi * sine["x"]), abs=1e-5)
    plane = load("plane", noise=0.0)
    assert fitted(plane["point"], plane["value"])[0] == pytest.approx([0.5, 0.5, 0.0], abs=1e-5)
