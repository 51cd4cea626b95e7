"""A server on this computer that gives files as told: whole, in parts, too much, too little, slowly, or elsewhere."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from nnstudio.data.spec import DatasetType, Download, Field, RemoteFile

CONTENT = np.random.default_rng(0).bytes(300_000)
HTTP = ("http",)


@dataclass
class Server:
    """`ways` says by path how a request is answered; what is asked is kept in `asked`, with the header Range."""

    port: int
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    more: threading.Event = field(default_factory=threading.Event)
    """A slow answer goes on when it is set."""

    def url(self, way: str) -> str:
        return f"http://127.0.0.1:{self.port}/{way}"


class Handler(BaseHTTPRequestHandler):
    server_of: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        way, span = self.path.strip("/"), self.headers.get("Range")
        self.server_of.asked.append((way, span))
        with suppress(OSError):
            getattr(self, f"give_{way.split('.')[0]}")(span)
        self.close_connection = True

    def give_whole(self, span: str | None) -> None:
        self._send(CONTENT)

    def give_resumable(self, span: str | None) -> None:
        start = int(span.removeprefix("bytes=").rstrip("-")) if span else 0
        more = {"Content-Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"} if span else {}
        self._send(CONTENT[start:], 206 if span else 200, more)

    def give_lying(self, span: str | None) -> None:
        """A part that begins elsewhere than asked, beyond the end."""
        self._send(b"x" * 10, 206, {"Content-Range": "bytes 9000000-9000009/9000010"})

    def give_wrong(self, span: str | None) -> None:
        self._send(bytes(len(CONTENT)))

    def give_short(self, span: str | None) -> None:
        """It ends before it should."""
        self._send(CONTENT[:100_000], length=len(CONTENT))

    def give_page(self, span: str | None) -> None:
        """A page that says sorry, as if it were the file."""
        self._send(b"<html>Sorry.</html>")

    def give_endless(self, span: str | None) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(bytes(100_000))

    def give_slow(self, span: str | None) -> None:
        """Half of it; the rest when it is let go."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:150_000])
        self.wfile.flush()
        self.server_of.more.wait(10)
        self.wfile.write(CONTENT[150_000:])

    def give_elsewhere(self, span: str | None) -> None:
        self._moved("/resumable")

    def give_file(self, span: str | None) -> None:
        self._moved("file:///etc/hostname")

    def give_unsafe(self, span: str | None) -> None:
        """To where the test does not allow it: as from https to http."""
        self._moved(f"https://127.0.0.1:{self.server_of.port}/whole")

    def give_nothing(self, span: str | None) -> None:
        self.send_error(404)

    def _moved(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(
        self, content: bytes, status: int = 200, more: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@contextmanager
def serving() -> Iterator[Server]:
    """A server until the end of `with`."""
    handler = type("ThisHandler", (Handler,), {})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    handler.server_of = Server(http.server_address[1])  # type: ignore[attr-defined]  # a class of its own
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield handler.server_of  # type: ignore[attr-defined]  # as above
    finally:
        handler.server_of.more.set()  # type: ignore[attr-defined]  # as above
        http.shutdown()
        http.server_close()


def fetched(*urls: str, name: str = "tiny", content: bytes = CONTENT) -> DatasetType:
    """A data set of one file, which those addresses give."""
    file = RemoteFile(f"{name}.bin", urls, len(content), hashlib.sha256(content).hexdigest())
    return DatasetType(
        name=name,
        title="Tiny",
        summary="A file of chance bytes.",
        fields=(Field("x", (1,)),),
        samples=1,
        load=lambda values, loading: None,  # type: ignore[arg-type, return-value]  # never loaded
        download=Download((file,)),
    )
