"""Measured times by the engine's names, put together for the rows of the summary."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.panels.parts.layer_rows import LayerRow

KEPT = 5
"""Frames of which the middle one counts, name by name: a machine that does other things too is not heard in it."""


@dataclass
class LayerTimes:
    """Seconds for one batch of `batch` samples."""

    batch: int = 0
    _frames: deque[dict[str, tuple[float, float]]] = field(default_factory=lambda: deque(maxlen=KEPT))
    _forward: dict[str, float] = field(default_factory=dict)
    _backward: dict[str, float] = field(default_factory=dict)

    def take(self, frame: ProbeFrame, name_now: Callable[[str], str]) -> None:
        """Another measurement."""
        names = frame.facts.get("names")
        batch = frame.facts.get("batch")
        if not isinstance(names, list) or not isinstance(batch, int):
            return
        if batch != self.batch:
            self._frames.clear()
        self.batch = batch
        forward = frame.arrays["forward"].numpy().tolist()
        back = frame.arrays["backward"].numpy().tolist() if "backward" in frame.arrays else [0.0] * len(forward)
        told = [name_now(str(name)) for name in names]
        self._frames.append(dict(zip(told, zip(forward, back, strict=True), strict=True)))
        self._sum_up()

    def of(self, row: LayerRow) -> tuple[float, float] | None:
        """Forward and backward; None where nothing was measured."""
        variables = [name for name in row.variables if name in self._forward or name in self._backward]
        if not variables and row.family == "loss" and "" in self._forward:
            variables = [""]
        if not variables:
            return None
        return sum(self._forward.get(name, 0.0) for name in variables), sum(
            self._backward.get(name, 0.0) for name in variables
        )

    def total(self, rows: Sequence[LayerRow]) -> tuple[float, float]:
        """Of the rows of the main drawing."""
        found = [times for times in map(self.of, rows) if times is not None]
        return sum(forward for forward, _ in found), sum(backward for _, backward in found)

    def _sum_up(self) -> None:
        """Forward of a line has all that goes on inside; on the way back each operation counts for all around it."""
        names = list(self._frames[-1])
        table = np.array([[frame.get(name, (np.nan, np.nan)) for name in names] for frame in self._frames])
        middle = np.nanmedian(table, axis=0).tolist()
        self._forward = {name: forward for name, (forward, _) in zip(names, middle, strict=True) if forward}
        backward = defaultdict[str, float](float)
        for name, (_, seconds) in zip(names, middle, strict=True):
            parts = name.split(".")
            for count in range(1, len(parts) + 1):
                backward[".".join(parts[:count])] += seconds
        self._backward = {name: seconds for name, seconds in backward.items() if seconds}


def time_text(seconds: float) -> str:
    """`0.12 ms`, `35 µs`."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def energy_text(picojoules: float) -> str:
    """`1.2 µJ`."""
    for unit, size in (("J", 1e12), ("mJ", 1e9), ("µJ", 1e6), ("nJ", 1e3)):
        if picojoules >= size:
            return f"{picojoules / size:.3g} {unit}"
    return f"{picojoules:.3g} pJ"
