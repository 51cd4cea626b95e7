"""Fetches data sets into the person's own folder: resumed, checked, given up at any time.

A file arrives under the name NAME.part, goes on from there when it is tried again, and gets its own name only when it
is as long as declared and its SHA-256 is right: what is there is what it should be.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nnstudio.data.loading import Loading, bytes_text
from nnstudio.data.spec import DatasetType, RemoteFile
from nnstudio.data.web.fetched import host, length, missing, part_of, place
from nnstudio.data.web.transfer import SCHEMES, Transfer
from nnstudio.errors import Cancelled, DataError

_BLOCK = 1 << 20
_busy: set[str] = set()
_busy_lock = threading.Lock()


def fetch(kind: DatasetType, loading: Loading, schemes: tuple[str, ...] = SCHEMES) -> None:
    """Fetch what is missing. Raises DataError, and Cancelled, after which the next try goes on from there."""
    if kind.download is None or loading.folder is None:
        raise DataError(f"{kind.title} needs no download.")
    target = place(kind, loading.folder)
    with _alone(kind), _writing(kind, target):
        target.mkdir(parents=True, exist_ok=True)
        wanted = missing(kind, loading.folder)
        _check_room(kind, target, wanted)
        for file in wanted:
            there = kind.download.size - sum(each.size for each in missing(kind, loading.folder))
            progress = _Progress(kind, loading, there)
            _Fetching(kind, file, target / file.name, progress, schemes).go()


@dataclass
class _Progress:
    """How far the whole data set is."""

    kind: DatasetType
    loading: Loading
    before: int
    here: int = 0

    def tell(self) -> None:
        """Raises Cancelled where nobody wants it any more."""
        assert self.kind.download is not None
        self.loading.tell(self.before + self.here, self.kind.download.size, f"Fetching {self.kind.title}")


@dataclass(frozen=True)
class _Fetching:
    """One file, from the first place that gives it."""

    kind: DatasetType
    file: RemoteFile
    target: Path
    progress: _Progress
    schemes: tuple[str, ...]

    def go(self) -> None:
        failures = []
        for url in self.file.urls:
            try:
                return self._from(url)
            except Cancelled:
                raise
            except DataError as error:
                if error.kind == "disk":
                    raise
                failures.append(error)
        raise self._told(failures)

    def _from(self, url: str) -> None:
        part = part_of(self.target)
        if length(part) > self.file.size:
            part.unlink()
        before = length(part)
        if before < self.file.size:
            self._append(url, part)
        if self._sha256(part) == self.file.sha256:
            os.replace(part, self.target)
            return
        part.unlink(missing_ok=True)
        if before:  # what lay here from an earlier try may have been at fault
            return self._from(url)
        raise DataError(f"{self.file.name} from {host(url)} is not the file it should be, and was thrown away.")

    def _append(self, url: str, part: Path) -> None:
        """Go on where the part ends, or begin anew where the server can not do that."""
        with Transfer(url, length(part), self.schemes) as transfer:
            answer = transfer.answer(self.progress.tell)
            if answer.size not in (-1, self.file.size) or answer.start > length(part):
                message = f"{host(url)} gives {answer.size:,} bytes for {self.file.name}, and not {self.file.size:,}."
                raise DataError(message)
            with part.open("r+b" if part.exists() else "wb") as file:
                self._write(url, file, answer.start, transfer.pieces(self.progress.tell))
        if length(part) < self.file.size:
            raise DataError(f"{host(url)} broke off in the middle of {self.file.name}.", kind="offline")

    def _write(self, url: str, file: BinaryIO, start: int, pieces: Iterator[bytes]) -> None:
        file.truncate(start)
        file.seek(start)
        self.progress.here = start
        for piece in pieces:
            self.progress.here += len(piece)
            if self.progress.here > self.file.size:
                file.truncate(0)
                message = f"{host(url)} gives more than {self.file.size:,} bytes for {self.file.name}."
                raise DataError(message)
            file.write(piece)
            self.progress.tell()
        file.flush()
        os.fsync(file.fileno())

    def _sha256(self, part: Path) -> str:
        found = hashlib.sha256()
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
                self.progress.tell()
        return found.hexdigest()

    def _told(self, failures: list[DataError]) -> DataError:
        """What to say when no place gave the file: what went wrong beyond there being no connection comes first."""
        assert self.kind.download is not None
        telling = [error for error in failures if error.kind != "offline"]
        if telling:
            fix = "Try again later, or use files you already have."
            return DataError(telling[0].message, fix=fix)
        size = bytes_text(self.kind.download.size)
        hosts = " or ".join(dict.fromkeys(host(url) for url in self.file.urls))
        if any("broke off" in error.message for error in failures):
            return DataError(f"The connection to {hosts} broke off.", fix="Download again: it goes on from there.")
        return DataError(
            f"There is no connection to {hosts}; {self.kind.title} needs {size} once.",
            fix="Go online and download again, or use files you already have.",
            kind="offline",
        )


@contextlib.contextmanager
def _alone(kind: DatasetType) -> Iterator[None]:
    """One fetches a data set at a time."""
    with _busy_lock:
        if kind.name in _busy:
            raise DataError(f"{kind.title} is being fetched already.", fix="Wait until it is there.")
        _busy.add(kind.name)
    try:
        yield
    finally:
        _busy.discard(kind.name)


@contextlib.contextmanager
def _writing(kind: DatasetType, path: Path) -> Iterator[None]:
    """What the disk refuses, in words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        words = "the disk is full" if full else error.strerror or str(error)
        fix = "Make room on the disk, then download again: it goes on from there." if full else ""
        raise DataError(f"{kind.title} can not be written to {path}: {words}.", fix=fix, kind="disk") from error


def _check_room(kind: DatasetType, target: Path, wanted: tuple[RemoteFile, ...]) -> None:
    """Raise DataError before anything is fetched that the disk has no room for."""
    need = sum(file.size - min(length(part_of(target / file.name)), file.size) for file in wanted)
    free = shutil.disk_usage(target).free
    if need > free:
        message = f"{kind.title} needs {bytes_text(need)} on the disk, and {bytes_text(free)} are free in {target}."
        raise DataError(message, fix="Make room on the disk, then download again.", kind="disk")
