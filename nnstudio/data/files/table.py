"""A table of a person's own: looked into, and loaded."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files.columns import MOST_INPUT_CLASSES
from nnstudio.data.files.dialect import MISSING, Dialect
from nnstudio.data.files.layout import DROP, INPUT, ZERO, Part, parts, width
from nnstudio.data.files.parquet import open_parquet
from nnstudio.data.files.places import find_fault, no_number
from nnstudio.data.files.sheets import Batch, CsvSheet, NotNumbers, Sheet
from nnstudio.data.files.source import changed as changed_file
from nnstudio.data.files.source import check_size, chosen, fingerprint, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.data.spec import Loaded
from nnstudio.errors import DataError
from nnstudio.params import Values, columns_of


def load(values: Values, loading: Loading) -> Loaded:
    """All rows as the columns say. Raises DataError where the file is not the one that was chosen, or has a fault."""
    path = chosen(values)
    check_size(path, values)
    wanted = parts(values)
    _check(path, values, wanted)
    try:
        return _Table(values, sheet_of(path, values), loading).load(wanted)
    except DataError as error:
        if error.kind == "file":
            fingerprint(path, loading).check(path, values)  # that it is another one explains it better
        raise


def sheet_of(path: Path, values: Values) -> Sheet:
    """The table in the file, as the parameters say. Raises DataError."""
    columns = columns_of(values["columns"])
    if values["format"] == "parquet":
        sheet = open_parquet(path)
        if sheet.names != tuple(column.name for column in columns):
            raise changed_file(path)
        return sheet
    dialect = Dialect(
        str(values["encoding"]), str(values["delimiter"]), values["header"] is True, str(values["decimal"])
    )
    names = tuple(column.name for column in columns)
    return CsvSheet(path, names, dialect, quotes=values["quotes"] is True, known=bool(values["sha256"]))


def _check(path: Path, values: Values, wanted: tuple[Part, ...]) -> None:
    columns = columns_of(values["columns"])
    if not any(column.role != "unused" for column in columns):
        raise refused(path, "gives nothing: all columns are unused.", "Choose columns as inputs and as the target.")
    for part in wanted:
        for column in (columns[place] for place in part.places):
            most = 0 if column.kind == "number" or part.field.kind == "label" else MOST_INPUT_CLASSES
            if most and not 1 <= len(column.classes) <= most:
                words = f"has {len(column.classes):,} classes in the column '{shown(column.name)}'"
                raise refused(path, f"{words}; an input has 1 to {most}.", "Leave the column out.")


class _Table:
    """One loading of it."""

    def __init__(self, values: Values, sheet: Sheet, loading: Loading) -> None:
        self._columns = columns_of(values["columns"])
        self._values = values
        self._sheet = sheet
        self._loading = loading
        self._classes: dict[int, dict[str, int]] = {}
        self._gaps: set[str] = set()
        self._dialect = sheet.dialect if isinstance(sheet, CsvSheet) else Dialect()

    def load(self, wanted: tuple[Part, ...]) -> Loaded:
        used = {place: self._columns[place].kind for part in wanted for place in part.places}
        rows = self._values["rows"]
        assert isinstance(rows, int)
        size = rows * sum(part.field.bytes + 4 * len(part.places) for part in wanted)  # ours, and what Arrow reads
        self._loading.need(size, f"'{shown(self._sheet.path.name)}'")
        try:
            table, found = self._sheet.read(used, self._loading)
        except NotNumbers as error:
            name = self._columns[error.column].name
            raise refused(self._sheet.path, f"has a value in '{shown(name)}' that is no number.") from None
        found.check(self._sheet.path, self._values)
        arrays = {part.field.name: self._array(part, table) for part in wanted}
        return self._without_gaps(wanted, arrays)

    def _array(self, part: Part, table: Batch) -> NDArray[Any]:
        if part.field.kind == "label":
            return self._indices(part.places[0], table).astype(np.int64)
        array = np.zeros((table.num_rows, *part.field.shape), np.float32)
        start = 0
        starts = dict(zip(part.places, accumulate(self._widths(part), initial=0), strict=False))
        for batch in table.to_batches():  # row by row: a whole column of a large array lies far apart
            rows = array[start : start + batch.num_rows]
            for place in part.places:
                column, first = self._columns[place], starts[place]
                if column.kind == "number":
                    rows[:, first] = batch.column(str(place)).to_numpy(zero_copy_only=False)
                else:
                    self._fill_ones(rows[:, first : first + width(column)], place, batch.column(str(place)))
            if not np.isfinite(rows.sum()):
                self._gaps.add(part.field.name)
                self._check_finite(part, rows, starts)
            start += batch.num_rows
        return array

    def _widths(self, part: Part) -> list[int]:
        return [width(self._columns[place]) for place in part.places]

    def _check_finite(self, part: Part, rows: NDArray[Any], starts: dict[int, int]) -> None:
        """Raise DataError for what is infinite; what is missing is not."""
        for place in part.places:
            if np.isinf(rows[:, starts[place]]).any():
                raise self._fault(place, no_number(self._dialect), "has an infinite value")

    def _missing(self, part: Part, array: NDArray[Any]) -> NDArray[np.bool_] | None:
        """In which rows something is missing; None for none."""
        if part.field.kind != "label" and part.field.name not in self._gaps:
            return None
        missing: NDArray[np.bool_] = array < 0 if part.field.kind == "label" else np.isnan(array).any(axis=1)
        return missing if missing.any() else None

    def _fill_ones(self, into: NDArray[Any], place: int, values: Any) -> None:
        indices = self._codes(place, values)
        known = indices >= 0
        into[np.flatnonzero(known), indices[known]] = 1.0
        into[~known] = np.nan

    def _indices(self, place: int, table: Batch) -> NDArray[np.int32]:
        """Which class each row has; -1 for missing. Raises DataError for a text that is no class."""
        found = [self._codes(place, chunk) for chunk in table.column(str(place)).chunks]
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def _codes(self, place: int, values: Any) -> NDArray[np.int32]:
        classes = self._classes.setdefault(place, {text: i for i, text in enumerate(self._columns[place].classes)})
        codes = [self._code(text, place, classes) for text in values.dictionary.to_pylist()]
        places: NDArray[np.int32] = values.indices.fill_null(len(codes)).to_numpy()
        return np.asarray([*codes, -1], np.int32)[places]

    def _code(self, text: str | None, place: int, classes: dict[str, int]) -> int:
        stripped = (text or "").strip()
        if stripped in MISSING:
            return -1
        if stripped not in classes:
            words = f"has '{shown(stripped)}' in '{shown(self._columns[place].name)}', which is none of its classes"
            raise refused(self._sheet.path, f"{words}.", "Choose the file again, so that its classes are found.")
        return classes[stripped]

    def _fault(self, place: int, wrong: Any, words: str) -> DataError:
        if isinstance(self._sheet, CsvSheet):
            told = find_fault(self._sheet.path, self._dialect, self._sheet.names, self._loading, (place, wrong))
            if told:
                return told
        name = shown(self._columns[place].name)
        return refused(self._sheet.path, f"{words} in the column '{name}'.", "Leave the column out, or mend the file.")

    def _without_gaps(self, wanted: tuple[Part, ...], arrays: dict[str, NDArray[Any]]) -> Loaded:
        """Rows without an answer are dropped; those without an input too, or they are filled in."""
        keep = np.ones(len(next(iter(arrays.values()))), bool)
        choice, means = self._values["missing"], set()
        for part in wanted:
            array = arrays[part.field.name]
            missing = self._missing(part, array)
            if missing is None:
                continue
            if part.field.name != INPUT or choice == DROP:
                keep &= ~missing
            elif choice == ZERO:
                np.nan_to_num(array, copy=False, nan=0.0)
            else:
                means.add(part.field.name)
        if not keep.all():
            arrays = {name: array[keep] for name, array in arrays.items()}
        if not keep.any():
            raise refused(self._sheet.path, "has no row without a missing value.", "Fill missing values in instead.")
        return Loaded(arrays, means=frozenset(means))
