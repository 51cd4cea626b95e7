"""What is in the columns of a table: numbers or classes, what is missing, the least, the largest, the texts."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnstudio.data.files.dialect import MISSING, Dialect
from nnstudio.params.files import LONGEST_STRING

MOST_CLASSES = 1000
"""Of a column that is to be told; an input has less, since each class becomes a number."""
MOST_INPUT_CLASSES = 100
LARGEST = float(np.finfo(np.float32).max)
"""A larger number would be infinite to a network."""
MOST_COUNTED = 10_000
"""Different values are counted up to here."""
_FEW = 20
"""Whole numbers of at most so many values may be classes."""
_MOSTLY = 0.8
_ROW_NUMBERS = ("", "index", "row", "no", "nr", "unnamed: 0", "column 1")
_SIGNS = re.compile(r"[+-]?[$€£]? ?\d[\d.,' ]* ?[%$€£]?")
"""Numbers as people write them, which no program takes for numbers."""


@dataclass
class Seen:
    """Of one column, batch by batch. `texts` and `numbers` count what is different, up to MOST_COUNTED."""

    name: str
    dialect: Dialect
    rows: int = 0
    missing: int = 0
    no_numbers: int = 0
    infinite: int = 0
    low: float = math.inf
    high: float = -math.inf
    whole: bool = True
    many: bool = False
    """There are more different values than are counted."""
    texts: Counter[str] = field(default_factory=Counter)
    numbers: set[float] = field(default_factory=set)

    def add(self, values: Any) -> None:
        """A pyarrow array of numbers or of texts in a dictionary."""
        self.rows += len(values)
        if hasattr(values, "dictionary"):
            self._add_texts(values)
        else:
            found = values.to_numpy(zero_copy_only=False)
            known = found[~np.isnan(found)]
            self.missing += len(found) - len(known)
            self._add_numbers(known)
            if not self.many:
                self.numbers.update(np.unique(known).tolist())
                self.many = len(self.numbers) > MOST_COUNTED

    def _add_texts(self, values: Any) -> None:
        indices = values.indices.drop_null().to_numpy()
        counts = np.bincount(indices, minlength=len(values.dictionary))
        self.missing += len(values) - len(indices)
        numbers: list[float] = []
        for text, count in zip(values.dictionary.to_pylist(), counts.tolist(), strict=True):
            if text is None or text.strip() in MISSING:
                self.missing += count
                continue
            number = self.dialect.number(text)
            if number is None:
                self.no_numbers += count
            else:
                numbers.append(number)
            if not self.many:
                self.texts[text.strip()] += count
                self.many = len(self.texts) > MOST_COUNTED
        self._add_numbers(np.asarray(numbers))

    def _add_numbers(self, known: Any) -> None:
        finite = known[np.abs(known) <= LARGEST]
        self.infinite += len(known) - len(finite)
        if len(finite):
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
            self.whole = self.whole and bool((finite == np.floor(finite)).all())

    @property
    def known(self) -> int:
        """Rows that have a value."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        return len(self.texts) or len(self.numbers)

    @property
    def kind(self) -> str:
        """Numbers, also where a few are no numbers by mistake; else a class."""
        good = self.known - self.no_numbers
        return "number" if self.known == 0 or good >= _MOSTLY * self.known else "class"

    @property
    def classes(self) -> tuple[str, ...]:
        """The texts that stand for classes, in order; none where there are too many, or too long ones."""
        if self.many or not 1 <= len(self.texts) <= MOST_CLASSES or max(map(len, self.texts)) > LONGEST_STRING:
            return ()
        return ordered(self.texts, self.dialect)

    @property
    def few(self) -> bool:
        """Whole numbers of so few values that they may be classes: as a target they are."""
        return bool(
            self.kind == "number" and self.classes and self.whole and not (self.no_numbers or self.infinite)
            and self.distinct <= _FEW and self.distinct * (2 if self.distinct == 2 else 5) <= self.known
        )  # fmt: skip

    @property
    def problem(self) -> str:
        """Why the column is left out at first, or nothing."""
        if not self.known:
            return "is empty"
        if self.kind == "number":
            return "numbers the rows" if self._numbers_rows() else ""
        if all(map(_SIGNS.fullmatch, self.texts)):
            return "holds numbers with other signs in them, as '1,000' or '5 %', which are read as texts"
        if self.many or len(self.texts) > MOST_INPUT_CLASSES or not self.classes:
            return "holds texts of too many kinds to be classes"
        differs = len(self.texts) > 10 and len(self.texts) > self.known / 2
        return "holds another text in nearly every row" if differs else ""

    def _numbers_rows(self) -> bool:
        name = self.name.strip().lower()
        return (
            (name in _ROW_NUMBERS or name.endswith("id"))
            and self.whole
            and self.rows > 2
            and self.high - self.low == self.rows - 1
            and not self.missing
        )


def ordered(texts: Sequence[str] | Counter[str], dialect: Dialect) -> tuple[str, ...]:
    """Numbers by their value, texts by the alphabet."""

    def key(text: str) -> tuple[bool, float, str]:
        number = dialect.number(text)
        return (number is None, number or 0.0, text)

    return tuple(sorted(texts, key=key))
