"""Weights between the places of two sequences, as the views of them share it: numbers, names and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from nnstudio.data.text.sequences import MARKS
from nnstudio.ui import colormaps
from nnstudio.ui.data.words import MARKS as SIGNS
from nnstudio.ui.panels.parts.numbers import number_text

Floats = NDArray[np.float32]
PADDING = MARKS[0]
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Where a scale may end, so that it stays while a network learns."""
_SHARE = 0.97
"""So much of all weights lies on the scale; what is more takes its last colour."""
MOST_DOTS = 64
"""Of a small picture along an axis."""


@dataclass(frozen=True)
class Looks:
    """`weights` is queries × keys; `rows` and `columns` name them. `top` is where the scale of colours ends.

    `strands` are heads by their numbers with weights of their own, where lines are told apart by head.
    """

    weights: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    top: float = 1.0
    strands: tuple[tuple[int, Floats], ...] = ()

    @property
    def some(self) -> bool:
        return bool(self.weights.size)

    def trimmed(self) -> Looks:
        """Without what only fills a sample up, at the ends: rows of it, and columns where they are hidden."""
        rows, columns = len(self.rows), len(self.columns)
        while rows > 1 and self.rows[rows - 1] == PADDING:
            rows -= 1
        while columns > 1 and self.columns[columns - 1] == PADDING and not self.weights[:, columns - 1].any():
            columns -= 1
        strands = tuple((head, weights[:rows, :columns]) for head, weights in self.strands)
        return Looks(self.weights[:rows, :columns], self.rows[:rows], self.columns[:columns], self.top, strands)

    def image(self) -> QImage:
        """A pixel for each weight."""
        return image_of(self.weights, self.top)

    def describe(self, row: int, column: int) -> str:
        """Who looks at whom, and how much."""
        words = QCoreApplication.translate("panels", "{0} looks at {1}")
        value = float(self.weights[row, column])
        return f"{words.format(placed(self.rows, row), placed(self.columns, column))}\n{number_text(value)}"


def image_of(weights: Floats, top: float) -> QImage:
    """Where nothing is looked at, as behind a mask, there is a hole."""
    return colormaps.colorize(np.where(weights == 0, np.nan, weights), 0.0, top, colormaps.viridis())


def scale_top(weights: Sequence[Floats]) -> float:
    """Where a scale ends that nearly all of the weights lie on."""
    seen = np.concatenate([each.ravel() for each in weights]) if weights else np.zeros(0, np.float32)
    seen = seen[seen > 0]
    if not seen.size:
        return 1.0
    place = min(int(_SHARE * seen.size), seen.size - 1)
    reached = float(np.partition(seen, place)[place])
    return next((step for step in STEPS if step >= reached), 1.0)


def shown_token(token: str) -> str:
    """A token as it can be seen."""
    return SIGNS.get(token, token)


def placed(names: tuple[str, ...], place: int) -> str:
    """A place's name with its number, as a token may come several times; the number alone where it has no name."""
    name = names[place] if place < len(names) else ""
    return f"“{name}” ({place})" if name not in ("", str(place)) else str(place)


def images_of(weights: Sequence[Floats], tops: Sequence[float]) -> list[QImage]:
    """Small pictures of several maps; of a patch of many weights the strongest is seen."""
    return [image_of(_strongest(each), top) for each, top in zip(weights, tops, strict=True)]


def _strongest(weights: Floats) -> Floats:
    for axis in (0, 1):
        step = -(-weights.shape[axis] // MOST_DOTS)
        if step > 1:
            weights = np.maximum.reduceat(weights, np.arange(0, weights.shape[axis], step), axis=axis)
    return weights
