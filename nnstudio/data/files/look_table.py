"""Looking into a table: how it is written, what is in its columns, and what they may be for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nnstudio.data.files.columns import MOST_INPUT_CLASSES, Seen
from nnstudio.data.files.dialect import GUESSED_ROWS, MISSING, Dialect, NotUtf8, guess
from nnstudio.data.files.layout import fields
from nnstudio.data.files.parquet import ParquetSheet, open_parquet, readable
from nnstudio.data.files.places import find_fault, no_number
from nnstudio.data.files.sheets import Batch, CsvSheet, Kinds, NotNumbers, Sheet, column_names
from nnstudio.data.files.source import Counted, Fingerprint, head, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.errors import DataError
from nnstudio.params import Column, columns_of

SHOWN_ROWS = 50
SHOWN_COLUMNS = 200
FIRST_VALUES = 5
SHOWN_CLASSES = 1000
_FEW_VALUES = 50
_SPACES = re.compile(r"\S {2,}[\d.+-]")
_RETRIES = 3
TARGETS = ("label", "target", "class", "y", "species", "outcome", "diagnosis", "survived", "quality", "category")
"""Names of columns that are likely to be what is told from the others."""


def look(path: Path, reading: Mapping[str, Any], loading: Loading, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters of the data set "table", and facts. Raises DataError."""
    sheet, rows = _parquet(path) if kind == "parquet" else _csv(path, reading, loading)
    try:
        seen, found, quotes = _see(sheet, _first_kinds(sheet, rows), loading)
    except NotUtf8:
        if "encoding" in reading or not head(path).isascii():
            raise
        return look(path, {**reading, "encoding": "cp1252"}, loading, kind)  # it looked like UTF-8 at first
    if seen[0].rows < 2:
        words = "only one row" if seen[0].rows else "a header and no rows below it"
        raise refused(path, f"has {words}.", "Choose a file with rows to train with, and rows to test with.")
    columns = _asked(reading, sheet) or suggest(seen)
    warnings = _warnings(sheet, seen, columns, loading)
    params = {
        "path": str(path),
        "sha256": found.sha256,
        "bytes": found.size,
        "format": kind,
        **asdict(_dialect(sheet)),
        "columns": tuple(column.value() for column in columns),
        "rows": seen[0].rows,
        "quotes": quotes,
        "gaps": tuple(column.name for column in seen if column.missing),
        **{name: reading[name] for name in ("missing",) if name in reading},
    }
    return params, _facts(sheet, seen, columns, found, rows, warnings)


def _dialect(sheet: Sheet) -> Dialect:
    return sheet.dialect if isinstance(sheet, CsvSheet) else Dialect()


def suggest(seen: list[Seen]) -> tuple[Column, ...]:
    """Kinds, classes and roles: one target, the rest inputs, and what can not be used unused."""
    target = _target(seen)
    return tuple(_column(column, "target" if place == target else "") for place, column in enumerate(seen))


def _column(seen: Seen, role: str) -> Column:
    kind = "class" if role and seen.few else seen.kind
    classes = seen.classes if kind == "class" else ()
    role = role or _role(seen)
    if role == "unused" and len(classes) > MOST_INPUT_CLASSES:
        classes = ()  # a project does not keep what nobody can use
    return Column(seen.name, kind, role, classes)


def _role(seen: Seen) -> str:
    """Of a column that is no target."""
    wrong = seen.infinite or (seen.kind == "number" and seen.no_numbers)
    return "unused" if wrong or seen.problem else "input"


def _target(seen: list[Seen]) -> int | None:
    """The last column with such a name, or the last one; none where nothing would be left to tell it from."""
    good = [place for place, column in enumerate(seen) if _can_be_told(column)]
    named = [place for place in good if seen[place].name.strip().lower() in TARGETS]
    target = next(reversed(named or good), None)
    others = [column for place, column in enumerate(seen) if place != target and _role(column) == "input"]
    return target if others else None


def _can_be_told(seen: Seen) -> bool:
    if not seen.known or seen.infinite or (seen.kind == "number" and (seen.no_numbers or seen.problem)):
        return False
    return seen.kind == "number" or bool(seen.classes and len(seen.texts) <= max(seen.known / 2, 2))


def _asked(reading: Mapping[str, Any], sheet: Sheet) -> tuple[Column, ...]:
    """The columns as a person has set them before, where they are still these."""
    found = columns_of(reading.get("columns") or ())
    return found if tuple(column.name for column in found) == sheet.names else ()


def _csv(path: Path, reading: Mapping[str, Any], loading: Loading) -> tuple[CsvSheet, list[list[str]]]:
    data = head(path)
    dialect, text = guess(path, data, reading)
    rows = dialect.rows(text)
    if not rows:
        told = find_fault(path, dialect, (), loading)
        raise told or refused(path, "has no values in it.", "Choose a file with a table.")
    if len(rows[0]) == 1 and all(_SPACES.search(row[0]) for row in rows):
        raise refused(path, "parts its values by several spaces.", "Replace them by one comma each.")
    names = column_names(path, rows[0], dialect.header)
    return CsvSheet(path, names, dialect), rows[dialect.header :]


def _parquet(path: Path) -> tuple[ParquetSheet, list[list[str]]]:
    sheet = open_parquet(path)
    return sheet, sheet.first(SHOWN_ROWS)


def _first_kinds(sheet: Sheet, rows: list[list[str]]) -> dict[int, str]:
    """As texts, where the first rows hold some, or few different whole numbers, which may be classes."""
    if isinstance(sheet, ParquetSheet):
        return {place: sheet.kind(place) for place in range(len(sheet.names))}
    dialect = _dialect(sheet)
    found = {}
    for place in range(len(sheet.names)):
        texts = {row[place].strip() for row in rows[:GUESSED_ROWS] if place < len(row)} - set(MISSING)
        numbers = [number for text in texts if (number := dialect.number(text)) is not None]
        few = len(texts) <= _FEW_VALUES and all(number == number // 1 for number in numbers)
        found[place] = "class" if len(numbers) < len(texts) or few else "number"
    return found


def _see(sheet: Sheet, kinds: Kinds, loading: Loading) -> tuple[list[Seen], Fingerprint, bool]:
    """All rows, once; again where numbers turned out to be none."""
    kinds = dict(kinds)
    for attempt in range(_RETRIES + 1):
        try:
            return _once(sheet, kinds, loading)
        except NotNumbers as error:
            kinds = {place: "class" if place == error.column or attempt + 1 >= _RETRIES else kind
                     for place, kind in kinds.items()}  # fmt: skip
    raise refused(sheet.path, "can not be read as a table.")


def _once(sheet: Sheet, kinds: Kinds, loading: Loading) -> tuple[list[Seen], Fingerprint, bool]:
    dialect = _dialect(sheet)
    seen = [Seen(name, dialect) for name in sheet.names]
    source = Counted(
        sheet.path, loading, dialect.encoding, f"Looking into {shown(sheet.path.name)}", isinstance(sheet, CsvSheet)
    )
    try:
        for batch in sheet.batches(kinds, source):
            _add(seen, kinds, batch)
        source.rest()
        if source.quotes % 2 and isinstance(sheet, CsvSheet):
            fault = find_fault(sheet.path, dialect, sheet.names, loading)
            if fault:
                raise fault
        return seen, source.fingerprint, source.quotes_below > 0
    finally:
        source.close()


def _add(seen: list[Seen], kinds: Kinds, batch: Batch) -> None:
    for place in kinds:
        seen[place].add(batch.column(str(place)))


def _warnings(sheet: Sheet, seen: list[Seen], columns: tuple[Column, ...], loading: Loading) -> list[str]:
    told = [
        _warning(sheet, place, column, loading) for place, column in enumerate(seen) if not _is_told(columns[place])
    ]
    return [words for words in told if words]


def _is_told(column: Column) -> bool:
    """Whether it is a class to be told, which may have more kinds than an input."""
    return column.role == "target" and column.kind == "class" and bool(column.classes)


def _warning(sheet: Sheet, place: int, seen: Seen, loading: Loading) -> str:
    """What a person should know of a column."""
    name = shown(seen.name)
    if seen.kind == "number" and (seen.no_numbers or seen.infinite):
        return _bad_numbers(sheet, place, seen, loading).message
    if isinstance(sheet, ParquetSheet) and not readable(sheet.types[place]):
        return f"The column '{name}' holds {shown(str(sheet.types[place]))}, neither numbers nor texts."
    return f"The column '{name}' {seen.problem}." if seen.problem else ""


def _bad_numbers(sheet: Sheet, place: int, seen: Seen, loading: Loading) -> DataError:
    told = None
    if isinstance(sheet, CsvSheet):
        told = find_fault(sheet.path, sheet.dialect, sheet.names, loading, (place, no_number(sheet.dialect)))
    words = "infinite values" if seen.infinite else "values that are no numbers"
    return told or DataError(
        f"The column '{shown(seen.name)}' has {words}.", fix="Leave it out, or mend the file.", kind="file"
    )


def _facts(
    sheet: Sheet,
    seen: list[Seen],
    columns: tuple[Column, ...],
    found: Fingerprint,
    rows: list[list[str]],
    warnings: list[str],
) -> dict[str, Any]:
    given = fields({"columns": tuple(column.value() for column in columns)})
    return {
        "kind": "table",
        "name": shown(sheet.path.name),
        "bytes": found.size,
        "rows": seen[0].rows,
        "memory": seen[0].rows * sum(field.bytes for field in given),
        "columns": [_column_facts(column, rows, place) for place, column in enumerate(seen)],
        "preview": [[shown(cell.strip()) for cell in row[:SHOWN_COLUMNS]] for row in rows[:SHOWN_ROWS]],
        "warnings": warnings,
    }


def _column_facts(seen: Seen, rows: list[list[str]], place: int) -> dict[str, Any]:
    numbers = seen.kind == "number" and seen.high >= seen.low
    return {
        "name": seen.name,
        "kind": seen.kind,
        "missing": seen.missing,
        "distinct": seen.distinct,
        "more": seen.many,
        "min": seen.low if numbers else None,
        "max": seen.high if numbers else None,
        "classes": list(seen.classes[:SHOWN_CLASSES]),
        "few": seen.few,
        "problem": seen.problem,
        "first": [shown(row[place].strip()) for row in rows[:FIRST_VALUES] if place < len(row)],
    }
