"""A frame of the boundary probe of a network with one input, understood: the curve, its pieces and the samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.protocol.messages import ProbeFrame

Array = NDArray[np.float32]
BELOW = -0.04
"""Where the points of several classes lie under their probabilities."""


@dataclass(frozen=True)
class Fit:
    """`curves` C×R over the places `x`: the value, the probability of class 1, or those of several classes.

    All rows of `pieces` U×R, and the `bias`, are the value; of many, the strongest are there. `lines` U×R is what units
    put out, from the number `unit` on.
    """

    x: Array
    curves: Array
    points: Array
    labels: NDArray[np.int64]
    values: Array | None
    test: NDArray[np.uint8]
    names: tuple[str, ...] = ()
    task: str = "values"
    pieces: Array | None = None
    piece_units: NDArray[np.int64] | None = None
    piece_count: int = 0
    bias: float = 0.0
    lines: Array | None = None
    unit: int = 0

    @staticmethod
    def of(frame: ProbeFrame) -> Fit:
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        facts, names = frame.facts, frame.facts.get("names")
        return Fit(
            x=arrays["x"],
            curves=np.atleast_2d(arrays["fit"]),
            points=arrays["points"].reshape(-1),
            labels=arrays["labels"],
            values=arrays.get("values"),
            test=arrays["test"],
            names=tuple(str(name) for name in names) if isinstance(names, list) else (),
            task=str(facts.get("task", "values")),
            pieces=arrays.get("pieces"),
            piece_units=arrays.get("piece_units"),
            piece_count=int(facts.get("pieces", 0)),  # type: ignore[arg-type]  # of the probe
            bias=float(facts.get("bias", 0.0)),  # type: ignore[arg-type]
            lines=arrays.get("lines"),
            unit=int(facts.get("unit", 0)),  # type: ignore[arg-type]
        )

    @property
    def heights(self) -> Array:
        """Where the points lie: at their value, or at 0 and 1; those of more classes in a row below."""
        if self.values is not None:
            return self.values
        if len(self.curves) > 1:
            return np.full(len(self.points), BELOW, np.float32)
        return self.labels.astype(np.float32)

    def same_points(self, other: Fit) -> bool:
        """Whether the points of both look the same."""
        pairs = ((self.points, other.points), (self.heights, other.heights), (self.test, other.test))
        return self.task == other.task and all(np.array_equal(mine, its) for mine, its in pairs)

    def name(self, label: int) -> str:
        """A class by its name, or by its number."""
        return self.names[label] if 0 <= label < len(self.names) else str(label)

    def at(self, x: float) -> list[float]:
        """The curves there, NaN outside of them."""
        return [float(np.interp(x, self.x, curve, np.nan, np.nan)) for curve in self.curves]

    def pieces_at(self, x: float) -> list[tuple[int, float]]:
        """Units, and what each adds there."""
        if self.pieces is None or self.piece_units is None:
            return []
        added = [float(np.interp(x, self.x, piece)) for piece in self.pieces]
        return list(zip(self.piece_units.tolist(), added, strict=True))

    def rows(self, units: str) -> Iterator[Sequence[object]]:
        """Every place as a table; `units` is how a column of a unit is called."""
        pieces = self.pieces if self.pieces is not None else np.empty((0, len(self.x)), np.float32)
        numbers = [] if self.piece_units is None else self.piece_units.tolist()
        fits = ["fit"] if len(self.curves) == 1 else [self.name(label) for label in range(len(self.curves))]
        yield "x", *fits, *(units.format(unit) for unit in numbers), *(["bias"] if numbers else [])
        for place, x in enumerate(self.x.tolist()):
            bias = [self.bias] if numbers else []
            yield x, *self.curves[:, place].tolist(), *pieces[:, place].tolist(), *bias
