"""One file from one address. It is read on a thread of its own, so that whoever waits for it can give up at any time.

Only addresses of the allowed schemes are opened, and only such ones are followed: in the program that is https alone.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from nnstudio.data.web.fetched import host
from nnstudio.errors import DataError

SCHEMES = ("https",)
CHUNK = 1 << 16
SILENCE = 20.0
"""Seconds after which a server that says nothing is given up."""
LOOK_EVERY = 0.1
"""Seconds between two looks at whether somebody has given up."""
_WAITING = 16
"""Pieces that may wait to be written."""


@dataclass(frozen=True)
class Answer:
    """What a server begins with: from which byte on it sends, and how long the whole is; -1 where it does not say."""

    start: int
    size: int


_Item: TypeAlias = Answer | bytes | DataError | None
"""None is the end."""


class Transfer(threading.Thread):
    """Reads an address from byte `start` on, as far as the server can begin there. Use it in `with`."""

    def __init__(self, url: str, start: int = 0, schemes: tuple[str, ...] = SCHEMES) -> None:
        super().__init__(name="transfer", daemon=True)
        self._url, self._start_at, self._schemes = url, start, schemes
        self._items: Queue[_Item] = Queue(_WAITING)
        self._over = threading.Event()

    def __enter__(self) -> Transfer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def answer(self, waiting: Callable[[], None]) -> Answer:
        """What the server begins with; `waiting` is called until then. Raises DataError."""
        found = self._next(waiting)
        assert isinstance(found, Answer)
        return found

    def pieces(self, waiting: Callable[[], None]) -> Iterator[bytes]:
        """The bytes as they come; `waiting` is called in between. Raises DataError."""
        while (piece := self._next(waiting)) is not None:
            assert isinstance(piece, bytes)
            yield piece

    def _next(self, waiting: Callable[[], None]) -> _Item:
        while True:
            try:
                item = self._items.get(timeout=LOOK_EVERY)
            except Empty:
                waiting()
                continue
            if isinstance(item, DataError):
                raise item
            return item

    # The thread

    def run(self) -> None:
        """Every end is told."""
        try:
            self._read()
        except DataError as error:
            self._put(error)
        except HTTPError as error:
            error.close()
            self._put(DataError(f"{host(self._url)} refuses: {error.code} {error.reason}."))
        except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: an address that is none
            self._put(_unreachable(self._url, error))

    def _read(self) -> None:
        with self._open() as response:
            self._put(_answer(response))
            while not self._over.is_set() and (piece := response.read1(CHUNK)):
                self._put(piece)
        self._put(None)

    def _open(self) -> Any:
        check_scheme(self._url, self._schemes)
        headers = {"User-Agent": "NNStudio", "Accept-Encoding": "identity"}
        if self._start_at:
            headers["Range"] = f"bytes={self._start_at}-"
        opener = build_opener(_Redirects(self._schemes))
        return opener.open(Request(self._url, headers=headers), timeout=SILENCE)

    def _put(self, item: _Item) -> None:
        while not self._over.is_set():
            try:
                return self._items.put(item, timeout=LOOK_EVERY)
            except Full:
                continue


class _Redirects(HTTPRedirectHandler):
    """Follows only where the scheme is allowed."""

    def __init__(self, schemes: tuple[str, ...]) -> None:
        self._schemes = schemes

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        try:
            check_scheme(newurl, self._schemes)
        except DataError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_scheme(url: str, schemes: tuple[str, ...] = SCHEMES) -> None:
    """Raise DataError where an address would be read in a way that anybody between could change."""
    if urlsplit(url).scheme not in schemes:
        raise DataError(f"{url} is not fetched: only {' and '.join(schemes)} is safe.")


def _answer(response: Any) -> Answer:
    length = int(response.headers.get("Content-Length") or -1)
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return Answer(0, length)
    span = response.headers.get("Content-Range", "").removeprefix("bytes ")
    start = span.partition("-")[0]
    if not start.isdecimal():
        raise DataError("The server answers with a part of the file and does not say which.")
    return Answer(int(start), int(start) + length if length >= 0 else -1)


def _unreachable(url: str, error: Exception) -> DataError:
    reason = error.reason if isinstance(error, URLError) else error
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return DataError(f"There is no connection to {host(url)} ({words}).", kind="offline")
