"""A frame of the boundary probe, understood."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import colormaps

SYMBOLS = ("o", "s", "t", "d", "p", "t1", "h", "star", "t2", "+")
HUES = ("data", "recurrent", "transformer", "linear", "merge", "convolution", "activation", "normalization")
"""Families whose hues tell classes apart: Okabe and Ito's."""
CALM = 0.4
"""How far probability 0 and 1 stay from the dark ends of the map, so that points stand out on them."""

STEPS = 24
"""Colours that points of different values have."""


@dataclass(frozen=True)
class Plane:
    """`grid` is R×R from the lowest y, and so are `classes`, where there are more than two.

    `labels` are -1 where a point has none.
    """

    grid: NDArray[np.float32]
    classes: NDArray[np.int64] | None
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    test: NDArray[np.uint8]
    edges: tuple[float, float, float, float]
    """x0, x1, y0, y1."""
    names: tuple[str, ...] = ()
    task: str = "classes"
    values: NDArray[np.float32] | None = None
    """What is right at the points, where it is a number."""
    lines: NDArray[np.float32] | None = None
    """U×R×R: what units put out, from the number `unit` on; their lines are where it is zero."""
    unit: int = 0

    @staticmethod
    def of(frame: ProbeFrame) -> Plane:
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        edges = [float(frame.facts[name]) for name in ("x0", "x1", "y0", "y1")]  # type: ignore[arg-type]
        names = frame.facts.get("names")
        return Plane(
            grid=arrays["grid"],
            classes=arrays.get("classes"),
            points=arrays["points"],
            labels=arrays["labels"],
            test=arrays["test"],
            edges=(edges[0], edges[1], edges[2], edges[3]),
            names=tuple(str(name) for name in names) if isinstance(names, list) else (),
            task=str(frame.facts.get("task", "classes")),
            values=arrays.get("values"),
            lines=arrays.get("lines"),
            unit=int(frame.facts.get("unit", 0)),  # type: ignore[arg-type]  # of the probe
        )

    def same_points(self, other: Plane) -> bool:
        """Whether the points of both look the same: they seldom change, while the picture under them does."""
        pairs = ((self.points, other.points), (self.labels, other.labels), (self.test, other.test))
        same_colors = (self.classes is None) == (other.classes is None) and self.task == other.task
        if self.task == "values" and (self.range != other.range or not _same(self.values, other.values)):
            return False
        return same_colors and all(np.array_equal(mine, its) for mine, its in pairs)

    @property
    def range(self) -> tuple[float, float]:
        """Of the colours: a probability from 0 to 1, or from the least to the largest value that is right somewhere, so
        that they mean the same while the network learns. Where nobody knows those, the picture's own.
        """
        if self.task != "values":
            return 0.0, 1.0
        for known in (self.values, self.grid):
            finite = known[np.isfinite(known)] if known is not None else np.empty(0)
            if finite.size and finite.min() < finite.max():
                return float(finite.min()), float(finite.max())
        return (float(finite[0]) - 0.5, float(finite[0]) + 0.5) if finite.size else (0.0, 1.0)

    @property
    def confidence(self) -> NDArray[np.float32]:
        """The probability of the class that is predicted."""
        return self.grid if self.classes is not None else np.maximum(self.grid, 1 - self.grid)

    @property
    def least_confidence(self) -> float:
        """That of a network that knows nothing."""
        return 1 / max(len(self.names), int(self.classes.max()) + 1) if self.classes is not None else 0.5

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of the colour scale, of STEPS, that each point's value is on; -1 for what is no number."""
        low, high = self.range
        if self.values is None:
            return np.full(len(self.points), -1)
        share = (self.values - low) / ((high - low) or 1.0)
        return np.where(np.isfinite(share), (np.nan_to_num(share) * STEPS).clip(0, STEPS - 1), -1).astype(np.int64)

    @property
    def lut(self) -> NDArray[np.uint8]:
        """The colours that `range` is drawn in."""
        if self.task == "values":
            return colormaps.viridis()
        return _calm_diverging()

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of a place, or None outside."""
        x0, x1, y0, y1 = self.edges
        rows, columns = self.grid.shape
        row, column = int((y - y0) / (y1 - y0) * rows // 1), int((x - x0) / (x1 - x0) * columns // 1)
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """Where a cell's value was asked for."""
        x0, x1, y0, y1 = self.edges
        rows, columns = self.grid.shape
        return x0 + (column + 0.5) / columns * (x1 - x0), y0 + (row + 0.5) / rows * (y1 - y0)

    def name(self, label: int) -> str:
        """A class by its name, or by its number."""
        return self.names[label] if 0 <= label < len(self.names) else str(label)

    def spoken(self, label: int) -> str:
        """A class in a sentence: `class 1`, or its name."""
        name = self.name(label)
        return f"class {name}" if name.isdigit() else name


def _same(mine: NDArray[np.float32] | None, its: NDArray[np.float32] | None) -> bool:
    return np.array_equal(mine, its) if mine is not None and its is not None else mine is its


@cache
def _calm_diverging() -> NDArray[np.uint8]:
    """The middle of the diverging map, blue for class 0 and orange for class 1."""
    whole = colormaps.diverging()
    reach = np.linspace(CALM, 1 + CALM, 256) / (1 + 2 * CALM)
    return whole[(reach * 255).round().astype(int)]
