"""What is seen of a tensor at once: a number, a row of them or a plane, with the words for its axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.ui import colormaps
from nnstudio.ui.canvas.texts import digits

_LONGEST_NAME = 12


@dataclass(frozen=True, eq=False)
class Slice:
    """`values` are its numbers from row `top` and column `left` on: all of them, or as many as are known.

    `picture` stands for the whole where that is larger, each of its numbers the mean over a patch. `axes` are the words
    for rows and columns, `names` what whole numbers stand for, `low` and `high` the ends of the colours.
    """

    shape: tuple[int, ...] = ()
    values: NDArray[Any] = field(default_factory=lambda: np.zeros(()))
    top: int = 0
    left: int = 0
    picture: NDArray[Any] | None = None
    axes: tuple[str, str] = ("", "")
    names: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    square: bool = False
    """Whether it is an image, whose pixels are as wide as high."""

    @property
    def rows(self) -> int:
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        return self.shape[-1] if self.shape else 1

    @property
    def known(self) -> NDArray[Any]:
        """The numbers as a matrix; a row where they are a row."""
        return self.values if self.values.ndim > 1 else self.values.reshape(1, -1)

    @property
    def drawn(self) -> NDArray[Any]:
        """What a picture of the whole is made of, as a matrix."""
        shown = self.known if self.picture is None else self.picture
        return shown if shown.ndim > 1 else shown.reshape(1, -1)

    @property
    def signed(self) -> bool:
        return self.low < 0

    @property
    def range(self) -> tuple[float, float]:
        """Of the colours: with zero in the middle where numbers are negative."""
        reach = max(abs(self.low), abs(self.high)) or 1.0
        return (-reach, reach) if self.signed else (self.low, self.high)

    @property
    def lut(self) -> colormaps.Lut:
        return colormaps.diverging() if self.signed else colormaps.viridis()

    def colors(self, values: NDArray[Any]) -> colormaps.Lut:
        """Of numbers in the colours of the whole tensor."""
        low, high = self.range
        return colormaps.rgba(values, low, high, self.lut)

    def number(self, row: int, column: int) -> Any:
        """The number there; None where it is not known."""
        row, column, known = row - self.top, column - self.left, self.known
        inside = 0 <= row < known.shape[0] and 0 <= column < known.shape[1]
        return known[row, column].item() if inside else None

    def text(self, value: Any, places: str = ".4g") -> str:
        """A number as a cell shows it; behind a whole one what it stands for."""
        if isinstance(value, float):
            return digits(value, places)
        name = self.names[value] if 0 <= value < len(self.names) else ""
        return f"{digits(int(value), '')} {shown_name(name)}" if name else digits(int(value), "")

    def place(self, row: int, column: int) -> str:
        """`row 2, column 5`, in the words of its axes."""
        words = [f"{self.axes[1]} {column}"]
        if len(self.shape) > 1:
            words.insert(0, f"{self.axes[0]} {row}")
        return ", ".join(words)

    def describe(self, row: int, column: int) -> str:
        """Place and exact number; of a picture's patch its mean."""
        value = self.number(row, column)
        if value is not None:
            return f"{self.place(row, column)}\n{self.text(value, '.9g')}"
        if self.picture is None:
            return self.place(row, column)
        drawn = self.drawn
        at = row * drawn.shape[0] // self.rows, column * drawn.shape[1] // self.columns
        return f"{self.place(row, column)}\n≈ {digits(float(drawn[at]), '.4g')}"


def shown_name(name: str) -> str:
    """A token or class that can be seen, also where it is a space or a line's end."""
    seen = name.replace("\n", "⏎").replace("\t", "⇥").replace(" ", "␣")
    return seen if len(seen) <= _LONGEST_NAME else f"{seen[: _LONGEST_NAME - 1]}…"
