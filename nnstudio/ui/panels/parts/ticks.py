"""Round numbers for axes, and numbers in few characters."""

from __future__ import annotations

from math import ceil, floor, log10

MOST_DECADES = 300
"""Powers of ten beyond this are no numbers to a computer."""


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
