"""Curves of other runs beside the one in front: thin, each with its own colour and dash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen

from nnstudio.project.run import Course
from nnstudio.series import Floats, Series
from nnstudio.ui.runs import looks

COLUMNS = 320
"""Points of one curve at most: a smoothed one needs few."""
WIDTH = 1.0
"""Pixels. Qt draws lines of this width three times as fast as wider ones."""


@dataclass(frozen=True)
class Beside:
    """Another run. Its steps where they are known, smoothed over `window`; else the values at the ends of epochs."""

    name: str
    token: str
    dash: tuple[float, ...] = ()
    series: Series = field(default_factory=Series)
    course: Course = field(default_factory=Course)
    first: int = 0
    """The step before the first of the series."""
    window: int = 1
    epochs: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty(0))

    def points(self, low: float, high: float) -> tuple[Floats, Floats]:
        """Epochs and values, as far as they lie between these epochs or next to them."""
        if not len(self.series):
            return self.epochs, self.values
        start, stop = (int(step) - self.first for step in self.course.steps([low, high]))
        line = self.series.smooth(start - 2, stop + 3, COLUMNS, self.window)
        return self.course.epochs(line.at + 1 + self.first), line.values

    def value_at(self, epoch: float) -> float:
        """Its value there; NaN outside of it."""
        if not len(self.series):
            return float(np.interp(epoch, self.epochs, self.values, np.nan, np.nan)) if len(self.epochs) else np.nan
        place = round(float(self.course.steps(epoch))) - 1 - self.first
        if not 0 <= place < len(self.series):
            return np.nan
        return float(self.series.means(np.array([place]), self.window)[0])

    def state(self) -> tuple[object, ...]:
        """What a picture of it depends on, beside the range."""
        return (
            id(self.series),
            len(self.series),
            self.series.stride,
            self.window,
            len(self.epochs),
            float(self.values[-1:].sum()),
        )


class BesideItems:
    """The items of a plot that draw them; what has not changed is not computed again."""

    def __init__(self, add: Callable[[pg.PlotCurveItem], None]) -> None:
        self._add = add
        self._items: list[pg.PlotCurveItem] = []
        self._drawn: list[object] = []

    def draw(
        self, besides: Sequence[Beside], low: float, high: float, scale: Callable[[Floats], Floats], log: bool
    ) -> None:
        """Show these, from one epoch to another; `scale` gives what stands on the axis."""
        while len(self._items) < len(besides):
            item = pg.PlotCurveItem(antialias=True)
            item.setZValue(-1)
            self._add(item)
            self._items.append(item)
            self._drawn.append(None)
        for place, item in enumerate(self._items):
            beside = besides[place] if place < len(besides) else None
            state = None if beside is None else (beside.token, beside.dash, beside.state(), low, high, log)
            if state != self._drawn[place]:
                self._drawn[place] = state
                _set(item, beside, low, high, scale)

    def restyle(self) -> None:
        """Other colours: all are drawn again."""
        self._drawn = [None] * len(self._items)

    def values(self) -> Floats:
        """What is on the axis, of all."""
        seen = [item.yData for item in self._items if item.yData is not None and len(item.yData)]
        return np.concatenate(seen) if seen else np.empty(0)

    def shown(self) -> list[tuple[Floats, Floats]]:
        """The points of each that has some."""
        return [item.getData() for item in self._items if item.yData is not None and len(item.yData)]


def _set(
    item: pg.PlotCurveItem, beside: Beside | None, low: float, high: float, scale: Callable[[Floats], Floats]
) -> None:
    x, values = beside.points(low, high) if beside is not None else (np.empty(0), np.empty(0))
    y = scale(values)
    if not np.isfinite(y).any():  # pyqtgraph warns of bounds that are no numbers
        x = y = np.empty(0)
    item.setData(x, y, connect="finite")
    if beside is not None:
        item.setPen(_pen(beside))


def _pen(beside: Beside) -> QPen:
    pen = QPen(looks.shade(beside.token), WIDTH)
    pen.setCosmetic(True)
    if beside.dash:
        pen.setDashPattern([part / WIDTH for part in beside.dash])
    return pen
