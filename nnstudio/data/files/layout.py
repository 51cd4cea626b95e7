"""What the columns of a table become: one vector of inputs, and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nnstudio.data.spec import Field
from nnstudio.params import Column, Value, Values, columns_of

INPUT = "x"
TARGET = "y"
DROP, MEAN, ZERO = "drop the row", "mean of the training part", "zero"
MISSING_CHOICES = (DROP, MEAN, ZERO)


@dataclass(frozen=True)
class Part:
    """A field, and the places of the columns that it is made of."""

    field: Field
    places: tuple[int, ...]


def parts(values: Values) -> tuple[Part, ...]:
    """The inputs in one vector, where a class is a one or a zero for each; then the targets.

    Numbers that are targets are one vector; a class is a label of its own. Without columns there is one number, so that
    a drawing can be begun before the file is chosen.
    """
    return _parts(values["columns"])


@lru_cache(maxsize=8)
def _parts(value: Value) -> tuple[Part, ...]:
    """Kept, since every edit asks several times, and there may be ten thousand columns."""
    columns = columns_of(value)
    found = [Part(_vector(INPUT, columns, inputs), inputs)] if (inputs := _with_role(columns, "input")) else []
    targets = _with_role(columns, "target")
    groups: list[tuple[int, ...]] = [(place,) for place in targets if columns[place].kind == "class"]
    if numbers := tuple(place for place in targets if columns[place].kind == "number"):
        groups.insert(0, numbers)
    for number, group in enumerate(groups, 1):
        name = TARGET if len(groups) == 1 else f"{TARGET}{number}"
        found.append(Part(_target(name, columns, group), group))
    return tuple(found) or (Part(Field(INPUT, (1,)), ()),)


def fields(values: Values) -> tuple[Field, ...]:
    """What the table gives."""
    return tuple(part.field for part in parts(values))


def samples(values: Values) -> int:
    """As many as rows, unless some may be dropped."""
    rows, gaps = values["rows"], values["gaps"]
    assert isinstance(rows, int)
    assert isinstance(gaps, tuple)
    used = [column for column in columns_of(values["columns"]) if column.name in gaps and column.role != "unused"]
    dropping = values["missing"] == DROP or any(column.role == "target" for column in used)
    return 0 if used and dropping else rows


def width(column: Column) -> int:
    """How many numbers a column becomes as an input."""
    return len(column.classes) if column.kind == "class" else 1


def _with_role(columns: Sequence[Column], role: str) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(columns) if column.role == role)


def _vector(name: str, columns: Sequence[Column], places: tuple[int, ...]) -> Field:
    names: list[str] = []
    for column in (columns[place] for place in places):
        names += [f"{column.name}={text}" for text in column.classes] if column.kind == "class" else [column.name]
    return Field(name, (max(len(names), 1),), columns=tuple(names))


def _target(name: str, columns: Sequence[Column], places: tuple[int, ...]) -> Field:
    column = columns[places[0]]
    if column.kind == "class":
        return Field(name, (), "int64", kind="label", names=column.classes, size=max(len(column.classes), 1))
    return Field(name, (len(places),), columns=tuple(columns[place].name for place in places))
