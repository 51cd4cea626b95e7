"""What is unsaved, kept beside the user's data in case the program does not come to its end as it should.

    keeper = Keeper(folder)
    keeper.write(1, Origin.of(document, path), drawing_of(document))
    for left in Leftovers(folder).look(): ...

One file for each open project: a line that says whose it is, then the project as it would be saved. The files of a
window begin with the window's name, and so does a lock, which the system lets go of when the window's process ends,
however it ends: where the lock is free, the files were left behind. What is left behind stays until a person decides.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from nnstudio.errors import StorageError
from nnstudio.graph import archive, storage
from nnstudio.graph.document import Document
from nnstudio.graph.storage import Stamp
from nnstudio.graph.training import Trained
from nnstudio.graph.writing import Records, graph_records, text_of

FORMAT = 1
SUFFIX, LOCK, BAD = ".recovery", ".lock", ".bad"
CHEAP = 8 * 2**20
"""Bytes of weights that are written along each time; of larger ones the drawing alone is kept."""
_LONGEST_LINE = 2**16
_Time = Annotated[float, msgspec.Meta(ge=0, lt=2**32)]
"""Seconds, of which every system can make a date."""
_Path = Annotated[str, msgspec.Meta(pattern="^[^\\x00]+$")]


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose a recovery file is: what the project is called, its file if it has one, when and by whom it was written."""

    title: str
    path: _Path | None = None
    stamp: Stamp | None = None
    time: _Time = 0.0
    pid: int = 0
    format: int = FORMAT


@dataclass(frozen=True)
class Contents:
    """A project on its way into a file: the drawing, and what a run left where that is small."""

    records: Records
    trained: Trained | None

    @classmethod
    def of(cls, document: Document) -> Contents:
        """Of the document as it is now. Later edits do not touch it; the rest can be done on another thread."""
        trained = document.trained
        small = trained is not None and len(trained.weights) <= CHEAP
        return cls(graph_records(document), trained if small else None)


@dataclass(frozen=True)
class Left:
    """A project that was left behind."""

    file: Path
    title: str
    path: Path | None
    stamp: Stamp | None
    time: float

    def load(self) -> Document:
        """The document as it was; its weights, where they were too many, are those of its file. Raises StorageError."""
        data = archive.read_capped(self.file)
        document = storage.unpacked(data[data.index(b"\n") + 1 :])
        if document.trained is None and self.path is not None:
            with contextlib.suppress(StorageError):  # without weights it is a project still
                document.set_trained(storage.load(self.path).trained)
        return document

    def discard(self) -> None:
        """The person does not want it."""
        self.file.unlink(missing_ok=True)

    def put_aside(self) -> Path:
        """Keep what can not be read where nobody stumbles over it."""
        aside = self.file.with_name(self.file.name + BAD)
        os.replace(self.file, aside)
        return aside


class Keeper:
    """The recovery files of one window. Each project has a number; `write` and `remove` may run on any one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lock: int | None = None
        self._written: set[int] = set()

    def write(self, number: int, origin: Origin, contents: Contents) -> None:
        """Write one project whole or not at all. Raises OSError."""
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._folder / f"{self._name}{LOCK}")
        origin = msgspec.structs.replace(origin, time=time.time(), pid=os.getpid())
        graph = text_of(contents.records)
        packed = archive.pack(graph, contents.trained) if contents.trained else graph
        storage.write_whole(self._file(number), msgspec.json.encode(origin) + b"\n" + packed)
        self._written.add(number)

    def remove(self, number: int) -> None:
        """The project is saved, or closed on purpose."""
        if number in self._written:
            self._file(number).unlink(missing_ok=True)
            self._written.discard(number)

    def close(self) -> None:
        """The window came to its end: nothing is left behind."""
        for number in tuple(self._written):
            self.remove(number)
        if self._lock is not None:
            _let_go(self._lock, self._folder / f"{self._name}{LOCK}")
            self._lock = None

    def _file(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number}{SUFFIX}"


class Leftovers:
    """What windows that are no more have left behind. Nobody else finds it until `release`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, int] = {}
        self.bad: list[Path] = []
        """Files that were no recovery files, and are kept aside."""

    def look(self) -> list[Left]:
        """The projects, newest first. A file that can not be understood is put aside, and stops nothing."""
        found = [left for file in self._files() if (left := self._read(file)) is not None]
        return sorted(found, key=lambda left: left.time, reverse=True)

    def release(self) -> None:
        """What is still there may be found by another window, or the next time; the locks of what is gone go too."""
        names = {file.name.rpartition("-")[0] for file in self._folder.glob(f"*{SUFFIX}")}
        for name, lock in self._locks.items():
            _let_go(lock, None if name in names else self._folder / f"{name}{LOCK}")
        self._locks.clear()

    def _files(self) -> Iterator[Path]:
        """The files of windows that are no more."""
        for file in sorted(self._folder.glob(f"*{SUFFIX}")):
            name = file.name.rpartition("-")[0]
            if name not in self._locks:
                lock = _locked(self._folder / f"{name}{LOCK}")
                if lock is None:
                    continue
                self._locks[name] = lock
            yield file

    def _read(self, file: Path) -> Left | None:
        try:
            origin = _origin(file)
        except (OSError, ValueError):
            self._put_aside(file)
            return None
        path = Path(origin.path) if origin.path else None
        return Left(file, origin.title, path, origin.stamp, origin.time)

    def _put_aside(self, file: Path) -> None:
        with contextlib.suppress(OSError):
            self.bad.append(Left(file, "", None, None, 0.0).put_aside())


def _origin(file: Path) -> Origin:
    """What the first line says. Raises ValueError, and OSError."""
    with file.open("rb") as opened:
        line = opened.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise ValueError("the first line does not end")
    origin = msgspec.json.decode(line, type=Origin)
    if origin.format != FORMAT:
        raise ValueError("another version has written it")
    return origin


def _locked(path: Path) -> int | None:
    """The file, open and locked until it is closed or the process ends; None where another has it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT)
    except OSError:
        return None
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        return None
    return handle


def _let_go(lock: int, path: Path | None) -> None:
    """Another may have it; its file goes, where it can, so that it is not left lying about."""
    os.close(lock)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _lock(handle: int) -> None:
    """Raises OSError where another has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
