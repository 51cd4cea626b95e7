"""Where fetched data sets lie, which of them are there, and how they are taken away. Light: the window asks it too.

What is there is what it should be: a file gets its name only when its SHA-256 was right.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from nnstudio.data.loading import bytes_text
from nnstudio.data.spec import DatasetType, RemoteFile
from nnstudio.errors import DataError
from nnstudio.params import Values


def place(kind: DatasetType, folder: Path) -> Path:
    """Where the files of a data set lie."""
    return folder / kind.name


def host(url: str) -> str:
    """The name of a server."""
    return urlsplit(url).hostname or url


def missing(kind: DatasetType, folder: Path | None) -> tuple[RemoteFile, ...]:
    """The files that have not been fetched."""
    files = kind.download.files if kind.download else ()
    return tuple(file for file in files if folder is None or length(place(kind, folder) / file.name) != file.size)


def begun(kind: DatasetType, folder: Path) -> int:
    """How many bytes have come already, of files that are whole or half there."""
    files = kind.download.files if kind.download else ()
    paths = [place(kind, folder) / file.name for file in files]
    return sum(length(path) or length(part_of(path)) for path in paths)


def check_there(kind: DatasetType, values: Values, folder: Path | None) -> None:
    """Raise DataError where a data set has to be fetched first; one that is read from own files has not."""
    if kind.download is None or values.get("files") or not missing(kind, folder):
        return
    raise DataError(
        f"{kind.title} is not on this computer: {bytes_text(kind.download.size)} to fetch once.",
        fix="Choose its Dataset node and press Download, or use files you already have.",
        kind="download",
    )


def stamp(kind: DatasetType, folder: Path | None) -> object:
    """Another one when the fetched files are others."""
    if kind.download is None or folder is None:
        return None
    return tuple(_changed(place(kind, folder) / file.name) for file in kind.download.files)


def remove(kind: DatasetType, folder: Path) -> None:
    """Take the files of a data set, also half fetched ones, from the disk. Raises DataError."""
    try:
        for file in kind.download.files if kind.download else ():
            (place(kind, folder) / file.name).unlink(missing_ok=True)
            part_of(place(kind, folder) / file.name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies there
            place(kind, folder).rmdir()
    except OSError as error:
        words = f"{kind.title} could not be removed: {error.strerror or error}."
        raise DataError(words, fix="Close what has its files open, and try again.") from error


def part_of(path: Path) -> Path:
    """Where a file lies while it is fetched."""
    return path.with_name(f"{path.name}.part")


def length(path: Path) -> int:
    """In bytes; 0 where there is no file."""
    found = _stat(path)
    return found.st_size if found else 0


def _changed(path: Path) -> tuple[int, int]:
    found = _stat(path)
    return (found.st_size, found.st_mtime_ns) if found else (0, 0)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
