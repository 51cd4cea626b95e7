"""Drawn shapes: pictures made from the seed, with all about them known: a net can be asked several things.

Each picture has one shape of one colour somewhere on a dark ground. What is asked may be its name, its colour, the box
around it, or which pixels it covers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Bool, Float, Int, ParamSet, Values

Numbers: TypeAlias = NDArray[np.float32]
Distance: TypeAlias = Callable[[Numbers, Numbers, Numbers], Numbers]
"""From the way to the right and down (n×size×size), and the half width (n×1×1): how far a point is outside, or less
than 0 within."""

_SIZE = 32
_SAMPLES = 1000
_AT_ONCE = 512
"""Pictures that are drawn together: more would need much memory for what is thrown away."""
_SMALLEST, _LARGEST = 0.14, 0.32
"""Half widths, as a share of the picture."""
_GROUND = 0.25
"""The lightest ground."""
_SPREAD = 0.06
"""How much a colour is lighter or darker than its name says."""
_BAR = 0.36
"""Half width of the bars of a cross, as a share of its own."""

COLORS = {
    "red": (0.9, 0.22, 0.2),
    "green": (0.25, 0.78, 0.35),
    "blue": (0.25, 0.45, 0.92),
    "yellow": (0.9, 0.82, 0.25),
    "purple": (0.72, 0.35, 0.85),
}


def _square(right: Numbers, down: Numbers, half: Numbers) -> Numbers:
    return cast(Numbers, np.maximum(np.abs(right), np.abs(down)) - half)


def _circle(right: Numbers, down: Numbers, half: Numbers) -> Numbers:
    return cast(Numbers, np.hypot(right, down) - half)


def _triangle(right: Numbers, down: Numbers, half: Numbers) -> Numbers:
    """Its tip above, as wide as high."""
    slope = (np.abs(right) - (down + half) / 2) / np.float32(np.sqrt(1.25))
    return cast(Numbers, np.maximum(slope, down - half))


def _cross(right: Numbers, down: Numbers, half: Numbers) -> Numbers:
    across = np.maximum(np.abs(right) - half, np.abs(down) - _BAR * half)
    upright = np.maximum(np.abs(right) - _BAR * half, np.abs(down) - half)
    return cast(Numbers, np.minimum(across, upright))


SHAPES: dict[str, Distance] = {"square": _square, "circle": _circle, "triangle": _triangle, "cross": _cross}


def _fields(values: Values) -> tuple[Field, ...]:
    size, grey = cast(int, values["size"]), bool(values["grey"])
    color = () if grey else (Field("color", (), "int64", kind="label", names=tuple(COLORS)),)
    return (
        Field("image", (1 if grey else 3, size, size), "float32", kind="image"),
        Field("shape", (), "int64", kind="label", names=tuple(SHAPES)),
        *color,
        Field("box", (4,), "float32", kind="vector", columns=("x", "y", "width", "height")),
        Field("mask", (1, size, size), "float32", kind="image"),
    )


def _load(values: Values, loading: Loading) -> Loaded:
    """As many of one shape, and of one colour, as of the others, up to one; in random order."""
    samples, generator = cast(int, values["samples"]), loading.generator
    arrays = {field.name: np.empty((samples, *field.shape), np.dtype(field.dtype)) for field in _fields(values)}
    shapes = generator.permutation(np.arange(samples) % len(SHAPES))
    colors = generator.permutation(np.arange(samples) % len(COLORS))
    for start in range(0, samples, _AT_ONCE):
        loading.tell(start, samples, "Drawing shapes")
        part = slice(start, min(start + _AT_ONCE, samples))
        drawn = _drawn(shapes[part], colors[part], values, generator)
        for name, array in arrays.items():
            array[part] = drawn[name]
    return Loaded(arrays)


def _drawn(
    shapes: NDArray[Any], colors: NDArray[Any], values: Values, generator: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """One block of pictures, and what is in them."""
    count, size = len(shapes), cast(int, values["size"])
    half = generator.uniform(_SMALLEST, _LARGEST, count)
    middle = generator.uniform(half, 1 - half, (2, count))
    covered = _covered(shapes, middle * size, half * size, size)[:, None]
    ground = generator.uniform(0, _GROUND, (count, 1, 1, 1)).astype(np.float32)
    ink = _ink(colors, bool(values["grey"]), generator)
    image = ground + covered * (ink[:, :, None, None] - ground)
    image += np.float32(cast(float, values["noise"])) * generator.standard_normal(image.shape, np.float32)
    return {
        "image": np.clip(image, 0, 1, out=image),
        "shape": shapes,
        "color": colors,
        "box": np.stack([*(middle - half), 2 * half, 2 * half], axis=1),
        "mask": covered >= 0.5,
    }


def _covered(shapes: NDArray[Any], middle: NDArray[np.float64], half: NDArray[np.float64], size: int) -> Numbers:
    """How much of each pixel is covered, 0 to 1: the edge is one pixel wide, so that it looks smooth."""
    places = np.arange(size, dtype=np.float32) + np.float32(0.5)
    x, y = middle.astype(np.float32)
    right = np.broadcast_to((places - x[:, None])[:, None, :], (len(shapes), size, size))
    down = np.broadcast_to((places - y[:, None])[:, :, None], (len(shapes), size, size))
    found = np.empty((len(shapes), size, size), np.float32)
    for number, distance in enumerate(SHAPES.values()):
        chosen = shapes == number
        found[chosen] = distance(right[chosen], down[chosen], half[chosen].astype(np.float32)[:, None, None])
    return cast(Numbers, np.clip(np.float32(0.5) - found, 0, 1))


def _ink(colors: NDArray[Any], grey: bool, generator: np.random.Generator) -> Numbers:
    """The colour of each shape, a little off what its name says; or how light it is."""
    if grey:
        return generator.uniform(0.55, 1.0, (len(colors), 1)).astype(np.float32)
    named = np.array(list(COLORS.values()))[colors]
    return cast(Numbers, (named + generator.uniform(-_SPREAD, _SPREAD, named.shape)).astype(np.float32))


SHAPES_DRAWN = DatasetType(
    name="shapes",
    title="Drawn shapes",
    summary="Squares, circles, triangles and crosses, with their colour, their box and the pixels they cover.",
    fields=_fields,
    samples=_SAMPLES,
    load=_load,
    params=ParamSet(
        (
            Int("samples", _SAMPLES, "How many pictures.", low=10, high=100_000, telling=True),
            Int("size", _SIZE, "Pixels along each side.", low=16, high=128, telling=True),
            Float("noise", 0.05, "How much each pixel strays, as a standard deviation.", low=0.0, high=1.0),
            Bool("grey", False, "Grey pictures of one channel, where there are no colours to name."),
        )
    ),
    group="images",
    source="Drawn from the seed.",
    licence="Public domain (CC0 1.0)",
    help="image is 0 to 1. shape and color are classes, for CrossEntropyLoss. box is x and y of the upper left corner, "
    "width and height, as shares of the picture, for MSELoss or SmoothL1Loss. mask is 1 where the shape is, for a "
    "Conv2d with one channel and BCEWithLogitsLoss. A net may learn several of them at once.",
    aliases=("squares", "circles", "triangles", "crosses", "detection", "segmentation", "bounding box", "colour"),
)
