"""What is known of an input of the network, and so how a person can give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.spec import Field
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.painting.sketch import Manner

Floats: TypeAlias = NDArray[np.float32]

DRAWN, PLANE, TEXT, COLUMNS, NUMBERS = "drawn", "plane", "text", "columns", "numbers"
MOST_COLUMNS = 64
"""That have a slider each."""
MOST_DRAWN = 512
"""Pixels of the longer side of a picture that is drawn."""


@dataclass(frozen=True)
class Way:
    """One input: `sample` is that of the test sample, in the shape the network takes."""

    name: str
    sample: Floats
    kind: str
    task: str = "values"
    source: Field | None = None
    """What the data set declares of it."""
    tokens: tuple[str, ...] = ()
    """Names of the tokens of a text."""
    figures: Mapping[str, Option] = field(default_factory=dict)
    low: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    high: Floats = field(default_factory=lambda: np.empty(0, np.float32))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.sample.shape

    @property
    def size(self) -> int:
        return prod(self.shape)

    def same_kind(self, other: Way) -> bool:
        """Whether what a person has made for one can stand for the other."""
        mine, its = (
            (each.name, each.kind, each.shape, each.tokens, each.task, each.columns, each.manner)
            for each in (self, other)
        )
        alike = np.array_equal(self.low, other.low) and np.array_equal(self.high, other.high)
        return mine == its and alike

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the numbers, by their places where the data have none."""
        named = self.source.columns if self.source is not None else ()
        plain = (self.name,) if self.size == 1 else tuple(f"{self.name}[{place}]" for place in range(self.size))
        return named if len(named) == self.size else plain

    @property
    def manner(self) -> Manner:
        """Of pictures."""
        figures = self.figures
        if self.kind != DRAWN or "low" not in figures:
            return Manner()
        found = figures.get("ground")
        ground = tuple(_number(level) for level in found) if isinstance(found, list) else (0.0,)
        channels, height, width = self.shape
        return Manner(
            (channels, height, width),
            low=_number(figures["low"]),
            high=_number(figures.get("high")),
            ground=ground,
            plain=bool(figures.get("plain")),
            centred=bool(figures.get("centred")),
            extent=_number(figures.get("extent")),
            stroke=_number(figures.get("stroke")),
            middle=(_number(figures.get("x")), _number(figures.get("y"))),
            by_mass=bool(figures.get("by_mass")),
        )

    def choices(self, column: int) -> list[float]:
        """The few numbers that a column has; nothing for many."""
        found = self.figures.get(f"choices:{column}")
        return [_number(each) for each in found] if isinstance(found, list) else []


def ways_of(frame: ProbeFrame, fields: Mapping[str, Field]) -> dict[str, Way]:
    """The inputs of a frame with figures, by name."""
    names = frame.facts.get("inputs")
    return {str(name): _way(frame, str(name), fields) for name in names} if isinstance(names, list) else {}


def _way(frame: ProbeFrame, name: str, fields: Mapping[str, Field]) -> Way:
    lead = f"figure:{name}:"
    figures = {key.removeprefix(lead): fact for key, fact in frame.facts.items() if key.startswith(lead)}
    told = frame.facts.get(f"tokens:{name}")
    tokens = tuple(str(each) for each in told) if isinstance(told, list) else ()
    sample = frame.arrays[f"input:{name}"].numpy()
    low, high = (
        frame.arrays[key].numpy() if key in frame.arrays else np.empty(0, np.float32)
        for key in (f"{lead}low", f"{lead}high")
    )
    kind = _kind(sample.shape, whole=isinstance(told, list), plane="grid" in frame.arrays)
    return Way(name, sample, kind, str(frame.facts.get("task")), fields.get(name), tokens, figures, low, high)


def _kind(shape: tuple[int, ...], *, whole: bool, plane: bool) -> str:
    if whole and len(shape) < 2:
        return TEXT
    if len(shape) == 3 and shape[0] in (1, 3) and max(shape) <= MOST_DRAWN:
        return DRAWN
    if shape == (2,) and plane:
        return PLANE
    return COLUMNS if len(shape) < 2 and prod(shape) <= MOST_COLUMNS else NUMBERS


def _number(fact: object) -> float:
    return float(fact) if isinstance(fact, int | float) else 0.0
