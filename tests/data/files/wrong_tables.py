"""Tables and texts that are wrong."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import numpy as np

from tests.data.files.wrong import Case, as_text, good_lines, holding, made, zipped


def cases() -> Iterator[Case]:
    """All of them."""
    for family in (_ragged, _quotes, _no_numbers, _encodings, _zeros, _hollow, _giants, _disguised, _noise):
        yield from family()


def _ragged() -> Iterator[Case]:
    for delimiter, word in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        for line in (3, 77, 40_000):
            for values in (1, 2, 4):
                lines = good_lines(line + 30, delimiter)
                lines[line - 1] = delimiter.join(["1"] * values)
                place = rf"Line {line:,} .*has {values} values? instead of 3"
                yield holding(f"ragged {word} {line} {values}", as_text(lines), "t.csv", place)


def _quotes() -> Iterator[Case]:
    for line in (2, 5, 300, 30_000):
        for column in range(3):
            lines = good_lines(line + 50)
            row = lines[line - 1].split(",")
            row[column] = f'"{row[column]}'
            lines[line - 1] = ",".join(row)
            yield holding(f"quote {line} {column}", as_text(lines), "t.csv", rf"Line {line:,} of")


def _no_numbers() -> Iterator[Case]:
    for value, words in (("abc", "no number"), ("1e999", "too large"), ("inf", "too large"), ("-Infinity", "too large"),
                         ("1.2.3", "no number"), ("0x1F", "no number")):  # fmt: skip
        for line in (2, 60, 20_000):
            lines = good_lines(line + 100)
            lines[line - 1] = f"1,{value},yes"
            yield holding(f"number {value} {line}", as_text(lines), "t.csv", rf"Line {line:,} of .*column 2.*{words}")


def _encodings() -> Iterator[Case]:
    start = "a,b,c\n1,2,grün\n".encode()
    for line in (3, 50, 90_000):
        more = b"1,2,no\n" * (line - 3)
        yield holding(
            f"mixed encodings {line}", start + more + b"1,2,gr\xfcn\n" + b"1,2,x\n", "t.csv", rf"[Ll]ine {line:,}\b"
        )
    utf16 = "a\tb\n".encode("utf-16") + "1\t2\n".encode("utf-16-le") * 40
    yield holding("utf-16 cut", utf16[:-1], "t.csv", "utf-16")
    yield holding("utf-16 cut in a pair", utf16 + b"\x3d\xd8", "t.csv", "utf-16")
    yield holding("utf-16 with half a pair", utf16 + b"\x00\xdc1\x00", "t.csv", "utf-16")
    yield holding("text mixed", "grün\n".encode() * 9 + b"gr\xfcn\n", "t.txt", "line 10")
    yield holding("text mixed late", "grün\n".encode() * 300_000 + b"gr\xfcn\n", "t.txt", "line 300,001")


def _zeros() -> Iterator[Case]:
    for suffix in ("csv", "txt", "tsv", "xyz"):
        for count in (0, 5, 200_000):
            data = as_text(good_lines(count)) + b"1,\x00,2\n"
            yield holding(f"zero byte {suffix} {count}", data, f"t.{suffix}", "zero")


def _hollow() -> Iterator[Case]:
    for suffix in ("csv", "txt", "npy", "npz", "parquet", "idx", "tsv", "xyz", "gz", "dat", "md", ""):
        yield holding(f"empty {suffix}", b"", f"t.{suffix}", "is empty", "array_file" if suffix == "idx" else "")
    for name, text in (("line ends", "\n\n\n"), ("spaces", "   \n  \n"), ("header", "a,b,c\n"), ("mark", "\ufeff"),
                       ("commas", ",,,\n,,,\n,,,\n"), ("quotes", '""\n'), ("header without end", "a;b"),
                       ("one line", "1,2,3\n"), ("missing", "a,b\nNA,?\n?,NA\nNA,\n")):  # fmt: skip
        yield holding(f"hollow {name}", text.encode(), "t.csv")
    for name, text in (("line ends", "\n\n\n"), ("spaces", "   \t \n")):
        yield holding(f"hollow text {name}", text.encode(), "t.txt", "white space")


def _giants() -> Iterator[Case]:
    yield made("one line, large", lambda: b"x" * 30_000_000, "t.csv")
    yield made("one line of values, large", lambda: b"1," * 4_000_000, "t.csv", "columns|characters")
    yield made(
        "100,000 columns", lambda: b",".join(b"%d" % i for i in range(100_000)) + b"\n", "t.csv", "100,000 columns"
    )
    yield made("10,001 columns", lambda: (b"1," * 10_000 + b"1\n") * 3, "t.csv", "10,001 columns")
    yield made("a giant value", lambda: b'a,b\n1,"' + b"x" * 3_000_000 + b'"\n2,y\n', "t.csv", "Line 2|characters")
    yield made("a giant late", lambda: as_text(good_lines(90_000)) + b"1,2," + b"x" * 20_000_000 + b"\n", "t.csv")
    yield made("giant name", lambda: b"n" * 900_000 + b",b\n1,2\n1", "t.csv", "Line 1.*characters")


_MAGIC = {
    "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0", "gif": b"GIF89a", "pdf": b"%PDF-1.7\n",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sqlite": b"SQLite format 3\0", "7z": b"7z\xbc\xaf\x27\x1c",
    "xz": b"\xfd7zXZ\0", "elf": b"\x7fELF\x02\x01", "pickle": b"\x80\x04\x95\x10\0\0\0", "hdf": b"\x89HDF\r\n\x1a\n",
    "bmp": b"BM\x36\0\0\0\0\0",
}  # fmt: skip


def _disguised() -> Iterator[Case]:
    random = np.random.default_rng(1).bytes(3000)
    for kind, magic in _MAGIC.items():
        yield holding(f"{kind} as csv", magic + random, "t.csv", "is a|is an|zero")
    for kind in ("png", "pdf", "sqlite"):
        yield holding(f"{kind} as text", _MAGIC[kind] + random, "t.txt", "is a")
    yield holding("gzip as csv", gzip.compress(as_text(good_lines(100))), "t.csv", "gzip")
    yield holding("zip as csv", zipped({"a.csv": b"1,2"}), "t.csv", "archive")
    yield holding("Excel", zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "t.xlsx", "Excel")


def _noise() -> Iterator[Case]:
    for seed in range(12):
        data = np.random.default_rng(seed).bytes(5000)
        suffix = ("csv", "txt", "npy", "npz", "parquet", "tsv", "dat", "bin")[seed % 8]
        yield holding(f"noise {suffix} {seed}", data, f"t.{suffix}")
