"""How a table of text is written: its encoding, what stands between two values, its decimal sign, its header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.data.files.source import OTHER_ENCODING as OTHER_ENCODING
from nnstudio.data.files.source import refused
from nnstudio.errors import DataError

ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
DECIMALS = {"point": ".", "comma": ","}
MISSING = ("", "?", "-", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "-nan", "NULL", "null", "Null", "None")
"""What stands for a missing value."""
GUESSED_ROWS = 1000
_FEW = 100
"""Rows that the delimiter is guessed from."""
_NEARLY_ALL = 0.9
"""Of the rows; a space parts them into as many values as each other, or it is only a space in a text."""
_UNDEFINED = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that mean nothing in cp1252."""
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*|\s*[+-]?(inf|infinity)\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Dialect:
    """`delimiter` and `decimal` are words, as parameters hold them."""

    encoding: str = "utf-8"
    delimiter: str = "comma"
    header: bool = True
    decimal: str = "point"

    def number(self, text: str) -> float | None:
        """The number that a text stands for, or None."""
        if self.decimal == "comma":
            text = text.replace(".", " ").replace(",", ".")
        return float(text) if _NUMBER.fullmatch(text) else None

    def rows(self, text: str) -> list[list[str]]:
        """The first rows, without those that are empty."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter])
        found: list[list[str]] = []
        try:
            for row in reader:
                if row:
                    found.append(row)
                if len(found) > GUESSED_ROWS:
                    break
        except csv.Error:
            pass  # told with its place when all of it is read
        return found


class NotUtf8(DataError):
    """A text that was taken for UTF-8 goes on in another encoding."""


def guess(path: Path, data: bytes, reading: Mapping[str, Any]) -> tuple[Dialect, str]:
    """How the table that begins so is written, and this beginning as text. `reading` is what a person knows better."""
    encoding = str(reading.get("encoding") or guess_encoding(path, data))
    text = beginning(path, data, encoding)
    delimiter = str(reading.get("delimiter") or guess_delimiter(text))
    rows = Dialect(delimiter=delimiter).rows(text)[:_FEW]
    decimal = str(reading.get("decimal") or guess_decimal(rows, delimiter))
    given = reading.get("header")
    header = given if isinstance(given, bool) else guess_header(rows, Dialect(decimal=decimal))
    return Dialect(encoding, delimiter, header, decimal), text


def guess_encoding(path: Path, data: bytes) -> str:
    """One of ENCODINGS. Raises DataError where this is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data:
        place = data.index(b"\0")
        raise refused(path, f"is no text: byte {place + 1:,} of it is zero.", "Choose a file of text.")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError as error:
        if not data[: error.start].isascii():
            return "utf-8"  # of which some is there: what does not fit is told with its place
        return "latin-1" if any(byte in data for byte in _UNDEFINED) else "cp1252"
    return "utf-8"


def beginning(path: Path, data: bytes, encoding: str) -> str:
    """Those bytes as text; the last one may be half a character. Raises DataError."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refused(path, f"is not in {encoding}: see line {line:,}.", OTHER_ENCODING) from None


def guess_delimiter(text: str) -> str:
    """The one that parts most rows into the same number of values, more than one; a space only where no other does.

    Decimal commas part all rows but the header, so one row counts.
    """
    best, score = "comma", (0.0, 0)
    for name in DELIMITERS:
        widths = Counter(len(row) for row in Dialect(delimiter=name).rows(_lines(text)))
        width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        share = often / max(widths.total(), 1)
        if width > 1 and (name != "space" or (share >= _NEARLY_ALL and "  " not in _lines(text))):  # a run would be one
            found = (share if name != "space" else share / widths.total(), width)
            best, score = (name, found) if found > score else (best, score)
    return best


def guess_decimal(rows: list[list[str]], delimiter: str) -> str:
    """A comma, where numbers are written with one and it does not part values."""
    if delimiter == "comma":
        return "point"
    cells = [cell for row in rows for cell in row]
    commas = sum(1 for cell in cells if "," in cell and Dialect(decimal="comma").number(cell) is not None)
    points = sum(1 for cell in cells if "." in cell and Dialect().number(cell) is not None)
    return "comma" if commas > points else "point"


def guess_header(rows: list[list[str]], dialect: Dialect) -> bool:
    """Whether the first row names the columns: texts, above numbers or above other texts than these."""
    if not rows or any(dialect.number(cell) is not None for cell in rows[0]):
        return False
    first = [cell.strip() for cell in rows[0]]
    if any(cell and cell in MISSING for cell in first):
        return False  # no column is called that
    if len(set(first)) < len(first) or len(rows) == 1:
        return len(rows) == 1 or _numbers_below(rows, dialect)
    below = [{row[place].strip() for row in rows[1:] if place < len(row)} for place in range(len(first))]
    return not any(cell in seen and cell not in MISSING for cell, seen in zip(first, below, strict=True))


def _numbers_below(rows: list[list[str]], dialect: Dialect) -> bool:
    return any(dialect.number(cell) is not None for row in rows[1:] for cell in row)


def _lines(text: str) -> str:
    """The first lines of it."""
    return "".join(text[:65_536].splitlines(keepends=True)[:_FEW])
