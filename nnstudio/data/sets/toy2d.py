"""Points in the plane, in a few classes: small enough to see what a network does with them.

All are made from the seed, lie roughly within -1 to 1 on both axes, have as many points of one class as of
any other (give or take one), and come in random order. Noise is Gaussian and moves the points, not their labels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Float, Int, Param, ParamSet, Values

Labels: TypeAlias = NDArray[np.int64]
Points: TypeAlias = NDArray[np.float64]
Maker: TypeAlias = "Callable[[Labels, Values, np.random.Generator], Points]"
"""From labels (n), of which there are two unless declared otherwise, to points without noise (n×2)."""

POINT, LABEL = "point", "label"
"""The fields of all of them, so that one can take another's place in a drawing."""
CLASSES = ("first", "second", "third", "fourth", "fifth", "sixth")
_SAMPLES = 400
_TITLES = {"xor": "XOR", "linear": "Straight line"}


def _points(x: Points, y: Points) -> Points:
    return np.stack([x, y], axis=1)


def _make_moons(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    """Half circles of radius 1 about (0, 0) and (1, 0.5), the second upside down, as in scikit-learn."""
    angle = generator.uniform(0.0, np.pi, len(labels))
    upper = _points(np.cos(angle), np.sin(angle))
    lower = _points(1.0 - np.cos(angle), 0.5 - np.sin(angle))
    centred = np.where(labels[:, None] == 0, upper, lower) - (0.5, 0.25)
    return np.asarray(centred / 1.5)


def _make_circles(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    angle = generator.uniform(0.0, 2 * np.pi, len(labels))
    radius = np.where(labels == 0, 1.0, cast(float, values["factor"]))
    return _points(radius * np.cos(angle), radius * np.sin(angle))


def _make_xor(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    """Evenly over the four quarters, with a narrow gap along both axes."""
    across, up = generator.uniform(0.06, 1.0, (2, len(labels)))
    side = generator.choice([-1.0, 1.0], len(labels))
    return _points(side * across, np.where(labels == 0, side, -side) * up)


def _make_spiral(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    """Two arms, half a turn apart, whose radius grows evenly with the angle; as in TensorFlow Playground."""
    along = generator.uniform(0.0, 1.0, len(labels))
    angle = 2 * np.pi * cast(float, values["turns"]) * along + np.pi * labels
    return _points(along * np.sin(angle), along * np.cos(angle))


def _make_blobs(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    """One place for each class, evenly on a circle; the noise makes clouds of them."""
    angle = 2 * np.pi * labels / _classes(values) + np.pi / 4
    return 0.7 * _points(np.cos(angle), np.sin(angle))


def _make_linear(labels: Labels, values: Values, generator: np.random.Generator) -> Points:
    """On either side of a line through the middle, with a narrow gap along it."""
    along, away = generator.uniform(-1.0, 1.0, len(labels)), generator.uniform(0.08, 0.9, len(labels))
    turn = np.deg2rad(cast(float, values["angle"]))
    across = np.where(labels == 0, away, -away)
    return _points(along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn))


def _classes(values: Values) -> int:
    return cast(int, values.get("classes", 2))


def points_fields(names: tuple[str, ...]) -> tuple[Field, ...]:
    """A point, and its class as one of these."""
    return (
        Field(POINT, (2,), "float32", kind="vector", columns=("x", "y")),
        Field(LABEL, (), "int64", kind="label", names=names),
    )


def _toy(name: str, summary: str, names: tuple[str, ...], make: Maker, noise: float, *more: Param) -> DatasetType:
    """The declaration of one of them: all differ in nothing but their names, parameters and points.

    `names` are those of the most classes there may be.
    """

    def fields(values: Values) -> tuple[Field, ...]:
        return points_fields(names[: _classes(values)])

    def load(values: Values, loading: Loading) -> Loaded:
        generator = loading.generator
        samples = cast(int, values["samples"])
        labels = generator.permutation(np.arange(samples, dtype=np.int64) % _classes(values))
        exact = make(labels, values, generator)
        blur = generator.normal(0.0, cast(float, values["noise"]), exact.shape)
        return Loaded({POINT: (exact + blur).astype(np.float32), LABEL: labels})

    params = (
        Int("samples", _SAMPLES, "How many points.", low=10, high=100_000, telling=True),
        Float("noise", noise, "How far points stray, as a standard deviation.", low=0.0, high=1.0),
    )
    return DatasetType(
        name=name,
        title=_TITLES.get(name, name.capitalize()),
        summary=summary,
        fields=fields,
        samples=_SAMPLES,
        load=load,
        params=ParamSet(params + more),
        source="Made from the seed.",
        licence="Public domain (CC0 1.0)",
    )


MOONS = _toy("moons", "Two half moons that reach into each other.", ("upper", "lower"), _make_moons, 0.08)
CIRCLES = _toy(
    "circles",
    "One ring inside another: no straight line parts them.",
    ("outer", "inner"),
    _make_circles,
    0.06,
    Float("factor", 0.5, "Radius of the inner ring; the outer one has 1.", low=0.0, high=1.0, open_high=True),
)
XOR = _toy(
    "xor",
    "Four quarters, where opposite ones belong together: what one layer cannot learn.",
    ("same signs", "different signs"),
    _make_xor,
    0.02,
)
SPIRAL = _toy(
    "spiral",
    "Two arms wound about each other: hard for a small network.",
    ("first arm", "second arm"),
    _make_spiral,
    0.02,
    Float("turns", 1.75, "How often each arm goes round.", low=0.25, high=5.0),
)
BLOBS = _toy(
    "blobs",
    "A round cloud for each of two to six classes.",
    CLASSES,
    _make_blobs,
    0.16,
    Int("classes", 3, "How many clouds, each a class of its own.", low=2, high=len(CLASSES), telling=True),
)
LINEAR = _toy(
    "linear",
    "Two classes with a straight line between them: what a single neuron can learn.",
    ("above", "below"),
    _make_linear,
    0.03,
    Float("angle", 30.0, "The slope of the line, in degrees.", low=-90.0, high=90.0),
)
