"""Arrays of NumPy: NPY files, and NPZ archives of them. What a header promises is checked before it is believed."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnstudio.data.files.source import opened, refused, shown
from nnstudio.data.loading import Loading, bytes_text
from nnstudio.errors import DataError

MAGIC = b"\x93NUMPY"
MOST_TIMES = 200
"""An archive that unpacks to more times its length is refused, where that is more than MUCH: no data are so empty."""
MUCH = 100_000_000
MOST_AXES = 8
MOST_ARRAYS = 1000
_BLOCK = 2**22
_VERSIONS = ((1, 0), (2, 0), (3, 0))
_KINDS = "biufUS"
"""Truth values, numbers and texts; no Python objects, which could be anything."""
_BROKEN = (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError,
           SyntaxError, TypeError, OverflowError, RecursionError, MemoryError, tokenize.TokenError)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An array in a file. `name` is empty where there is only one."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool = False

    @property
    def bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def entries(path: Path) -> tuple[Entry, ...]:
    """The arrays that the file promises, as far as that can be. Raises DataError."""
    with _explained(path), opened(path) as file:
        if file.read(len(MAGIC)) == MAGIC:
            file.seek(0)
            entry = _header(path, file, "")
            _check_length(path, entry, path.stat().st_size - file.tell())
            return (entry,)
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            return _archived(path, archive)


def read(path: Path, entry: Entry, loading: Loading) -> NDArray[Any]:
    """One array of the file. Raises DataError."""
    loading.need(entry.bytes, f"'{shown(path.name)}'")
    with _explained(path), opened(path) as file:
        if not entry.name:
            return _array(path, file, loading)
        with zipfile.ZipFile(file) as archive, archive.open(f"{entry.name}.npy") as member:
            return _array(path, member, loading)


def _archived(path: Path, archive: zipfile.ZipFile) -> tuple[Entry, ...]:
    members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
    if not members:
        raise refused(path, "is an archive without arrays in it.", "Unpack it, and choose a file of it.")
    if len(members) > MOST_ARRAYS:
        raise refused(path, f"has {len(members):,} arrays; {MOST_ARRAYS:,} are read at most.")
    unpacked = sum(info.file_size for info in members)
    if unpacked > max(MUCH, MOST_TIMES * path.stat().st_size):
        raise refused(path, f"claims to unpack to {bytes_text(unpacked)}, which no ordinary data do.")
    found = []
    for info in members:
        with archive.open(info) as member:
            entry = _header(path, member, info.filename.removesuffix(".npy"))
            _check_length(path, entry, info.file_size - member.tell())
            found.append(entry)
    return tuple(found)


def _header(path: Path, file: IO[bytes], name: str) -> Entry:
    version = npy.read_magic(file)
    if version not in _VERSIONS:
        raise refused(path, f"is in an unknown version of NPY, {version[0]}.{version[1]}.", "Save it again.")
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read_header(file)
    where = f" '{shown(name)}'" if name else ""
    if dtype.kind not in _KINDS or dtype.hasobject:
        fix = "Save it as an array of numbers: objects are refused, since they could run as programs."
        raise refused(path, f"holds an array{where} of {shown(str(dtype))}.", fix)
    if len(shape) > MOST_AXES or any(size < 0 for size in shape):
        raise refused(path, f"holds an array{where} of the shape {shown(str(shape))}.")
    return Entry(name, tuple(map(int, shape)), dtype, bool(fortran))


def _check_length(path: Path, entry: Entry, length: int) -> None:
    if entry.bytes != length:
        where = f" in '{shown(entry.name)}'" if entry.name else ""
        words = f"has {length:,} bytes of numbers{where}, and its header promises {entry.bytes:,}."
        raise refused(path, words, "Save it again.")


def _array(path: Path, file: IO[bytes], loading: Loading) -> NDArray[Any]:
    entry = _header(path, file, "")
    loading.need(entry.bytes, f"'{shown(path.name)}'")
    data = bytearray()
    while len(data) < entry.bytes:  # memory is taken as the numbers come
        loading.tell(len(data), entry.bytes, f"Reading {shown(path.name)}")
        block = file.read(min(_BLOCK, entry.bytes - len(data)))
        if not block:
            raise refused(path, f"ends after {len(data):,} of {entry.bytes:,} bytes.", "Save it again.")
        data += block
    array = np.frombuffer(data, entry.dtype)
    return cast("NDArray[Any]", array.reshape(entry.shape, order="F" if entry.fortran else "C"))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What goes wrong inside is told as one DataError."""
    try:
        yield
    except DataError:
        raise
    except _BROKEN as error:
        words = shown(str(error) or type(error).__name__, 100).rstrip(".")
        raise refused(path, f"is no file of arrays that can be read: {words}.", "Save it again.") from None
