"""Reads what a panel asked for. Options come from another process, so each is checked."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnstudio.errors import DataError
from nnstudio.protocol.messages import Option


def whole(options: Mapping[str, Option], name: str, default: int) -> int:
    """A whole number, or its default. Raises DataError."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise DataError(f"The option {name} takes a whole number, not {value!r}.")
    return value


def words(options: Mapping[str, Option], name: str) -> list[str]:
    """A list of names, empty where it is not given. Raises DataError."""
    value = options.get(name, [])
    if not isinstance(value, list):
        raise DataError(f"The option {name} takes a list of names, not {value!r}.")
    return [str(item) for item in value]


def numbers(options: Mapping[str, Option], name: str) -> list[int]:
    """A list of whole numbers, empty where it is not given. Raises DataError."""
    value = options.get(name, [])
    if not isinstance(value, list) or not all(type(item) is int for item in value):
        raise DataError(f"The option {name} takes a list of whole numbers, not {value!r}.")
    return [int(item) for item in value]


def floats(options: Mapping[str, Option], name: str) -> list[float]:
    """A list of finite numbers, empty where it is not given. Raises DataError."""
    value = options.get(name, [])
    if not isinstance(value, list):
        raise DataError(f"The option {name} takes a list of numbers, not {value!r}.")
    for item in value:
        if isinstance(item, bool | str) or not math.isfinite(item):
            raise DataError(f"The option {name} takes finite numbers, not {item!r}.")
    return [float(item) for item in value]


def clamp(value: int, low: int, high: int) -> int:
    """The nearest number from `low` to `high`."""
    return max(low, min(value, high))
