"""What kind of file it is, and how it can be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnstudio.data.files import arrays, dialect, look_arrays, look_table, npy, pictures, text
from nnstudio.data.files.idx import is_idx
from nnstudio.data.files.parquet import MAGIC as PARQUET
from nnstudio.data.files.source import head, refused, shown, status
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset

TABLE, FOLDER, TEXT, ARRAYS = "table", "image_folder", "text_file", "array_file"
_LOOKED_AT = 65_536
_TABLES = (".csv", ".tsv", ".tab", ".data", ".dat")
_OTHERS = {
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"BM": "a picture",
    b"RIFF": "a picture or a sound", b"%PDF": "a PDF document", b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"SQLite format": "a data base", b"7z\xbc\xaf": "an archive", b"BZh": "an archive", b"\xfd7zXZ": "an archive",
    b"Rar!": "an archive", b"\x7fELF": "a program", b"MZ": "a program", b"\x89HDF": "an HDF5 file",
    b"\x80": "a pickle, which could run as a program,",
}  # fmt: skip
_HOW = "Choose a table (CSV, Parquet), a text, a file of arrays (NPY, NPZ, IDX), or a folder of pictures."


def inspect(
    path: str, as_dataset: str, reading: Mapping[str, Any], loading: Loading
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The data set that reads it, its parameters, and facts for a person. Raises DataError.

    With a data set it is read as that; `reading` is what a person knows better than what would be guessed.
    """
    where = Path(os.path.abspath(path))
    name = as_dataset or kind_of(where, reading)
    if name not in (TABLE, FOLDER, TEXT, ARRAYS):
        raise refused(where, f"can not be read as '{shown(name)}'.", _HOW)
    reading = {key: dataset(name).params[key].check(value) for key, value in reading.items()}
    if name == TABLE:
        kind = "parquet" if _is_parquet(where) else "text"
        params, facts = look_table.look(where, reading, loading, kind)
    elif name == FOLDER:
        params, facts = pictures.look(where, reading, loading)
    elif name == TEXT:
        params, facts = text.look(where, reading, loading)
    else:
        params, facts = look_arrays.look(where, reading, loading)
    return name, dict(dataset(name).params.check(params)), facts


def kind_of(path: Path, reading: Mapping[str, Any] | None = None) -> str:
    """The data set that reads such a file. Raises DataError where none does."""
    if stat.S_ISDIR(status(path).st_mode):
        return FOLDER
    start, suffix = head(path), path.suffix.lower()
    if _is_parquet(path):
        return TABLE
    if start.startswith(npy.MAGIC) or suffix in (".npy", ".npz") or is_idx(start):
        return ARRAYS
    if start.startswith(b"\x1f\x8b"):
        return _unpacked(path)
    _refuse_others(path, start)
    if suffix in _TABLES or (reading and "delimiter" in reading):
        return TABLE
    return TABLE if _looks_like_table(path, start) else TEXT


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq") or head(path, 4) == PARQUET


def _unpacked(path: Path) -> str:
    if is_idx(arrays.unpacked_head(path, 4)):
        return ARRAYS
    raise refused(path, "is packed with gzip, and is not in the form of MNIST.", "Unpack it, and choose what is in it.")


def _refuse_others(path: Path, start: bytes) -> None:
    if start.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in start or b"xl/" in start[:4096]:
            raise refused(path, "is an Excel workbook.", "Save the sheet as CSV, and choose that.")
        raise refused(path, "is an archive.", "Unpack it, and choose what is in it.")
    for magic, words in _OTHERS.items():
        if start.startswith(magic) and not (magic in (b"BM", b"MZ") and start[:200].isascii() and b"\0" not in start):
            fix = "Choose the folder that it is in." if words == "a picture" else _HOW
            raise refused(path, f"is {words} and no table or text.".replace(",  ", ", "), fix)


def _looks_like_table(path: Path, start: bytes) -> bool:
    """Whether lines have the same number of values, and whole columns are numbers: sentences have commas too."""
    found, words = dialect.guess(path, start[:_LOOKED_AT], {})
    rows = found.rows(words)
    if len(start) >= _LOOKED_AT:
        rows.pop()  # it may be cut
    widths = {len(row) for row in rows}
    if len(widths) != 1 or widths == {1} or len(rows) < 3:
        return False
    return any(all(_is_number(row[place], found) for row in rows[1:]) for place in range(len(rows[0])))


def _is_number(text: str, found: dialect.Dialect) -> bool:
    return text.strip() in dialect.MISSING or found.number(text) is not None
