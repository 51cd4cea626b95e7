"""Values of samples as texts, and the columns that they stand in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnstudio.data.spec import Field

MOST_COLUMNS = 60
"""A vector of more numbers stands in one column, as a curve."""
MARKS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "": "∅"}
"""What can not be seen, and what is shown for it."""


@dataclass(frozen=True)
class Column:
    """A column of a table of samples: a whole field, or one of its numbers."""

    field: Field
    number: int | None = None

    @property
    def title(self) -> str:
        if self.number is None:
            return self.field.name
        if self.number < len(self.field.columns):
            return self.field.columns[self.number]
        alone = not self.field.shape or self.field.shape[-1] == 1
        return self.field.name if alone else f"{self.field.name}[{self.number}]"

    @property
    def look(self) -> str:
        """How it is painted: number, label, tokens, image or curve."""
        field = self.field
        if field.kind == "tokens" and field.shape:
            return "tokens"
        if self.number is not None or not field.shape:
            return "label" if field.dtype == "int64" and (field.classes or field.kind == "label") else "number"
        return "image" if len(field.shape) == 3 and field.shape[0] in (1, 3) else "curve"

    def value(self, values: Any) -> Any:
        """Its part of what a sample has in the field."""
        return values if self.number is None else values.reshape(-1)[self.number]


def columns_of(fields: Sequence[Field]) -> list[Column]:
    """The columns that samples with these fields are shown in."""
    found: list[Column] = []
    for field in fields:
        count = math.prod(field.shape)
        if field.kind not in ("tokens", "image", "sequence") and len(field.shape) == 1 and count <= MOST_COLUMNS:
            found += [Column(field, number) for number in range(count)]
        else:
            found.append(Column(field))
    return found


def titles_of(columns: Sequence[Column]) -> list[str]:
    """What stands over each; with the name of its field where two columns are called the same."""
    plain = [column.title for column in columns]
    return [
        f"{column.field.name}: {title}" if plain.count(title) > 1 and title != column.field.name else title
        for column, title in zip(columns, plain, strict=True)
    ]


def numbers_of(fields: Sequence[Field]) -> list[Column]:
    """The numbers of samples that can be an axis."""
    vectors = [field for field in fields if field.dtype == "float32" and field.kind not in ("image", "sequence")]
    few = [field for field in vectors if len(field.shape) < 2]
    return [Column(field, number) for field in few for number in range(min(math.prod(field.shape), 100))]


def number_text(value: float, digits: int = 4) -> str:
    """`0.3102`, `1,797`; what is not finite is missing."""
    if not math.isfinite(value):
        return tr("missing")
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.{digits}g}"


def class_text(value: int, names: Sequence[str]) -> str:
    """A class by its name, or by its number."""
    return names[value] if 0 <= value < len(names) else str(value)


def token_text(value: int, names: Sequence[str]) -> str:
    """A token by its name, with a mark for what can not be seen."""
    return marked(class_text(value, names))


def marked(name: str) -> str:
    """The name of a token with a mark for what can not be seen."""
    return MARKS.get(name, "".join(MARKS.get(char, char) for char in name))


def edge_text(field: Field, value: int, names: Sequence[str]) -> str:
    """What a token is called that begins or ends: without the brackets around it."""
    return class_text(value, names).strip("<>[] ") or (tr("start") if value == field.start else tr("end"))


def value_text(column: Column, value: Any, names: Sequence[str], digits: int = 4) -> str:
    """What stands in a cell, in words."""
    match column.look:
        case "number":
            return number_text(float(value), digits)
        case "label":
            return class_text(int(value), names)
        case "tokens":
            return tokens_text(column.field, value, names)
    flat = np.asarray(value).reshape(-1)
    first = ", ".join(number_text(float(number), digits) for number in flat[:4])
    return f"{first}, …" if flat.size > 4 else first


def tokens_text(field: Field, values: Any, names: Sequence[str]) -> str:
    """Tokens as they read, without padding: characters as a text, words with spaces between them."""
    real = [int(value) for value in np.asarray(values).reshape(-1) if value != field.padding]
    texts = [class_text(value, names) for value in real]
    return ("" if of_characters(field, names) else " ").join(texts)


def of_characters(field: Field, names: Sequence[str]) -> bool:
    """Whether tokens are letters: written without gaps."""
    special = {field.padding, field.start, field.end}
    return bool(names) and all(len(name) < 2 for place, name in enumerate(names) if place not in special)


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("DataView", text)
