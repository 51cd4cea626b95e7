"""IDX files, the form of MNIST: what kind of numbers, how many along each axis, and the numbers; by gzip or plain.

http://yann.lecun.com/exdb/mnist gives the format. A broken file gives a DataError that says where.
"""

from __future__ import annotations

import gzip
import math
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.errors import DataError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_AXES = 8
_GZIP = b"\x1f\x8b"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Header:
    """`length` is that of the header itself, in bytes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    length: int

    @property
    def bytes(self) -> int:
        """Of all numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def is_idx(start: bytes) -> bool:
    """Whether a file that begins so is in this form."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in TYPES and 0 < start[3] <= _MOST_AXES


def header(path: Path) -> Header:
    """What the file says it holds. Raises DataError."""
    with opened(path) as file:
        return _header(file, path)


def read(path: Path, loading: Loading, most: int | None = None) -> NDArray[Any]:
    """The numbers, of the first `most` entries along the first axis. Raises DataError."""
    with opened(path) as file:
        found = _header(file, path)
        shape = found.shape if most is None else (min(most, found.shape[0]), *found.shape[1:])
        size = math.prod(shape) * found.dtype.itemsize
        loading.need(size, f"'{path.name}'")
        data = _exactly(file, size, path, found.length, loading)
        if shape == found.shape and file.read(1):
            raise broken(f"{path} goes on after byte {found.length + size:,}, where its header says it ends.")
    array = np.frombuffer(data, found.dtype).reshape(shape)
    return cast("NDArray[Any]", array.astype(found.dtype.newbyteorder("="), copy=False))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file, unpacked where gzip has packed it. What goes wrong while it is read is told in words, as DataError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise broken(f"{path} is no file.", "Choose a file.")
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            yield cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise broken(f"{path} can not be unpacked: {error}.") from error
    except OSError as error:
        raise broken(f"{path} can not be read: {error.strerror or error}.") from error


def broken(message: str, fix: str = "Get the file again, or choose another.") -> DataError:
    """What is wrong with a file that was fetched, or that a person has given in its place."""
    return DataError(message, fix=fix, kind="file")


def _header(file: BinaryIO, path: Path) -> Header:
    magic = file.read(4)
    if not is_idx(magic):
        raise broken(f"{path} is no IDX file: it begins with the bytes {magic.hex(' ') or 'of nothing'}.")
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise broken(f"{path} ends in its header, after byte {4 + len(sizes)}.")
    return Header(np.dtype(TYPES[magic[2]]), struct.unpack(f">{magic[3]}I", sizes), 4 + len(sizes))


def _exactly(file: BinaryIO, size: int, path: Path, start: int, loading: Loading) -> bytearray:
    """So many bytes. Memory is taken as they come: a header may promise what is not there."""
    data = bytearray()
    while len(data) < size:
        loading.tell(len(data), size, f"Reading {path.name}")
        block = file.read(min(_BLOCK, size - len(data)))
        if not block:
            raise broken(f"{path} ends after byte {start + len(data):,}; its header promises {start + size:,}.")
        data += block
    return data
