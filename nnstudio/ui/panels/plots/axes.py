"""Axes with few, round ticks and nothing else: no line, no minor ticks."""

from __future__ import annotations

from math import ceil, floor, log10

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from nnstudio.ui import theme

GAPS = {"left": 30, "bottom": 72}
"""Pixels between two ticks, at least."""
MOST_DECADES = 300
"""Powers of ten beyond this are no numbers to a computer."""
ROOM = 16
"""Pixels that a label may reach over the end of its axis."""
NARROWEST = 35
"""Pixels for the labels of a left axis; longer ones widen it, so that they are never cut off."""


class Axis(pg.AxisItem):
    """An axis in the theme's colours. The left one carries the grid. `log`: values are logarithms to base ten."""

    def __init__(self, side: str, *, suffix: str = "", whole: bool = False, grid: bool = True) -> None:
        super().__init__(side)
        self.log = False
        self._suffix, self._whole, self._gap = suffix, whole, GAPS[side]
        lines = grid and side == "left"
        self.setStyle(tickLength=0, tickAlpha=255 if lines else 0, maxTickLevel=0, hideOverlappingLabels=False)
        self.setGrid(255 if lines else False)
        if side == "left":
            self.textWidth = NARROWEST
            self.setStyle(autoReduceTextSpace=False)  # else the plot moves with every shorter label
            self.setWidth(None)
        else:
            self.setHeight(20)
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self.setPen(pg.mkPen(None))
        self.setTickPen(pg.mkPen(theme.mix(theme.color("surface"), theme.color("line"), 0.75)))
        self.setTextPen(theme.color("muted"))
        self.setTickFont(theme.base_font(11))

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-ROOM, -ROOM, ROOM, ROOM)  # else the outermost labels are left out

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        count = max(1, int(size / self._gap))
        if self.log:
            return [(1.0, log_ticks(minVal, maxVal, count))]
        return [linear_ticks(minVal, maxVal, count, whole=self._whole)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.log:
            return [f"{text}{self._suffix}" for text in distinct([10**value for value in values])]
        digits = next((places for places in range(6) if abs(spacing * 10**places % 1) < 1e-6), 6)
        if max((abs(value) for value in values), default=0.0) >= 1e6 or digits > 5:
            return [f"{short(value)}{self._suffix}" for value in values]
        return [f"{value:,.{digits}f}{self._suffix}" for value in values]


def distinct(values: list[float]) -> list[str]:
    """The numbers in so few characters that no two of them look the same."""
    found = [[short(value, digits) for value in values] for digits in range(3, 9)]
    return next((texts for texts in found if len(set(texts)) == len(texts)), found[-1])


def short(value: float, places: int = 3) -> str:
    """A number in few characters: 0.03, 1e-4."""
    if not value or 1e-3 <= abs(value) < 1e5:
        return f"{value:.{places}g}"
    digits, _, power = f"{value:.{places - 1}e}".partition("e")
    return f"{float(digits):g}e{int(power)}"


def linear_ticks(low: float, high: float, count: int, *, whole: bool = False) -> tuple[float, list[float]]:
    """A spacing of 1, 2, 2.5 or 5 times a power of ten, and its multiples from `low` to `high`: about `count`."""
    wanted = (high - low) / count
    if not wanted > 0:
        return 1.0, [low]
    power = 10.0 ** floor(log10(wanted))
    spacing = next(power * step for step in (1, 2, 2.5, 5, 10, 20) if power * step >= wanted * 0.999)
    if whole:
        spacing = max(1.0, ceil(spacing))
    first, last = ceil(low / spacing - 1e-6), floor(high / spacing + 1e-6)
    return spacing, [number * spacing for number in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Logarithms of round numbers from `low` to `high`: as many a decade as there is room for, and two at least."""
    found = _decade_ticks(low, high, count)
    if len(found) < 2 and low < high < MOST_DECADES:
        tries = (linear_ticks(10**low, 10**high, parts)[1] for parts in (max(count, 2), 3, 4, 6))
        few = next((values for values in tries if len(values) > 1), [])
        found = [log10(value) for value in few if value > 0]
    return found if len(found) > 1 or not low < high else [low, high]


def _decade_ticks(low: float, high: float, count: int) -> list[float]:
    first, last = floor(low), ceil(high)
    for steps in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        found = [power + log10(step) for power in range(first, last + 1) for step in steps]
        found = [value for value in found if low <= value <= high]
        if len(found) <= count + 1:
            return found
    skip = ceil(len(found) / (count + 1))
    return [value for value in found if round(value) % skip == 0]
