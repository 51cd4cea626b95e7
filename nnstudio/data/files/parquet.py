"""Tables in Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.data.files.sheets import Batch, Kinds, NotNumbers, column_names
from nnstudio.data.files.source import Counted, Fingerprint, fingerprint, opened, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.errors import DataError

MAGIC = b"PAR1"
_ROWS = 65_536


@dataclass(frozen=True)
class ParquetSheet:
    """`types` are Arrow's, by column; `rows` is what the file says."""

    path: Path
    names: tuple[str, ...]
    types: tuple[Any, ...]
    rows: int

    def kind(self, place: int) -> str:
        """How its values are first read."""
        import pyarrow as pa

        given = self.types[place]
        return "number" if pa.types.is_floating(given) or not readable(given) else "class"

    def first(self, count: int) -> list[list[str]]:
        """The first rows as text."""
        import pyarrow as pa
        from pyarrow import parquet

        with opened(self.path) as file:
            try:
                source = parquet.ParquetFile(pa.PythonFile(file, mode="r"))
                part = next(source.iter_batches(count), None)
            except (pa.ArrowException, OSError, ValueError, EOFError) as error:
                raise _garbage(self.path, error) from None
        if part is None:
            return []
        columns = [
            ["" if value is None else str(value)[:200] for value in column.to_pylist()] for column in part.columns
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def batches(self, kinds: Kinds, source: Counted) -> Iterator[Batch]:
        """Some rows at a time; `source` gets no more than its fingerprint."""
        import pyarrow as pa

        source.rest()
        yield from self._parts(kinds, pa.float64(), source.loading)

    def read(self, kinds: Kinds, loading: Loading) -> tuple[Batch, Fingerprint]:
        import pyarrow as pa

        print_ = fingerprint(self.path, loading)
        parts = list(self._parts(kinds, pa.float32(), loading))
        return pa.Table.from_batches(parts), print_

    def _parts(self, kinds: Kinds, number: Any, loading: Loading) -> Iterator[Batch]:
        import pyarrow as pa
        from pyarrow import parquet

        with opened(self.path) as file:
            try:
                source = parquet.ParquetFile(pa.PythonFile(file, mode="r"))
                done = 0
                for part in source.iter_batches(_ROWS):
                    done += part.num_rows
                    loading.tell(done, self.rows, f"Reading {shown(self.path.name)}")
                    yield self._as_kinds(part, kinds, number)
            except (pa.ArrowException, OSError, ValueError, EOFError) as error:
                raise _garbage(self.path, error) from None

    def _as_kinds(self, part: Batch, kinds: Kinds, number: Any) -> Batch:
        import pyarrow as pa

        types = {"number": number, "class": pa.dictionary(pa.int32(), pa.string())}
        arrays = [self._cast(part.column(place), types[kind], place) for place, kind in kinds.items()]
        return pa.RecordBatch.from_arrays(arrays, names=[str(place) for place in kinds])

    def _cast(self, column: Any, wanted: Any, place: int) -> Any:
        import pyarrow as pa

        given = column.type
        if not readable(given):
            return pa.nulls(len(column), wanted)
        try:
            if pa.types.is_dictionary(wanted):
                plain = column.dictionary_decode() if pa.types.is_dictionary(given) else column
                return plain.cast(pa.string()).dictionary_encode()
            plain = column.cast(pa.int8()) if pa.types.is_boolean(given) else column
            return plain.cast(wanted, safe=False)
        except pa.ArrowInvalid:
            raise NotNumbers(place) from None


def open_parquet(path: Path) -> ParquetSheet:
    """What such a file says of itself. Raises DataError."""
    import pyarrow as pa
    from pyarrow import parquet

    with opened(path) as file:
        try:
            source = parquet.ParquetFile(pa.PythonFile(file, mode="r"))
            schema = source.schema_arrow
            names = column_names(path, list(schema.names), header=True)
            return ParquetSheet(path, names, tuple(schema.types), source.metadata.num_rows)
        except (pa.ArrowException, OSError, ValueError, EOFError) as error:
            raise _garbage(path, error) from None


def readable(given: Any) -> bool:
    """Whether a column of this type can be numbers or texts."""
    import pyarrow as pa

    kinds = pa.types
    if kinds.is_dictionary(given):
        return readable(given.value_type)
    return bool(
        kinds.is_integer(given) or kinds.is_floating(given) or kinds.is_boolean(given) or kinds.is_decimal(given)
        or kinds.is_string(given) or kinds.is_large_string(given)
    )  # fmt: skip


def _words(error: Exception) -> str:
    return shown(str(error), 120).rstrip(".")


def _garbage(path: Path, error: Exception) -> DataError:
    return refused(path, f"is no Parquet file that can be read: {_words(error)}.", "Save it once more.")
