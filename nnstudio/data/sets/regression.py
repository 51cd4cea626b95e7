"""Numbers that follow from numbers: what a line, a curve or a plane is fitted to.

All are made from the seed, with their noise, after the recipes of notes on the first steps from a line to a network.
Targets have the shape (1,), as a Linear with one output has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Float, FloatParam, Int, IntParam, ParamSet, TensorParam, Value, Values, shape_of

Numbers: TypeAlias = NDArray[np.float64]

_MADE = "Made from the seed."
_FREE = "Public domain (CC0 1.0)"
_HIGHEST_ORDER = 9
_ORDER = 3
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

FIRST_HEIGHT, FIRST_DEVIATION = 161.0, -0.48
"""The first person is always this tall and, with the usual noise, 7.2 % lighter than the line says: 47.81 kg. From
w = 0 her loss is 2286 and its derivative -15,395, as in the notes."""


def _column(numbers: Numbers) -> NDArray[np.float32]:
    return numbers[:, None].astype(np.float32)


def _samples(default: int) -> IntParam:
    return Int("samples", default, "How many rows.", low=10, high=100_000, telling=True)


def _share(default: float, help: str) -> FloatParam:
    return Float("noise", default, help, low=0.0, high=1.0)


def _blur(default: float) -> FloatParam:
    return Float("noise", default, "How far values stray, as a standard deviation.", low=0.0, high=10.0)


def _count(values: Values) -> int:
    return cast(int, values["samples"])


def _noise(values: Values) -> float:
    return cast(float, values["noise"])


# One straight line


def _load_height(values: Values, loading: Loading) -> Loaded:
    generator, samples = loading.generator, _count(values)
    height = np.round(generator.uniform(150.0, 190.0, samples))
    deviation = generator.uniform(-1.0, 1.0, samples)
    height[0], deviation[0] = FIRST_HEIGHT, FIRST_DEVIATION
    weight = 0.32 * height * (1 + _noise(values) * deviation)
    return Loaded({"height": _column(height), "weight": _column(weight)})


HEIGHT_WEIGHT = DatasetType(
    name="height_weight",
    title="Height and weight",
    summary="People whose weight is about 0.32 times their height.",
    fields=(
        Field("height", (1,), kind="number", columns=("height (cm)",)),
        Field("weight", (1,), kind="number", columns=("weight (kg)",)),
    ),
    group="tables",
    samples=100,
    load=_load_height,
    params=ParamSet((_samples(100), _share(0.15, "How far weights stray at most, as a share."))),
    source=f"{_MADE} 0.32·height ± 15 %, with heights from 150 to 190 cm.",
    licence=_FREE,
    help="A Linear with one feature and no bias, begun at 0, has the loss 2286 at the first person of the table, 161 "
    "cm and 47.81 kg. Heights are not scaled, so the learning rate has to be small: 1e-5 with SGD.",
    aliases=("linear regression", "line", "slope"),
)


# Two causes


def _load_height_sex(values: Values, loading: Loading) -> Loaded:
    generator, samples = loading.generator, _count(values)
    height = generator.uniform(1.5, 1.9, samples)
    sex = generator.integers(0, 2, samples).astype(np.float64)
    weight = (45 * height - 10 * sex + 5) * (1 + _noise(values) * generator.normal(size=samples))
    return Loaded({"person": np.stack([height, sex], axis=1).astype(np.float32), "weight": _column(weight)})


HEIGHT_SEX_WEIGHT = DatasetType(
    name="height_sex_weight",
    title="Height, sex and weight",
    summary="People whose weight follows from their height and their sex.",
    fields=(
        Field("person", (2,), kind="vector", columns=("height (m)", "sex (0 or 1)")),
        Field("weight", (1,), kind="number", columns=("weight (kg)",)),
    ),
    group="tables",
    samples=1000,
    load=_load_height_sex,
    params=ParamSet((_samples(1000), _share(0.03, "How far weights stray, as a standard deviation in shares."))),
    source=f"{_MADE} 45·height - 10·sex + 5, with a noise of 3 % and heights from 1.5 to 1.9 m.",
    licence=_FREE,
    help="Other coefficients give nearly the same loss: with all weights 0 at first, SGD over all rows and a learning "
    "rate of 1e-4, 100,000 steps end near 36, -10 and 20 instead of 45, -10 and 5.",
    aliases=("linear regression", "multiple regression", "collinear"),
)


# Curves


@dataclass(frozen=True, kw_only=True)
class CoefficientsParam(TensorParam):
    """The coefficients of a polynomial of order 1 at least, the constant first."""

    default: tuple[Value, ...] | None = None  # type: ignore[assignment]  # none as well

    def _check(self, value: object) -> Value:
        shape = shape_of(value)
        if shape is None or len(shape) != 1 or not 2 <= shape[0] <= _HIGHEST_ORDER + 1:
            raise self.refuse(value)
        return super()._check(value)

    def wants(self) -> str:
        return f"2 to {_HIGHEST_ORDER + 1} numbers, as [1, -2, 0.5]"


def _order(values: Values) -> int:
    given = values["coefficients"]
    return len(given) - 1 if isinstance(given, tuple) else cast(int, values["order"])


def coefficients(values: Values, seed: int) -> Numbers:
    """Of 1, x, x² ...: those given, or some of the seed, to one decimal."""
    given = values["coefficients"]
    if isinstance(given, tuple):
        return np.array(given, np.float64)
    return np.random.default_rng(seed).uniform(-3.0, 3.0, _order(values) + 1).round(1)


def _polynomial_fields(values: Values) -> tuple[Field, ...]:
    order = _order(values)
    names = ("x", *(f"x{_POWERS[power]}" for power in range(2, order + 1)))
    return (
        Field("x", (1,), kind="number", columns=("x",)),
        Field("powers", (order,), kind="vector", columns=names),
        Field("y", (1,), kind="number", columns=("y",)),
    )


def _load_polynomial(values: Values, loading: Loading) -> Loaded:
    generator, true = np.random.default_rng((loading.seed, 1)), coefficients(values, loading.seed)
    x = generator.uniform(-1.0, 1.0, _count(values))
    powers = x[:, None] ** np.arange(len(true))
    y = powers @ true + generator.normal(0.0, _noise(values), len(x))
    return Loaded({"x": _column(x), "powers": powers[:, 1:].astype(np.float32), "y": _column(y)})


POLYNOMIAL = DatasetType(
    name="polynomial",
    title="Polynomial",
    summary="A curve of any order, with noise.",
    fields=_polynomial_fields,
    group="tables",
    samples=_count,
    load=_load_polynomial,
    params=ParamSet(
        (
            _samples(400),
            Int("order", _ORDER, "The highest power of x.", low=1, high=_HIGHEST_ORDER, telling=True),
            _blur(0.2),
            CoefficientsParam(
                name="coefficients",
                help="Of 1, x, x² …, as [1, -2, 0.5]; they give the order too. Nothing: some of the seed.",
                optional=True,
            ),
        )
    ),
    source=_MADE,
    licence=_FREE,
    help="One Linear on `powers` fits it: its weights become the coefficients and its bias the constant. A network on "
    "`x` alone has to bend its own curve.",
    aliases=("curve", "cubic", "quadratic", "parabola"),
)


def _load_sine(values: Values, loading: Loading) -> Loaded:
    generator = loading.generator
    x = generator.uniform(-1.0, 1.0, _count(values))
    y = np.sin(np.pi * cast(float, values["waves"]) * x) + generator.normal(0.0, _noise(values), len(x))
    return Loaded({"x": _column(x), "y": _column(y)})


SINE = DatasetType(
    name="sine",
    title="Sine wave",
    summary="A wave, with noise: a curve for a network to bend.",
    fields=(
        Field("x", (1,), kind="number", columns=("x",)),
        Field("y", (1,), kind="number", columns=("y",)),
    ),
    group="tables",
    samples=400,
    load=_load_sine,
    params=ParamSet(
        (
            _samples(400),
            _blur(0.05),
            Float("waves", 1.0, "How often it goes up and down between x = -1 and 1.", low=0.1, high=10.0),
        )
    ),
    source=_MADE,
    licence=_FREE,
    help="A sum of a few ReLUs bends a line into it; more waves need more of them.",
    aliases=("curve", "wave", "sinus"),
)


# A plane


def _load_plane(values: Values, loading: Loading) -> Loaded:
    generator = loading.generator
    point = generator.uniform(-1.0, 1.0, (_count(values), 2))
    value = point.mean(axis=1) + generator.normal(0.0, _noise(values), len(point))
    return Loaded({"point": point.astype(np.float32), "value": _column(value)})


PLANE = DatasetType(
    name="plane",
    title="Plane",
    summary="A value that rises evenly from one corner of the plane to the other.",
    fields=(
        Field("point", (2,), kind="vector", columns=("x", "y")),
        Field("value", (1,), kind="number", columns=("value",)),
    ),
    group="points",
    samples=400,
    load=_load_plane,
    params=ParamSet((_samples(400), _blur(0.05))),
    source=f"{_MADE} (x + y) / 2, as in TensorFlow Playground.",
    licence=_FREE,
    help="The simplest regression over two numbers: one Linear with MSELoss fits it. The Boundary panel shows it.",
    aliases=("regression", "slope", "gradient"),
)


# Yes or no of two numbers

_HEART_SEED = 150_673
"""Of the hundred people that the figures of the notes follow from."""


def _load_heart(values: Values, loading: Loading) -> Loaded:
    """Always the same hundred people: 2 to 12 hours of sleep a night, 0 to 10 of exercise a week."""
    across, up, chance = np.random.default_rng(_HEART_SEED).random((3, 100))
    habits = np.stack([2 + 10 * across, 10 * up], axis=1).round(1)
    risk = 1 / (1 + np.exp(-(habits @ (-2.07, -0.42) + 16.25)))
    return Loaded({"habits": habits.astype(np.float32), "disease": (chance < risk).astype(np.int64)})


HEART_DISEASE = DatasetType(
    name="heart_disease",
    title="Heart disease",
    summary="100 people: sleep, exercise, and whether the heart is ill.",
    fields=(
        Field("habits", (2,), kind="vector", columns=("sleep (h a night)", "exercise (h a week)")),
        Field("disease", (), "int64", kind="label", names=("no", "yes")),
    ),
    group="tables",
    samples=100,
    load=_load_heart,
    source="Made up for this project: nobody's data, and no medical advice.",
    licence=_FREE,
    help="Logistic regression, one Linear with BCEWithLogitsLoss, ends over all rows at about -2.07 for an hour of "
    "sleep, -0.42 for an hour of exercise and 16.25, with a loss of 0.13. It takes long, as hours are not scaled.",
    aliases=("logistic regression", "medicine", "health"),
)
