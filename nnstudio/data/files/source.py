"""The file itself: opened with care, read once for its content and its fingerprint, and noticed when it is another."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nnstudio.data.loading import Loading
from nnstudio.errors import DataError
from nnstudio.params import Values

CHUNK = 2**20
CHOOSE_AGAIN = "Choose it again in the inspector."
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def refused(path: Path, problem: str, fix: str = "Mend it, or choose another.") -> DataError:
    """What is wrong with that file, by its name."""
    return DataError(f"'{shown(path.name or str(path))}' {problem}", fix=fix, kind="file")


def shown(text: str, longest: int = 60) -> str:
    """A text out of a file in a message: on one line, and short."""
    text = "".join(char if char.isprintable() else "�" for char in text[: longest + 1])
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def chosen(values: Values) -> Path:
    """The path that a person chose. Raises DataError for none."""
    if not values["path"]:
        raise DataError("No file chosen yet.", fix="Drop a file on the window, or choose one.", kind="file")
    return Path(str(values["path"]))


def status(path: Path) -> os.stat_result:
    """What the system says of it. Raises DataError where there is nothing to read."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise refused(path, f"is not there any more: {shown(str(path), 200)}.", CHOOSE_AGAIN) from None
    except (OSError, ValueError) as error:
        raise refused(path, f"can not be reached: {_why(error)}.", CHOOSE_AGAIN) from None


def stamp(values: Values) -> object:
    """Another one when the file has changed. Raises DataError where it is gone."""
    found = status(chosen(values))
    return found.st_mtime_ns, found.st_size


def opened(path: Path) -> BinaryIO:
    """The file, to be read; only a regular one, since others may never end. Raises DataError."""
    if stat.S_ISDIR(status(path).st_mode):
        raise refused(path, "is a folder, not a file.", "Choose a file in it; or a folder of pictures.")
    try:
        handle = os.open(path, os.O_RDONLY | _NO_WAITING)
    except (OSError, ValueError) as error:
        raise refused(path, f"can not be opened: {_why(error)}.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise refused(path, "is no file with content, but a pipe or a device.", "Choose a regular file.")
    if not os.fstat(handle).st_size:
        os.close(handle)
        raise refused(path, "is empty.", "Choose a file with something in it.")
    return os.fdopen(handle, "rb", buffering=0)


def head(path: Path, size: int = CHUNK) -> bytes:
    """Its first bytes."""
    with opened(path) as file:
        return file.read(size)


@dataclass(frozen=True)
class Fingerprint:
    """What a project keeps of a file, so that another one in its place is noticed."""

    size: int
    sha256: str

    def check(self, path: Path, values: Values) -> None:
        """Raise DataError where it is not the one that was chosen."""
        wanted = (values["bytes"], values["sha256"])
        if wanted[1] and wanted != (self.size, self.sha256):
            raise changed(path)


def fingerprint(path: Path, loading: Loading) -> Fingerprint:
    """Of a file that is read by others."""
    source = Counted(path, loading)
    try:
        source.rest()
        return source.fingerprint
    finally:
        source.close()


def check_size(path: Path, values: Values) -> None:
    """Raise DataError where it is not as long as the one that was chosen: told at once, before it is read."""
    if values["bytes"] and status(path).st_size != values["bytes"]:
        raise changed(path)


def changed(path: Path) -> DataError:
    """It is another file than the one that was looked into."""
    return refused(path, "has changed since it was chosen.", f"{CHOOSE_AGAIN} It is then looked into anew.")


class Counted:
    """A file that tells how far it is read, is given up when nobody wants it, and takes its fingerprint on the way.

    It is what pyarrow reads from. `encoding` is what its text is in; it is read as UTF-8. As `text`, its quotes are
    counted, and zero bytes are refused.
    """

    def __init__(
        self, path: Path, loading: Loading, encoding: str = "utf-8", what: str = "", text: bool = True
    ) -> None:
        self.path = path
        self.loading = loading
        self.quotes = 0
        self._first: int | None = None
        self._text = text
        self._file = opened(path)
        self.size = os.fstat(self._file.fileno()).st_size
        self._what = what or f"Reading {shown(path.name)}"
        self._hash = hashlib.sha256()
        self._done = 0
        decoder = codecs.getincrementaldecoder(encoding)
        self._decoder = None if encoding == "utf-8" else decoder()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._file.close()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes, as UTF-8 where it is text. Raises Cancelled, and DataError where it is no such text."""
        data = self._decoded(size) if self._decoder else self._raw(size)
        if not self._text:
            return data
        if self._first is None:
            self._first = data[: data.find(b"\n") + 1].count(b'"')
        if b'"' in data:  # five times as fast as counting none
            self.quotes += data.count(b'"')
        if b"\0" in data:
            raise refused(self.path, "is no text: there is a zero byte in it.", "Choose a file of text.")
        return data

    @property
    def quotes_below(self) -> int:
        """Quotes below the first line, which names the columns."""
        return self.quotes - (self._first or 0)

    def rest(self) -> None:
        """Read what is left, for the fingerprint."""
        while self._raw(CHUNK):
            pass

    @property
    def fingerprint(self) -> Fingerprint:
        """Of what was read."""
        return Fingerprint(self._done, self._hash.hexdigest())

    def _raw(self, size: int) -> bytes:
        self.loading.tell(self._done, self.size, self._what)
        data = self._file.read(size)
        self._done += len(data)
        self._hash.update(data)
        return data

    def _decoded(self, size: int) -> bytes:
        assert self._decoder is not None
        text, ended = "", False
        while not text and not ended:
            raw = self._raw(max(size // 3, 2))  # no character grows more
            ended = not raw
            try:
                text = self._decoder.decode(raw, final=ended)
            except UnicodeDecodeError as error:
                place = self._done - len(raw) + error.start
                raise refused(self.path, f"is not in {error.encoding}: see byte {place:,}.", OTHER_ENCODING) from None
        return text.encode("utf-8", "replace")


OTHER_ENCODING = "Choose another encoding."


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")
