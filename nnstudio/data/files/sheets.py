"""Tables as Arrow reads them: text with delimiters, and Parquet; by batches to look into, or as a whole to load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from nnstudio.data.files.dialect import DECIMALS, DELIMITERS, MISSING, Dialect
from nnstudio.data.files.places import find_fault, no_number
from nnstudio.data.files.source import Counted, Fingerprint, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.errors import DataError
from nnstudio.params.files import LONGEST_STRING, MOST_COLUMNS

Kinds: TypeAlias = Mapping[int, str]
"""Which columns to read, by their place, and what each holds: "number" or "class"."""
Batch: TypeAlias = Any
"""A pyarrow.RecordBatch or Table: Arrow comes without types. Columns are called by their place."""
_BLOCK = 2**20
_COLUMN = re.compile(r"In CSV column #(\d+): CSV conversion error to \w+: invalid value")


class NotNumbers(Exception):
    """A column that was read as numbers holds something else."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


class Sheet(Protocol):
    """A table in a file."""

    @property
    def path(self) -> Path: ...
    @property
    def names(self) -> tuple[str, ...]: ...

    def batches(self, kinds: Kinds, source: Counted) -> Iterator[Batch]:
        """All rows, some at a time. Raises NotNumbers."""
        ...

    def read(self, kinds: Kinds, loading: Loading) -> tuple[Batch, Fingerprint]:
        """All rows at once. Raises DataError."""
        ...


@dataclass(frozen=True)
class CsvSheet:
    """Text with a delimiter.

    `known` says that its text was looked over before. Only with `quotes` can there be line ends inside
    a value.
    """

    path: Path
    names: tuple[str, ...]
    dialect: Dialect
    quotes: bool = True
    known: bool = False

    def batches(self, kinds: Kinds, source: Counted) -> Iterator[Batch]:
        import pyarrow as pa
        from pyarrow import csv

        try:
            yield from csv.open_csv(pa.PythonFile(source, mode="r"), *self._options(kinds, pa.float64()))
        except pa.ArrowInvalid as error:
            if found := _COLUMN.match(str(error)):
                raise NotNumbers(int(found[1])) from None
            raise self.fault(source, error) from None

    def read(self, kinds: Kinds, loading: Loading) -> tuple[Batch, Fingerprint]:
        """All rows at once. Numbers between which Arrow does not know what is missing, as in `NA  `, come as texts."""
        kinds = dict(kinds)
        texts: list[int] = []
        while True:
            try:
                table, found = self._read(kinds, loading)
                return self._with_numbers(table, texts), found
            except NotNumbers as error:
                kinds[error.column] = "class"
                texts.append(error.column)

    def _read(self, kinds: Kinds, loading: Loading) -> tuple[Batch, Fingerprint]:
        import pyarrow as pa
        from pyarrow import csv

        source = Counted(self.path, loading, self.dialect.encoding, text=not self.known)
        try:
            table = csv.read_csv(pa.PythonFile(source, mode="r"), *self._options(kinds, pa.float32()))
            return table, source.fingerprint
        except pa.ArrowInvalid as error:
            raise self.fault(source, error) from None
        finally:
            source.close()

    def _with_numbers(self, table: Batch, texts: list[int]) -> Batch:
        """Those columns as numbers: find_fault has found each value to be one, or to be missing."""
        import pyarrow as pa

        for place in texts:
            name = str(place)
            chunks = [self._numbers(chunk) for chunk in table.column(name).chunks]
            table = table.set_column(table.column_names.index(name), name, pa.chunked_array(chunks, pa.float32()))
        return table

    def _numbers(self, texts: Any) -> Any:
        """A dictionary of texts as numbers."""
        import pyarrow as pa

        given = (None if text is None else self.dialect.number(text) for text in texts.dictionary.to_pylist())
        return pa.array(given, pa.float32()).take(texts.indices)

    def fault(self, source: Counted, error: Exception) -> NotNumbers | DataError:
        """What is wrong, with its line and column; `error` is what Arrow says."""
        wrong = (int(found[1]), no_number(self.dialect)) if (found := _COLUMN.match(str(error))) else None
        told = find_fault(self.path, self.dialect, self.names, source.loading, wrong)
        if wrong and not told:
            return NotNumbers(wrong[0])
        return told or refused(self.path, f"can not be read as a table: {shown(str(error), 200).rstrip('.')}.")

    def _options(self, kinds: Kinds, number: Any) -> tuple[Any, Any, Any]:
        import pyarrow as pa
        from pyarrow import csv

        types = {"number": number, "class": pa.dictionary(pa.int32(), pa.string())}
        every = [str(place) for place in range(len(self.names))]
        reading = csv.ReadOptions(block_size=_BLOCK, column_names=every, skip_rows_after_names=int(self.dialect.header))
        parsing = csv.ParseOptions(delimiter=DELIMITERS[self.dialect.delimiter], newlines_in_values=self.quotes)
        converting = csv.ConvertOptions(
            column_types={str(place): types[kind] for place, kind in kinds.items()},
            include_columns=[str(place) for place in kinds],
            null_values=[*MISSING, *(f" {text}" for text in MISSING)],
            strings_can_be_null=True,
            decimal_point=DECIMALS[self.dialect.decimal],
        )
        return reading, parsing, converting


def column_names(path: Path, first: list[str], header: bool) -> tuple[str, ...]:
    """A name for each column, each once: as the first row says, or by number. Raises DataError for too many."""
    if len(first) > MOST_COLUMNS:
        fix = "Leave out some; or save it as NPY, where a sample is one array."
        raise refused(path, f"has {len(first):,} columns, and {MOST_COLUMNS:,} are read at most.", fix)
    found: dict[str, None] = {}
    for place, text in enumerate(first):
        wanted = shown(text.strip(), LONGEST_STRING - 10) if header and text.strip() else f"column {place + 1}"
        name, number = wanted, 2
        while name in found:
            name, number = f"{wanted} ({number})", number + 1
        found[name] = None
    return tuple(found)
