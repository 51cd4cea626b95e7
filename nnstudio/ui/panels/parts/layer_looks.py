"""What the Gradients panel has seen of every layer: looks over time, and what is to be drawn of one quantity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.panels.parts.health import Symptom, symptoms
from nnstudio.ui.panels.parts.history import History
from nnstudio.ui.panels.parts.layer_map import Layers, Mark
from nnstudio.ui.panels.parts.scale import Scale, log_scale, signed_scale

FIGURES = ("norm", "mean", "std")
"""Of each quantity, in the order of the probe's columns."""
SINGLE = ("update", "flat")
"""Quantities of a single number a layer."""
Figures = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Look:
    """One frame of the probe "layers"."""

    names: tuple[str, ...]
    told: tuple[str, ...]
    """What the engine calls the layers: a run goes by the names of its beginning."""
    figures: Figures
    symptoms: tuple[Symptom | None, ...]

    @staticmethod
    def of(frame: ProbeFrame, name_now: Callable[[str], str]) -> Look:
        figures = {name: array.numpy() for name, array in frame.arrays.items() if name != "histogram"}
        told, saturates = _names(frame, "names"), set(_names(frame, "saturates"))
        found = symptoms(figures, [name in saturates for name in told])
        return Look(tuple(map(name_now, told)), tuple(told), figures, tuple(found))

    def goes_on(self, before: Look) -> bool:
        """Whether the same layers were looked at before, if by other names."""
        return self.told == before.told or self.names == before.names

    def column(self, quantity: str, figure: str) -> NDArray[np.float32]:
        """One number a layer."""
        array = self.figures[quantity]
        return array if quantity in SINGLE else array[:, FIGURES.index(figure)]


class Looks:
    """The looks at one run; they begin anew with another network."""

    def __init__(self) -> None:
        self.history: History[Look] = History()

    @property
    def newest(self) -> Look | None:
        return self.history.newest

    def add(self, step: int, look: Look) -> None:
        newest = self.newest
        if newest is not None and not look.goes_on(newest):
            self.history.clear()
        self.history.add(step, _with_update(look, newest))

    def shown(self, quantity: str, figure: str, what: str, blank: str = "") -> Layers:
        """The layers that have such a quantity, over time; `blank` says why none has."""
        newest = self.newest
        if newest is None:
            return Layers()
        rows = np.flatnonzero(~np.isnan(newest.column(quantity, figure)))
        values = np.stack([look.column(quantity, figure)[rows] for look in self.history.items], axis=1)
        found = [newest.symptoms[row] for row in rows]
        marks = [Mark(each.label(), each.token) if each is not None else None for each in found]
        names = [newest.names[row] for row in rows]
        return Layers(names, tuple(self.history.steps), values, _scale(quantity, figure, values), marks, what, blank)


def _scale(quantity: str, figure: str, values: NDArray[np.float32]) -> Scale:
    if quantity == "flat":
        return Scale(0.0, 1.0)
    return signed_scale(values) if figure == "mean" and quantity not in SINGLE else log_scale(values)


def _with_update(look: Look, before: Look | None) -> Look:
    """While a run rests nothing moves: what moved last is still told. At the first look nothing is known."""
    if before is None or not look.goes_on(before) or not np.isnan(look.figures["update"]).all():
        return look
    return replace(look, figures=look.figures | {"update": before.figures["update"]})


def _names(frame: ProbeFrame, fact: str) -> Sequence[str]:
    told = frame.facts.get(fact)
    return [str(name) for name in told] if isinstance(told, list) else []
