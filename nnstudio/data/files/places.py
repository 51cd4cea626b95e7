"""Where a table of text goes wrong: the line and the column, found by reading it again, slowly."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from nnstudio.data.files.dialect import DELIMITERS, MISSING, OTHER_ENCODING, Dialect, NotUtf8
from nnstudio.data.files.source import opened, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.errors import DataError

LONGEST_LINE = 8_000_000
_TELL_EVERY = 10_000
MEND = "Mend the file, and choose it again."


def find_fault(
    path: Path,
    dialect: Dialect,
    names: tuple[str, ...],
    loading: Loading,
    wrong: tuple[int, Callable[[str], str]] | None = None,
) -> DataError | None:
    """The first thing that is wrong with the table, with its place.

    `wrong` is a column and what to say of a value in it, or nothing; else rows are to be as long as the header.
    """
    with opened(path) as file:
        errors = "surrogateescape" if dialect.encoding == "utf-8" else "strict"
        text = io.TextIOWrapper(file, dialect.encoding, errors, newline="")
        try:
            return _first(path, text, dialect, names, loading, wrong)
        except UnicodeDecodeError as error:
            return refused(path, f"is not in {dialect.encoding}: {error.reason}.", OTHER_ENCODING)


def no_number(dialect: Dialect) -> Callable[[str], str]:
    """What to say of a value in a column of numbers."""

    def words(value: str) -> str:
        if value.strip() in MISSING:
            return ""
        number = dialect.number(value)
        if number is None:
            return f"'{shown(value)}' is no number."
        return f"'{shown(value)}' is too large." if abs(number) > 3.4e38 else ""

    return words


def _first(
    path: Path,
    text: io.TextIOWrapper,
    dialect: Dialect,
    names: tuple[str, ...],
    loading: Loading,
    wrong: tuple[int, Callable[[str], str]] | None,
) -> DataError | None:
    reader = csv.reader(_lines(text, path), delimiter=DELIMITERS[dialect.delimiter], strict=True)
    line, rows = 1, 0
    try:
        for row in reader:
            rows += bool(row)
            words = _row_words(row, names, None if rows == 1 and dialect.header else wrong)
            if words:
                return DataError(f"Line {line:,} of '{shown(path.name)}'{words}", fix=MEND, kind="file")
            if place := _no_utf8(row):
                words = f"Line {line:,}, column {place:,} of '{shown(path.name)}' is not in UTF-8."
                return NotUtf8(words, fix=OTHER_ENCODING, kind="file")
            line = reader.line_num + 1
            if rows % _TELL_EVERY == 0:
                loading.tell(line, 0, f"Looking for what is wrong in {shown(path.name)}")
    except csv.Error as error:
        return DataError(f"Line {line:,} of '{shown(path.name)}': {_quotes(error)}", fix=MEND, kind="file")
    except DataError as error:
        return error
    return None


def _row_words(row: list[str], names: tuple[str, ...], wrong: tuple[int, Callable[[str], str]] | None) -> str:
    if not row:
        return ""
    if len(row) != len(names):
        return f" has {_values(len(row))} instead of {len(names):,}."
    if wrong and (words := wrong[1](row[wrong[0]])):
        return f", column {wrong[0] + 1:,} ('{shown(names[wrong[0]])}'): {words}"
    return ""


def _no_utf8(row: list[str]) -> int:
    """The first column, counted from 1, in which there is a byte that is no UTF-8; or 0."""
    for column, value in enumerate(row, 1):
        if not value.isascii() and any("\udc80" <= char <= "\udcff" for char in value):
            return column
    return 0


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count:,} values"


def _quotes(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end" in words:
        return "a quote is opened and never closed."
    if "limit" in words:
        return f"a value is longer than {csv.field_size_limit():,} characters. Is a quote never closed?"
    return "text follows a closing quote." if "expected after" in words else f"{words}."


def _lines(text: io.TextIOWrapper, path: Path) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise refused(path, f"has a line {number:,} of more than {LONGEST_LINE:,} characters.", "Is it a table?")
        yield line
