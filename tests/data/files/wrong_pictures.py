"""Pictures that are wrong, and what is no file at all."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.data.files.wrong import Case, holding


def cases() -> Iterator[Case]:
    """All of them."""
    for family in (_cut_pictures, _pictures, _no_files):
        yield from family()


def _picture(kind: str) -> bytes:
    from PIL import Image

    pixels = np.random.default_rng(3).integers(0, 255, (60, 50, 3)).astype(np.uint8)
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, kind)
    return sink.getvalue()


def _folder_with(name: str, data: Callable[[], bytes], file: str) -> Case:
    def make(folder: Path) -> Path:
        (folder / "pictures").mkdir()
        (folder / "pictures" / file).write_bytes(data())
        return folder / "pictures"

    return Case(name, make, file.replace(".", r"\."))


def _cut_pictures() -> Iterator[Case]:
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP"):
        for part in (0.001, 0.01, 0.2, 0.5, 0.8):

            def data(kind: str = kind, part: float = part) -> bytes:
                whole = _picture(kind)
                return whole[: int(len(whole) * part)]

            yield _folder_with(f"{kind} cut {part}", data, f"a.{kind.lower()}")


def _pictures() -> Iterator[Case]:
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0)
    huge += struct.pack(">I", zlib.crc32(huge[12:29]))
    huge += struct.pack(">I4s", 0, b"IDAT") + struct.pack(">I", zlib.crc32(b"IDAT"))
    yield _folder_with("png of 60,000 × 60,000", lambda: huge, "a.png")
    yield _folder_with("text as png", lambda: b"hello", "a.png")
    yield _folder_with("noise as jpg", lambda: np.random.default_rng(0).bytes(4000), "a.jpg")
    yield _folder_with("zeros as gif", lambda: bytes(4000), "a.gif")
    yield _folder_with("an empty webp", lambda: b"", "a.webp")
    yield _folder_with(
        "bmp of no width", lambda: b"BM" + struct.pack("<IIIIiiHHIIiiII", 60, 0, 54, 40, 0, 9, 1, 24, *[0] * 6), "a.bmp"
    )

    def nothing(folder: Path) -> Path:
        return folder

    def texts(folder: Path) -> Path:
        (folder / "a").mkdir()
        (folder / "a" / "b.txt").write_text("hello")
        return folder

    def circle(folder: Path) -> Path:
        (folder / "a").symlink_to(folder)
        (folder / "b.png").symlink_to(folder / "b.png")
        return folder

    def pipes(folder: Path) -> Path:
        os.mkfifo(folder / "a.png")
        return folder

    yield Case("an empty folder", nothing, "no pictures")
    yield Case("a folder of texts", texts, "no pictures")
    yield Case("a folder of links in a circle", circle, "no pictures", posix=True)
    yield Case("a folder of pipes", pipes, "no pictures", posix=True)


def _no_files() -> Iterator[Case]:
    for dataset in ("table", "text_file", "array_file"):
        yield Case(f"a folder as {dataset}", lambda folder: folder, "is a folder", dataset)
    yield holding("a file as folder", b"a,b\n1,2\n", "t.csv", "not a folder", "image_folder")

    def link(folder: Path) -> Path:
        (folder / "t.csv").symlink_to(folder / "u.csv")
        (folder / "u.csv").symlink_to(folder / "t.csv")
        return folder / "t.csv"

    def dangling(folder: Path) -> Path:
        (folder / "t.csv").symlink_to(folder / "none.csv")
        return folder / "t.csv"

    def pipe(folder: Path) -> Path:
        os.mkfifo(folder / "t.csv")
        return folder / "t.csv"

    def through(folder: Path) -> Path:
        (folder / "t").write_text("x")
        return folder / "t" / "u.csv"

    yield Case("a link in a circle", link, "t.csv", posix=True)
    yield Case("a link to nothing", dangling, "not there", posix=True)
    yield Case("a pipe", pipe, "pipe", posix=True)
    for device in ("zero", "null", "random"):
        yield Case(f"/dev/{device}", lambda folder, device=device: Path("/dev") / device, "device", posix=True)
    yield Case("a file below a file", through, "not there")
    yield Case("nothing", lambda folder: folder / "none.csv", "not there")
    yield Case("a long name", lambda folder: folder / ("n" * 3000), "can not be reached|not there")
