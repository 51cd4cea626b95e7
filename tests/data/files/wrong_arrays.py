"""Files of arrays that are wrong, and Parquet files."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.data.files.wrong import Case, as_text, good_lines, holding, made, zipped


def cases() -> Iterator[Case]:
    """All of them."""
    for family in (_parquet, _npy, _npz, _idx):
        yield from family()


def _parquet() -> Iterator[Case]:
    def good() -> bytes:
        import pyarrow as pa
        from pyarrow import parquet

        sink = io.BytesIO()
        parquet.write_table(pa.table({"a": list(range(5000)), "b": ["x", "y"] * 2500}), sink)
        return sink.getvalue()

    for part in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        yield made(f"parquet cut {part}", lambda part=part: good()[: int(len(good()) * part)], "t.parquet", "Parquet")
    for length in (0, 7, 2**31 - 1, 2**32 - 1):
        yield made(
            f"parquet footer {length}",
            lambda n=length: good()[:-8] + struct.pack("<I", n) + b"PAR1",
            "t.parquet",
            "Parquet",
        )
    yield made("parquet no end", lambda: good()[:-4] + b"XXXX", "t.parquet", "Parquet")
    yield made("parquet footer of noise", lambda: _zero_footer(good()), "t.parquet", "Parquet")
    yield holding("parquet magic alone", b"PAR1", "t.parquet", "Parquet")
    yield holding("parquet magic twice", b"PAR1PAR1", "t.parquet", "Parquet")
    yield holding("csv as parquet", as_text(good_lines(10)), "t.parquet", "Parquet")


def _zero_footer(data: bytes) -> bytes:
    length = struct.unpack("<I", data[-8:-4])[0]
    return data[: -8 - length] + bytes(length) + data[-8:]


def _npy_bytes(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H", len(text)) if version == b"\x01\x00" else struct.pack("<I", len(text))
    return b"\x93NUMPY" + version + length + text + data


def _saved(array: np.ndarray) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array, allow_pickle=array.dtype.hasobject)
    return sink.getvalue()


def _header(shape: str, dtype: str = "'<f4'") -> str:
    return f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"


def _npy() -> Iterator[Case]:
    good = _saved(np.arange(600, dtype=np.float32).reshape(100, 6))
    for cut in (3, 6, 7, 8, 9, 20, 60, 127, 128, 129, 500, len(good) - 1):
        yield holding(f"npy cut {cut}", good[:cut], "t.npy", "t.npy")
    yield holding("npy goes on", good + b"more", "t.npy", "promises")
    for shape in ("(10**9, 10)", "(1000000000, 1000)", "(2**62,)", "(4294967296, 4294967296)", "(-1, 4)",
                  "(1.5, 2)", "None", "('a',)", "[3, 4]", "(1,)*9", "(9,)*40", "(True, False)", "()",
                  "(0, 3)", "(3, 0)"):  # fmt: skip
        yield holding(
            f"npy shape {shape}", _npy_bytes(_header(shape), bytes(48 * (shape == "[3, 4]"))), "t.npy", "t.npy"
        )
    for dtype in ("'|O'", "'<c16'", "'<M8[ns]'", "'<m8[s]'", "'|V8'", "[('a', '<f4')]", "'<x9'", "3"):
        yield holding(f"npy of {dtype}", _npy_bytes(_header("(2,)", dtype), bytes(32)), "t.npy", "t.npy")
    for header in (
        "__import__('os').system('true')",
        "{}",
        "{'descr': '<f4'}",
        "[" * 3000,
        "{" + "1:" * 900,
        "x" * 60_000,
        "",
    ):
        yield holding(f"npy header {header[:12]}", _npy_bytes(header), "t.npy", "t.npy")
    yield holding("npy version 9", _npy_bytes(_header("(2,)"), bytes(8), b"\x09\x09"), "t.npy", "t.npy")
    yield holding("npy endless header", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "t.npy", "t.npy")
    yield holding("npy pickled", _saved(np.array([{}, 1], object)), "t.npy", "objects")
    for place, value in ((0, np.nan), (599, np.inf), (321, -np.inf)):
        array = np.arange(600, dtype=np.float32)
        array[place] = value
        where = rf"\[{place // 6}, {place % 6}\]"
        yield holding(f"npy with {value}", _saved(array.reshape(100, 6)), "t.npy", where)


def _npz() -> Iterator[Case]:
    x, y = _saved(np.random.default_rng(0).random((300, 5), np.float32)), _saved(np.arange(300) % 3)
    good = zipped({"x.npy": x, "y.npy": y})
    for part in (0.02, 0.3, 0.6, 0.9, 0.99):
        yield holding(f"npz cut {part}", good[: int(len(good) * part)], "t.npz", "t.npz")
    yield holding("npz of text", b"PK\x03\x04 and no more", "t.npz", "t.npz")
    yield holding("npz without arrays", zipped({"a.txt": b"hello"}), "t.npz", "without arrays")
    yield holding("npz in npz", zipped({"a.npz": good}), "t.npz", "without arrays")
    yield holding("npz of objects", zipped({"x.npy": _saved(np.array([None, 1], object))}), "t.npz", "objects")
    yield holding("npz of noise", zipped({"x.npy": np.random.default_rng(0).bytes(900)}), "t.npz", "t.npz")
    yield holding("npz promises", zipped({"x.npy": _npy_bytes(_header("(10**9, 9)"))}), "t.npz", "t.npz")
    yield holding("npz promises more", zipped({"x.npy": _npy_bytes(_header("(500000000, 9)"))}), "t.npz", "promises")
    stored = bytearray(zipped({"x.npy": x}, packed=False))
    stored[600] ^= 0xFF
    yield holding("npz of another checksum", bytes(stored), "t.npz", "t.npz")
    yield holding("npz of another method", good.replace(b"\x08\x00", b"\x63\x00"), "t.npz", "t.npz")
    yield holding("npz by a password", _with_flag(good, 1), "t.npz", "t.npz")
    yield holding("npz many", zipped({f"{i}.npy": _saved(np.zeros(1)) for i in range(1200)}), "t.npz", "1,200 arrays")
    yield holding("npz claims 4 GB", _claiming(zipped({"x.npy": x}), 4_000_000_000), "t.npz", "unpack")
    yield made("npz bomb, large", lambda: _bomb(1_500_000_000), "t.npz", "unpack")


def _with_flag(data: bytes, flag: int) -> bytes:
    """The archive with this bit set for every member."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            changed[place + offset] |= flag
            place = data.find(magic, place + 1)
    return bytes(changed)


def _claiming(data: bytes, size: int) -> bytes:
    """The archive with this length for its only member, in the list at its end."""
    place = data.rfind(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", size) + data[place + 28 :]


def _bomb(size: int) -> bytes:
    """An archive of one array of zeros."""
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("x.npy", "w") as file,
    ):
        file.write(_npy_bytes(_header(f"({size // 4},)")))
        for _ in range(size // 10_000_000):
            file.write(bytes(10_000_000))
    return sink.getvalue()


def _idx_bytes(shape: tuple[int, ...], data: bytes, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + data


def _idx() -> Iterator[Case]:
    good = _idx_bytes((10, 5, 5), bytes(range(250)))
    for cut in (4, 7, 12, 16, 17, 200, len(good) - 1):
        yield holding(f"idx cut {cut}", good[:cut], "t-idx3-ubyte", "t-idx3-ubyte", "array_file")
    yield holding("idx goes on", good + b"more", "t-idx3-ubyte", "promises")
    for shape in ((2**32 - 1, 28, 28), (2**31, 2**31, 2**31), (60_000, 28, 28), (0, 28, 28), (5, 0, 3)):
        yield holding(f"idx of {shape}", _idx_bytes(shape, bytes(100)), "t-idx3-ubyte", "t-idx3-ubyte", "array_file")
    yield holding("idx of kind 7", _idx_bytes((10, 5, 5), bytes(250), 7), "t-idx3-ubyte", "t-idx3-ubyte", "array_file")
    yield holding("idx without axes", struct.pack(">HBB", 0, 8, 0), "t-idx3-ubyte", "t-idx3-ubyte", "array_file")
    packed = gzip.compress(good)
    for cut in (3, 10, 30, len(packed) - 9, len(packed) - 3):
        yield holding(f"idx packed cut {cut}", packed[:cut], "t-idx3-ubyte.gz", "t-idx3-ubyte.gz")
    yield holding("idx packed wrong", packed[:12] + b"\xff" * 20 + packed[32:], "t-idx3-ubyte.gz", "t-idx3-ubyte.gz")
    yield holding("idx packed check", packed[:-8] + b"\0" * 8, "t-idx3-ubyte.gz", "t-idx3-ubyte.gz")
    yield holding(
        "idx packed promises", gzip.compress(_idx_bytes((2**31, 9, 9), bytes(99))), "t-idx3-ubyte.gz", "unpack"
    )
    yield made(
        "idx bomb, large",
        lambda: gzip.compress(_idx_bytes((1_000_000, 28, 28), bytes(784_000_000)), 1),
        "t.gz",
        "unpack",
    )

    def labels(folder: Path) -> Path:
        (folder / "labels-idx1-ubyte").write_bytes(_idx_bytes((9,), bytes(9)))
        return holding("", good, "images-idx3-ubyte").make(folder)

    yield Case("idx labels too few", labels, "9 labels for 10 inputs")
