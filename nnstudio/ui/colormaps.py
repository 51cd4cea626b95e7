"""Colour maps, and arrays turned into pictures with them.

A map is a table of 256 rows of red, green, blue, alpha. Magnitudes take `viridis()`; signed values take
`diverging()`, whose white lies at the middle of the range, so ask for a range symmetric about zero
(`symmetric_range`). What is not a number stays transparent: a hole, not a value.
"""

from functools import cache
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QImage

Lut = NDArray[np.uint8]

# Twenty evenly spaced colours of viridis by Smith and van der Walt (CC0); between them straight lines are
# closer than the eye can tell.
_VIRIDIS = (
    "440154 481567 482677 453781 404788 39568C 33638D 2D708E 287D8E 238A8D "
    "1F968B 20A387 29AF7F 3CBB75 55C667 73D055 95D840 B8DE29 DCE319 FDE725"
)
# Okabe and Ito's blue and vermilion, darkening outwards from white.
_DIVERGING = "06355C 0072B2 56A6D6 B4D5EA F7F7F7 F7D3A8 ED9A45 D55E00 6E2C00"
_GREYS = "000000 FFFFFF"


@cache
def viridis() -> Lut:
    """For magnitudes: dark violet is little, yellow is much."""
    return _table(_VIRIDIS)


@cache
def diverging() -> Lut:
    """For signed values: blue is negative, white is nothing, orange is positive."""
    return _table(_DIVERGING)


@cache
def greys() -> Lut:
    """For pictures of one channel: black to white."""
    return _table(_GREYS)


def symmetric_range(values: ArrayLike) -> tuple[float, float]:
    """The range for `diverging()`: as wide as the values, and with zero in its middle."""
    low, high = _range(np.asarray(values))
    reach = max(abs(low), abs(high)) or 1.0
    return -reach, reach


def rgba(values: ArrayLike, vmin: float | None = None, vmax: float | None = None, lut: Lut | None = None) -> Lut:
    """Every value as its four bytes of colour; the range is the values' own where none is given."""
    data = np.asarray(values, dtype=np.float32)
    low, high = _range(data)
    low, high = low if vmin is None else vmin, high if vmax is None else vmax
    table = viridis() if lut is None else lut
    holes = np.isnan(data)
    with np.errstate(invalid="ignore"):
        level = (data - low) * (255.0 / (high - low) if high > low else 0.0)
    index = np.nan_to_num(level, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).round().astype(np.uint8)
    colors = table[index]
    colors[holes] = 0
    return colors


def colorize(
    array2d: ArrayLike, vmin: float | None = None, vmax: float | None = None, lut: Lut | None = None
) -> QImage:
    """A matrix as a picture, one pixel a value. The picture owns its bytes."""
    return to_image(rgba(_of_rank(array2d, 2), vmin, vmax, lut))


def tile(
    array3d: ArrayLike,
    columns: int = 0,
    gap: int = 1,
    vmin: float | None = None,
    vmax: float | None = None,
    lut: Lut | None = None,
) -> QImage:
    """Channels (C, H, W) side by side as one picture, with clear gaps; 0 columns makes it about square.

    All channels share one range, so their brightness can be compared.
    """
    colors = rgba(_of_rank(array3d, 3), vmin, vmax, lut)
    count, height, width = colors.shape[:3]
    across = min(columns or ceil(sqrt(count)), count) or 1
    down = ceil(count / across)
    sheet = np.zeros((max(down * (height + gap) - gap, 0), across * (width + gap) - gap, 4), np.uint8)
    for number, picture in enumerate(colors):
        top, left = number // across * (height + gap), number % across * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return to_image(sheet)


def scale_bar(lut: Lut, length: int = 256, thickness: int = 1, vertical: bool = False) -> QImage:
    """The map itself as a picture, for a legend: low at the left, or at the bottom."""
    ramp = lut[np.linspace(0, 255, max(length, 1)).round().astype(int)]
    if vertical:
        return to_image(np.repeat(ramp[::-1, None], thickness, axis=1))
    return to_image(np.repeat(ramp[None], thickness, axis=0))


def to_image(colors: Lut) -> QImage:
    """Bytes (H, W, 4) as a picture of their own: later changes to the array do not reach it."""
    solid = np.ascontiguousarray(colors, dtype=np.uint8)
    height, width = solid.shape[:2]
    if not solid.size:
        return QImage()
    # QImage only borrows the bytes it is given, so it is copied before they can go.
    return QImage(solid.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


def _of_rank(values: ArrayLike, rank: int) -> NDArray:
    data = np.asarray(values)
    if data.ndim != rank:
        raise ValueError(f"expected {rank} dimensions, got shape {data.shape}")
    return data


def _range(data: NDArray) -> tuple[float, float]:
    finite = data[np.isfinite(data)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _table(anchors: str) -> Lut:
    points = np.array([list(bytes.fromhex(color)) for color in anchors.split()], dtype=float)
    at = np.linspace(0, len(points) - 1, 256)
    channels = [np.interp(at, range(len(points)), channel) for channel in points.T]
    table = np.stack([*channels, np.full(256, 255.0)], axis=1).round().astype(np.uint8)
    table.flags.writeable = False
    return table
