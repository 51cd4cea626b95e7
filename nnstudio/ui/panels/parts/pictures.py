"""Samples as pictures: grey or coloured, as bars, or as a point in the plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from nnstudio.ui import colormaps

Floats = NDArray[np.float32]


def picture(pixels: Floats, ends: tuple[float, float] | None = None) -> QImage:
    """An image C×H×W: three channels are red, green and blue, any other number shows the first as grey.

    `ends` are the levels of black and white, without which they are the picture's own.
    """
    own = (0.0, 1.0) if _within_one(pixels) else (float(np.nanmin(pixels)), float(np.nanmax(pixels)))
    low, high = own if ends is None else ends
    if pixels.shape[0] != 3:
        return colormaps.colorize(pixels[0], low, high, colormaps.greys())
    level = np.nan_to_num((pixels - low) / (high - low or 1.0)).clip(0, 1)
    colors = np.full((*pixels.shape[1:], 4), 255, np.uint8)
    colors[..., :3] = np.moveaxis(level * 255, 0, -1).round()
    return colormaps.to_image(colors)


def sheet(values: Floats, lut: NDArray[np.uint8], low: float, high: float, side: int) -> list[QImage]:
    """Each channel of C×H×W as a picture about `side` pixels large, still showing every value as a square.

    Values smaller than a pixel are averaged; larger ones are repeated, so that scaling to the exact size blurs no edge.
    """
    shrink = max(1, max(values.shape[1:]) // max(side, 1))
    if shrink > 1:
        values = _averaged(values, shrink)
    repeat = max(1, -(-side // max(values.shape[1:])))
    colors = colormaps.rgba(values, low, high, lut).repeat(repeat, axis=1).repeat(repeat, axis=2)
    return [colormaps.to_image(channel) for channel in colors]


def grown(image: QImage, side: int) -> QImage:
    """The picture with each pixel repeated until its longer side is at least `side`."""
    repeat = max(1, -(-side // max(image.width(), image.height(), 1)))
    return image.scaled(image.width() * repeat, image.height() * repeat)


def _within_one(pixels: Floats) -> bool:
    return bool(np.nanmin(pixels, initial=0.0) >= 0.0 and np.nanmax(pixels, initial=0.0) <= 1.0)


def _averaged(values: Floats, step: int) -> Floats:
    count, height, width = values.shape
    down, across = max(1, height // step), max(1, width // step)
    cut = values[:, : down * min(step, height), : across * min(step, width)]
    return cut.reshape(count, down, cut.shape[1] // down, across, cut.shape[2] // across).mean(axis=(2, 4))
