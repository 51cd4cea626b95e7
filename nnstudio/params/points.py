"""Points that a person painted, each with its class."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from nnstudio.params.spec import Param, Value

Point: TypeAlias = tuple[float, float, int]
"""x, y and class."""

MOST_POINTS = 5000
MOST_CLASSES = 6
REACH = 1.5
"""x and y lie between -REACH and REACH."""
PLACES = 3
"""Decimals that are kept, so that project files stay short."""

_checked: deque[object] = deque(maxlen=8)
"""What passed lately: a drawing checks its values whenever somebody asks what follows from them."""


@dataclass(frozen=True, kw_only=True)
class PointsParam(Param):
    """Rows of x, y and class. A point that is there twice is kept once."""

    default: tuple[Value, ...] = ()
    kind: ClassVar[str] = "points"

    def _check(self, value: object) -> Value:
        if any(value is known for known in tuple(_checked)):  # other threads of the engine check too
            return value  # type: ignore[return-value]  # it came out of here
        if not isinstance(value, list | tuple) or len(value) > MOST_POINTS:
            raise self.refuse(value)
        found = tuple(dict.fromkeys(map(self._point, value)))
        _checked.append(found)
        return found

    def _point(self, row: object) -> Point:
        if not isinstance(row, list | tuple) or len(row) != 3:
            raise self.refuse(row)
        x, y, label = row
        inside = (
            _is_inside(x, -REACH, REACH) and _is_inside(y, -REACH, REACH) and _is_inside(label, 0, MOST_CLASSES - 1)
        )
        if not inside or label != int(label):
            raise self.refuse(row)
        return _short(x), _short(y), int(label)

    def wants(self) -> str:
        places = f"each x and y from {-REACH:g} to {REACH:g} and a class from 0 to {MOST_CLASSES - 1}"
        return f"at most {MOST_POINTS:,} points, {places}"


def points_of(value: Value) -> tuple[Point, ...]:
    """The points that a checked parameter holds."""
    assert isinstance(value, tuple)
    return value  # type: ignore[return-value]  # checked


def classes_in(points: tuple[Point, ...]) -> int:
    """How many classes there are up to the last that has a point, and two at least."""
    return max([2, *(label + 1 for _, _, label in points)])


def _is_inside(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _short(number: float) -> float:
    return round(float(number), PLACES) + 0.0  # no negative zero


def Points(name: str, default: tuple[Value, ...] = (), help: str = "", **more: Any) -> PointsParam:
    """Painted points."""
    return PointsParam(name=name, default=default, help=help, **more)
