"""Points in the plane, in two classes: small enough to see what a network does with them.

All are made from the seed, lie roughly within -1 to 1 on both axes, have as many points of one class as of
the other (one more of the first where the number is odd), and come in random order. Noise is Gaussian and
moves the points, not their labels.
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
"""From labels 0 and 1 (n) to points without noise (n×2)."""

_SAMPLES = 400


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


def _toy(name: str, summary: str, names: tuple[str, str], make: Maker, noise: float, *more: Param) -> DatasetType:
    """The declaration of one of them: all differ in nothing but their names, parameters and points."""

    def load(values: Values, loading: Loading) -> Loaded:
        generator = loading.generator
        samples = cast(int, values["samples"])
        labels = generator.permutation(np.arange(samples, dtype=np.int64) % 2)
        exact = make(labels, values, generator)
        blur = generator.normal(0.0, cast(float, values["noise"]), exact.shape)
        return Loaded({"point": (exact + blur).astype(np.float32), "label": labels})

    params = (
        Int("samples", _SAMPLES, "How many points.", low=10, high=100_000, telling=True),
        Float("noise", noise, "How far points stray, as a standard deviation.", low=0.0, high=1.0),
    )
    return DatasetType(
        name=name,
        title=name.capitalize() if name != "xor" else "XOR",
        summary=summary,
        fields=(
            Field("point", (2,), "float32", kind="vector"),
            Field("label", (), "int64", kind="label", names=names),
        ),
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
