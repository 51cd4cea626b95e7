"""CIFAR-10 in its binary form: records of one byte for the class and 3×32×32 for the picture.

They lie in files of 10,000 records, loose in a folder or together in the archive as it is fetched. The archive is read
and never unpacked to the disk.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files.idx import broken, opened
from nnstudio.data.loading import Loading

ARCHIVE = "cifar-10-binary.tar.gz"
FOLDER = "cifar-10-batches-bin"
SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
CLASSES = 10
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST = ("test_batch.bin",)
_BLOCK = 1000 * RECORD
_MOST_FILES, _LARGEST, _LONGEST_NOTE = 100, 2 * 10_000 * RECORD, 1 << 16

Records = NDArray[np.uint8]


def read(source: Path, names: tuple[str, ...], most: int, loading: Loading) -> Records:
    """The first `most` records (n×3073) of these files, one after the other. Raises DataError."""
    loading.need(2 * most * RECORD, "CIFAR-10")
    batches = _batches(source, names, most, loading)
    found, left = [], most
    for name in names:
        if left and name in batches:
            found.append(batches[name][:left])
            left -= len(found[-1])
    if not found:
        wanted = f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0]
        raise broken(f"There is no {wanted} in {source}.", "Choose the folder or archive of CIFAR-10 (binary).")
    return np.concatenate(found)


def _batches(source: Path, names: tuple[str, ...], most: int, loading: Loading) -> dict[str, Records]:
    source = source.parent if source.suffix == ".bin" else source  # one of the files stands for all
    archive = source / ARCHIVE if source.is_dir() else source
    if archive.is_file():
        return _in_archive(archive, names, most, loading)
    return _in_folders([source, source / FOLDER], names, most, loading)


def _in_folders(folders: list[Path], names: tuple[str, ...], most: int, loading: Loading) -> dict[str, Records]:
    found: dict[str, Records] = {}
    for name in names:
        path = next((folder / name for folder in folders if (folder / name).is_file()), None)
        if path is not None and sum(map(len, found.values())) < most:
            with opened(path) as file:
                found[name] = _records(file, str(path), most, loading)
    return found


def _in_archive(archive: Path, names: tuple[str, ...], most: int, loading: Loading) -> dict[str, Records]:
    """Files come in the archive's own order; reading ends when the first ones by name are enough."""
    found: dict[str, Records] = {}
    with opened(archive) as packed, _in_words(archive), _opened(packed) as members:
        for member in _sound(members, archive):
            name = PurePosixPath(member.name).name
            if not member.isreg() or name not in names or name in found:
                continue
            file = members.extractfile(member)
            assert file is not None, "a regular file"
            found[name] = _records(file, f"{name} in {archive}", most, loading)
            if _enough(found, names, most):
                return found
        packed.read(_BLOCK)  # to its end, where gzip has its check sum
    return found


class _Member(tarfile.TarInfo):
    """What tarfile reads whole before anybody sees it, as long names and notes, is to be short."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Member:
        found = super().frombuf(buf, encoding, errors)
        if found.type not in tarfile.REGULAR_TYPES and found.size > _LONGEST_NOTE:
            raise broken(f"The archive has a note of {found.size:,} bytes in it, and so is not that of CIFAR-10.")
        return found


def _opened(packed: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=packed, mode="r|", tarinfo=_Member)


def _sound(members: tarfile.TarFile, archive: Path) -> Iterator[tarfile.TarInfo]:
    """Raise DataError before much is unpacked that nobody needs."""
    for count, member in enumerate(members):
        if count >= _MOST_FILES or member.size > _LARGEST:
            raise broken(f"{archive} is not the archive of CIFAR-10: what is in it is too much or too large.")
        yield member


def _enough(found: dict[str, Records], names: tuple[str, ...], most: int) -> bool:
    count = 0
    for name in names:
        if name not in found:
            return False
        count += len(found[name])
        if count >= most:
            return True
    return True


def _records(file: IO[bytes], where: str, most: int, loading: Loading) -> Records:
    """Up to so many records of one file."""
    data = bytearray()
    while len(data) < most * RECORD and (block := file.read(min(_BLOCK, most * RECORD - len(data)))):
        data += block
        loading.tell(len(data), most * RECORD, "Reading CIFAR-10")
    if not data or len(data) % RECORD:
        raise broken(f"{where} ends within a record, after byte {len(data):,}: each has {RECORD:,}.")
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    wrong = np.flatnonzero(records[:, 0] >= CLASSES)
    if len(wrong):
        place = f"record {wrong[0] + 1:,} has the class {records[wrong[0], 0]}"
        raise broken(f"{where} is not CIFAR-10: {place}, and there are {CLASSES}.")
    return records


@contextmanager
def _in_words(archive: Path) -> Iterator[None]:
    try:
        yield
    except tarfile.TarError as error:
        raise broken(f"{archive} is no sound archive: {error}.") from error
