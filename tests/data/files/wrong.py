"""A file that is wrong, and ways to make one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Make: TypeAlias = Callable[[Path], Path]
"""Writes the file into an empty folder, and tells its path."""


@dataclass(frozen=True)
class Case:
    """`place` is a pattern that the error has to match; `dataset` is what the file is to be read as, if not guessed."""

    name: str
    make: Make
    place: str = ""
    dataset: str = ""
    posix: bool = False


def holding(name: str, data: bytes, file: str, place: str = "", dataset: str = "") -> Case:
    def make(folder: Path) -> Path:
        (folder / file).write_bytes(data)
        return folder / file

    return Case(name, make, place, dataset)


def made(name: str, data: Callable[[], bytes], file: str, place: str = "") -> Case:
    """Of one that takes time to make."""
    return Case(name, lambda folder: holding(name, data(), file).make(folder), place)


def good_lines(count: int, delimiter: str = ",") -> list[str]:
    """A good table of three columns, with a header: line 1."""
    return [delimiter.join("abc")] + [delimiter.join((str(i), str(i * 7 % 13 + 0.5), "no")) for i in range(count)]


def as_text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def zipped(members: dict[str, bytes], packed: bool = True) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()
